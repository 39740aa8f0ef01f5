"""A case played by the model: the same facts as those of a real kernel's run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from oomlab.analysis.detectors import LogLine, detector_log
from oomlab.analysis.outcome import kills, oom_calls
from oomlab.analysis.pressure import memory_pressure
from oomlab.analysis.wait_for import wait_for_graph
from oomlab.checked import checked
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError, unknown
from oomlab.evidence.real_kernel.cases import CASES, Case
from oomlab.evidence.real_kernel.facts import RunFacts
from oomlab.evidence.real_kernel.translation import HUNG_S
from oomlab.experiment import Experiment
from oomlab.kernel.oom_watch import OOM_NOTIFIER
from oomlab.kernel.releases import KERNELS, traits_of
from oomlab.kernel_release import KernelRelease
from oomlab.listeners.oomcheck import ROUND_OPEN, SERVED, X
from oomlab.scenarios.witness import WITNESS

WATCH_S = 30
"""How long a guest is watched after the first call, in seconds, unless the case says otherwise."""

STALL = "allocation stall"

EVERY_S = 10
"""Pressure is looked at so often, in seconds."""

NAMES = {
    OOM_NOTIFIER: "check_n",
    "sysrq_f": "kworker",
    "memcg_task": "memcg",
    "bystander1": "fault",
}
"""What the guests call the model's tasks, where it is something else."""


@checked
def case_experiment(case: str, release: str, seed: int = 0) -> Experiment:
    """The experiment that is the same as a case on a release, which is played as the newest release
    that the model knows and that is not later.

    Raises InputError for an unknown case or release, and for a case that the model does not play.
    """
    found = CASES.find(case)
    if found.unplayed:
        raise InputError(f"the model does not play {case}: {found.unplayed}")
    asked = KernelRelease.of(release)
    known = [kernel for kernel in KERNELS if kernel <= asked]
    if not known:
        raise unknown("kernel version", release, KERNELS)
    return Experiment.of(WITNESS, found.remedy, found.settings(known[-1]), seed)


@checked
@cache
def play_case(case: str, release: str, seed: int = 0) -> RunFacts:
    """What the model does in a case. Raises InputError as `case_experiment` does."""
    return model_facts(case_experiment(case, release, seed).run(), CASES[case], release, seed)


def model_facts(trace: Trace, case: Case, release: str, seed: int) -> RunFacts:
    """The facts of one run of the model."""
    watch_s = int(case.guest.get("watch_s", WATCH_S))
    called = _first_call_us(trace)
    began_us = called or 0
    served_us = tuple(_served_us(trace, began_us + 1_000_000 * watch_s))
    served = len(served_us) == case.module.get("rounds", 1)
    # A guest is looked at once a second, until X is done or the guest's time is over.
    ends_us = served_us[-1][1] if served else began_us + 1_000_000 * watch_s
    until_us = ends_us + 1_000_000 * served
    pressure_s = (ends_us - began_us) // 1_000_000 // EVERY_S * EVERY_S
    killed = [kill for kill in kills(trace) if kill.at_us <= until_us]
    log = detector_log(trace, ends_us / 1_000_000, HUNG_S / 2, HUNG_S)
    return RunFacts(
        release=release,
        case=case.name,
        number=seed,
        clock="model",
        outcome=_outcome(case, called is not None, served, trace.verdict == "panic"),
        stall_ms=tuple((done - opened) / 1000 for opened, done in served_us),
        calls=sum(call.task != "memcg_task" for call in oom_calls(trace)),
        kills=len(killed),
        killed_at_ms=tuple(round((kill.at_us - began_us) / 1000) for kill in killed),
        callback_pages=tuple(
            event.result
            for event in trace.events
            if event.op == "move" and event.on == "pages of the callback"
        ),
        hung=dict(_hung(trace, log, release)),
        stall_lines=tuple(sorted({_name(line.task) for line in log if line.detector == STALL})),
        pressure=round(memory_pressure(trace, pressure_s), 4) if pressure_s else None,
        pressure_s=pressure_s or None,
    )


def _outcome(case: Case, called: bool, served: bool, panicked: bool) -> str:
    if panicked and not served:
        return "panicked"
    if not called:
        return "not called"
    if case.module.get("idle"):
        return "called"
    return "served" if served else "locked up"


def _first_call_us(trace: Trace) -> int | None:
    opened = (event.at_us for event in trace.events if event.changes.get(ROUND_OPEN) == 1)
    return next(opened, None)


def _served_us(trace: Trace, until_us: int) -> Iterator[tuple[int, int]]:
    """From when to when X waited, in each round that was over in time."""
    opened_us = 0
    for event in trace.events:
        if event.changes.get(ROUND_OPEN) == 1:
            opened_us = event.at_us
        elif SERVED in event.changes and event.task == X and event.at_us <= until_us:
            yield opened_us, event.at_us


def _name(task: str) -> str:
    return NAMES.get(task, task)


def _hung(trace: Trace, log: Iterable[LogLine], release: str) -> Iterator[tuple[str, str]]:
    """Whom the hung-task detector names, and as blocked by whom."""
    names_owner = traits_of(release).hung_task_names_owner
    for line in log:
        if line.detector == "hung task":
            edges = wait_for_graph(trace, line.at_us).edges if names_owner else ()
            owners = [edge.holder for edge in edges
                      if edge.waiter == line.task and edge.kind == "lock"]  # fmt: skip
            yield _name(line.task), _name(owners[0]) if owners else ""
