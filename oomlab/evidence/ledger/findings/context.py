"""Findings about when a callback runs and for whom: R14 to R16 and R23."""

from __future__ import annotations

from oomlab.analysis.outcome import failed_allocations, kills, longest_request_us, pages_returned
from oomlab.evidence.ledger.findings.finding import Finding, Measured, Witnessed
from oomlab.evidence.ledger.lab import first_kill_s, requests_after_disable, slowest_ms, timed
from oomlab.evidence.ledger.reading import Reading, Readings, below, between, equal_to, limits_over
from oomlab.kernel.oom_watch import CALLBACK_AFTER_DISABLE, DEVICE_TOUCHED, WALK_AFTER_DISABLE
from oomlab.kernel.releases import KERNEL_5_17
from oomlab.limits import Limit
from oomlab.scenarios.review.manual_kill import PRESSED_AT_US

LIMITS = (
    Limit(
        "not modelled",
        "Freezing kernel threads",
        "The RFC's thread waits in a way that a freezer may use, but kernel threads are not frozen "
        "unless they ask for it, and it does not. What the model shows is the second reason why "
        "this does no harm: once the OOM killer is off, nobody asks the thread.",
    ),
)

SUSPEND = "r15-suspend-barrier"
CONTEXT = "r16-recursive-owner"
SYSRQ = "r23-manual-kill"


def _nobody_asks_a_frozen_thread(remedy: str) -> Readings:
    run = timed(SUSPEND, remedy, late_caller=1)
    return (
        Reading(
            "requests for memory that fail once the OOM killer is off",
            failed_allocations(run),
            equal_to(1),
        ),
        Reading("walks of the chain that these ask for", requests_after_disable(run), equal_to(0)),
    )


def _owner_is_not_the_caller(remedy: str) -> Readings:
    run, plain = timed(CONTEXT, remedy), timed(CONTEXT)
    return (
        Reading(
            "longest wait for a page, callback in context", slowest_ms(plain), below(10.0), "ms"
        ),
        Reading("pages it gives", pages_returned(plain), equal_to(1024)),
        Reading(
            "longest wait for a page, callback in a thread",
            (longest_request_us(run) or 0) / 1_000_000,
            limits_over(1),
            "s",
        ),
        Reading("pages it gives then", pages_returned(run), equal_to(0)),
        Reading("processes killed", len(kills(run)), equal_to(1)),
    )


def _key_in_vain(remedy: str) -> Readings:
    stuck, slow = timed(SYSRQ, remedy), timed(SYSRQ, remedy, answer_s=8)
    since_5_17 = timed(SYSRQ, remedy, answer_s=8, kernel=KERNEL_5_17)
    return (
        Reading("when the key is pressed", PRESSED_AT_US / 1_000_000, between(1.0, 1.0), "s"),
        Reading(
            "when somebody is killed, if the callback is stuck",
            first_kill_s(stuck),
            limits_over(2),
            "s",
        ),
        Reading(
            "when, if it comes back after 8 s, for somebody else",
            first_kill_s(slow),
            equal_to("never"),
        ),
        Reading("when then, from Linux 5.17 on", first_kill_s(since_5_17), between(8.0, 8.1), "s"),
    )


FINDINGS = (
    Finding(
        "R14",
        "A thread frozen for suspend",
        "The thread waits in a freezable way. If it were frozen while somebody waits for it, every "
        "OOM event would cost the whole limit.",
        "None. It is not frozen, as it never asks to be; and kernel threads are frozen only after "
        "the OOM killer was switched off, when `out_of_memory` returns at once.",
        Measured(
            SUSPEND, _nobody_asks_a_frozen_thread, {"late_caller": 1}, says="free of it"
        ),
        ("free of it", "free of it", "free of it"),
        is_defect=False,
    ),
    Finding(
        "R15",
        "The suspend barrier is broken",
        "Switching the OOM killer off takes `oom_lock` once, which used to prove that no callback "
        "runs. A caller whose time is up lets go of the lock while the thread is in the chain.",
        "A callback goes on beside a suspend that thinks itself alone, and writes to a device that "
        "is suspended already.",
        Witnessed(
            (WALK_AFTER_DISABLE, CALLBACK_AFTER_DISABLE, DEVICE_TOUCHED), SUSPEND, {"ghosts": 2}
        ),
        ("has it", "has it", "free of it"),
    ),
    Finding(
        "R16",
        "The caller's context is lost",
        "The graphics driver's callback may go ahead if its own task has the driver's mutex. In "
        "the thread the owner is the sleeping caller. Other rights of the caller are lost as well: "
        "its ban on filesystem work, its reserves, its priority.",
        "Where the released kernel gets its pages at once, the patched one waits the whole limit, "
        "gets none, and kills.",
        Measured(CONTEXT, _owner_is_not_the_caller),
        ("has it", "has it", "has it"),
    ),
    Finding(
        "R23",
        "The manual kill waits, and kills nobody",
        "SysRq-f asks the thread like anybody, and waits for it. If it finds credit, however old, "
        "it takes it and kills nobody. Linux 5.17 changed the second half: pages no longer "
        "satisfy the key, and it goes on to kill.",
        "The last resort of the person in front of the machine costs a limit, or does nothing.",
        Measured(SYSRQ, _key_in_vain),
        ("has it", "free of it", "free of it"),
        "Under the first repair it still waits as long, but takes no credit of others.",
    ),
)  # fmt: skip
