"""Claims 21 to 25: what that text says about the five listeners."""

from __future__ import annotations

from oomlab.analysis.outcome import failed_allocations
from oomlab.engine.explorer.constants import state_graph
from oomlab.engine.explorer.counterexample import switches
from oomlab.engine.explorer.verdict import judge
from oomlab.evidence.ledger.claims.answers import STUCK
from oomlab.evidence.ledger.claims.claim import HANDA, PATCH, Claim
from oomlab.evidence.ledger.lab import (
    BUDGET,
    CROWDED,
    H1,
    H3B,
    H3C,
    H3D,
    H4,
    H5_RCU,
    H7,
    PRESSURE,
    explored,
    masks_in_callback,
    timed,
    waits,
)
from oomlab.evidence.ledger.reading import Reading, Readings, at_least, equal_to
from oomlab.gfp import flags as gfp
from oomlab.kernel.machine import Machine
from oomlab.listeners.i915_gem_shrinker import I915
from oomlab.listeners.pseries_cmm import PseriesCmm
from oomlab.listeners.rcu_tree_plugin import RcuTreePlugin
from oomlab.listeners.s390_cmm import S390Cmm
from oomlab.listeners.virtio_balloon import VirtioBalloon
from oomlab.remedies import REMEDIES
from oomlab.scenarios import find_scenario
from oomlab.scenarios.cast import add_oom_caller
from oomlab.scenarios.machines import boot


def bare_machine() -> Machine:
    """A machine with an OOM caller and no listener."""
    settings = find_scenario(H3C).settle({}, "explorer")
    machine = boot(settings, REMEDIES["mainline"])
    add_oom_caller(machine, settings)
    return machine


def _five() -> Readings:
    machine = bare_machine()
    I915.init(machine)
    PseriesCmm.init(machine, pages=1)
    S390Cmm.init(machine)
    RcuTreePlugin.register(machine)
    VirtioBalloon.probe(machine, pages=1)
    blocks = machine.oom_notify_list.blocks
    return (
        Reading("listeners modelled", len(blocks), equal_to(5)),
        Reading(
            "who is asked first, though registered last",
            blocks[0].name if blocks else "nobody",
            equal_to("virtio_balloon"),
        ),
    )


def _balloon_locks_up() -> Readings:
    found = explored(H1)
    return (
        Reading("all schedules of the two-task form", found.verdict.word, equal_to("lockup")),
        Reading("steps of the shortest way in", len(found.schedule), at_least(2)),
        Reading("context switches in it", switches(found.schedule), equal_to(1)),
        Reading(
            "does its mask have the blocking bits of GFP_KERNEL",
            gfp.BALLOON_INFLATE & gfp.GFP_KERNEL == gfp.GFP_KERNEL,
            equal_to(True),
        ),
    )


def _spinlocks() -> Readings:
    machine = bare_machine()
    S390Cmm.init(machine, pages=1)
    s390 = judge(state_graph(machine.model(), "any", BUDGET))
    return (
        Reading(
            "all schedules of the s390 driver's callback", s390.word, equal_to("exhausted-clean")
        ),
        Reading(
            "the pseries driver, no memory going offline",
            timed(H7, hot_remove=0).verdict,
            equal_to("completed"),
        ),
        Reading("the same while memory goes offline", timed(H7).verdict, equal_to("deadlock")),
        Reading(
            "what the OOM caller does then",
            waits(timed(H7), "hog"),
            equal_to("pseries cmm_lock, held by offline"),
        ),
    )


def _unsure() -> Readings:
    i915 = sum(timed(name).verdict in STUCK for name in (H3C, H3D, H4))
    rcu = timed(H5_RCU)
    return (
        Reading("ways in which the graphics driver locks up over an allocation", i915, equal_to(3)),
        Reading("requests for memory in RCU's callback", len(masks_in_callback(rcu)), equal_to(0)),
        Reading("RCU, with a reader that stays", rcu.verdict, equal_to("deadlock")),
        Reading("RCU, without", timed(H5_RCU, reader_stays=0).verdict, equal_to("recovered")),
    )


def _hard_to_audit() -> Readings:
    left = sum(timed(name, "nowait-both").verdict in STUCK for name in (H3B, H3C, H3D, H4, H7))
    as_released = failed_allocations(timed(PRESSURE, "mainline", **CROWDED))
    return (
        Reading(
            "lockups over an allocation left when the balloon has no blocking one",
            left,
            equal_to(5),
        ),
        Reading(
            "requests that fail while it inflates so",
            failed_allocations(timed(PRESSURE, "nowait-both", **CROWDED)),
            at_least(as_released + 1),
        ),
        Reading("requests that fail as released", as_released, at_least(1)),
    )


CLAIMS = (
    Claim(
        21, HANDA, PATCH,
        "Five places in the kernel register such a callback.",
        "confirmed",
        "So it is in 4.13; RCU's depends on a build option.",
        "listeners", (), (), _five,
    ),
    Claim(
        22, HANDA, PATCH,
        "At least the balloon can lock up, as its mutex can depend on a `GFP_KERNEL` request.",
        "confirmed",
        "The request is a highuser one, which has the same blocking bits.",
        "report", (H1,), ("mainline",), _balloon_locks_up,
    ),
    Claim(
        23, HANDA, PATCH,
        "The two cmm drivers look safe, because they use spinlocks.",
        "qualified",
        "The s390 driver is. The pseries driver asks for memory under its spinlock while memory is "
        "taken offline.",
        "listeners", (H7,), ("mainline",), _spinlocks,
    ),
    Claim(
        24, HANDA, PATCH,
        "Whether the RCU and graphics callbacks are safe he cannot tell; somebody should look.",
        "confirmed",
        "The doubt was justified. RCU's allocates nothing, but waits without a limit; the graphics "
        "driver's is unsafe in several ways.",
        "listeners", (H3C, H3D, H4, H5_RCU), ("mainline",), _unsure,
    ),
    Claim(
        25, HANDA, PATCH,
        "Turning every allocation into `GFP_NOWAIT` invites failures and is hard to audit.",
        "confirmed",
        "The audit would have to go two subsystems deep. Making the whole balloon driver "
        "non-blocking leaves five lockups where they were.",
        "nowait", (H3B, H3C, H3D, H4, H7, PRESSURE), ("nowait-both",), _hard_to_audit,
    ),
)  # fmt: skip
