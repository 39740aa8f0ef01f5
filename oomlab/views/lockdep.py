"""What the kernel's checkers say of a hazard: the order of its locks, and the lines in its log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, get_args

from oomlab.analysis import (
    DETECTORS,
    Annotation,
    Detector,
    LockCycle,
    detector_log,
    failed_tries,
    first_cycle_us,
    lock_order_graph,
    wait_for_graph,
    waiting_phrase,
    waiting_sentence,
)
from oomlab.checked import checked
from oomlab.engine.trace import Trace
from oomlab.errors import unknown
from oomlab.experiment import run
from oomlab.figures.detector_log import draw_detector_log
from oomlab.figures.lock_order import draw_lock_order
from oomlab.kernel.releases import KERNEL_4_13, modelled_kernel
from oomlab.kernel_release import KernelRelease
from oomlab.listeners.balloon_policy import FillAllocation
from oomlab.remedies import find_remedy
from oomlab.scenarios import find_scenario
from oomlab.views import View, view

UNTIL_S = 300
"""How much of a log is shown: our choice, long enough for each detector to speak."""

THREE_TASKS = "h2-three-task-poll"

PLENTY_EARLY: Mapping[str, float] = {
    "give_back_pages": 512,
    "give_back_s": 0,
    "inflate_pages": 1024,
    "rounds": 4,
}
"""Pages come back before anybody is short of them; the inflater uses them up and then reclaims."""

TRIED: tuple[Mapping[str, float], ...] = (
    {"reclaim_meets_fs": 0},
    PLENTY_EARLY,
    {"give_back_pages": 512},
    {"dma_pages": 64},
    {"host_answers": 1},
    {"reader_stays": 0},
    {"hot_remove": 0},
)
"""Settings under which a hazard may pass without harm, those it has parameters for."""


@view
def order(scenario: str, remedy: str, kernel: str = "4.14") -> View:
    """The order of locks that a validator learns from runs of a hazard that ended well, with the
    reclaim annotation of a `kernel`. Raises InputError for an unknown name."""
    annotation = _annotation(kernel)
    runs = runs_that_went_well(scenario, remedy)
    graph = lock_order_graph(runs, annotation)
    name = f"{len(runs)} run{'s' if len(runs) > 1 else ''} that ended well"
    figure = draw_lock_order(graph, name, _locks(runs), failed_tries(runs))
    cycles = graph.cycles()
    if cycles:
        said = f"Lockdep warns, after {len(runs)} runs that ended well: {_warning(cycles[0])}"
    else:
        said = _silence(scenario, remedy, annotation)
    return View(figure.html, said, figure.twin)


@view
def as_shrinker(fill: str, kernel: str) -> View:
    """The order of locks if the balloon were asked by reclaim, as a shrinker, learned from one run
    of the three-task form.

    `fill`: where inflating allocates, "under-lock" or "outside-lock". Raises InputError for another
    value or an unknown kernel.
    """
    remedy = find_remedy("shrinker").but(fill_allocation=_fill(fill))
    remedy = replace(remedy, name=f"a shrinker that allocates {fill.replace('-', ' the ')}")
    trace = run(THREE_TASKS, remedy, {"reclaim_meets_fs": 0})
    graph = lock_order_graph([trace], _annotation(kernel))
    figure = draw_lock_order(graph, trace.remedy, _locks([trace]), failed_tries([trace]))
    cycles = graph.cycles()
    said = f"{_ending(trace)} Lockdep is silent."
    if cycles:
        said = f"{_ending(trace)} Lockdep warns all the same: {_warning(cycles[0])}"
    return View(figure.html, said, figure.twin)


@view
def log(
    scenario: str,
    remedy: str,
    others: int = 0,
    first_scan_s: float = 50,
    kernel: float | str = "4.13",
) -> View:
    """What the detectors print, with `others` more tasks that ask for memory where the scenario can
    have some. `first_scan_s`: when the slower detectors look first; see `detector_log`. `kernel`:
    the machine's release; its per-CPU lists give nothing back, since the log is that of a hang."""
    trace = _hanging(scenario, remedy, others, modelled_kernel(kernel))
    messages = detector_log(trace, UNTIL_S, first_scan_s)
    figure = draw_detector_log(messages, UNTIL_S, "a machine that hangs")
    if not messages:
        return View(figure.html, f"{_ending(trace)} The log stays empty.", figure.twin)
    hung = dict.fromkeys(m.task for m in messages if m.detector == "hung task")
    said = f"{_ending(trace)} Silence for {messages[0].second} s, then the first "
    said += f"line: {messages[0].detector}."
    if hung:
        first = next(m for m in messages if m.detector == "hung task")
        said += f" Named as hung, from {first.second} s on: {', '.join(hung)}."
    else:
        said += " Nobody is named as hung."
    return View(figure.html, said, figure.twin)


@checked
def who_sees_what(hazards: Mapping[str, str], remedy: str, others: int = 0) -> str:
    """A Markdown table: each detector, and lockdep, against each hazard (scenario to words). Cells
    give the second of the first message."""
    warns: list[str] = []
    seconds: dict[Detector, list[str]] = {detector: [] for detector in DETECTORS}
    for scenario in hazards:
        warned = lock_order_graph(runs_that_went_well(scenario, remedy)).cycles()
        warns.append("**yes**" if warned else "–")
        messages = detector_log(_hanging(scenario, remedy, others), UNTIL_S)
        for detector, row in seconds.items():
            mine = [str(message.second) for message in messages if message.detector == detector]
            row.append(mine[0] if mine else "–")
    rows = [["Who looks", *hazards.values()], ["---"] * (len(hazards) + 1), ["lockdep", *warns]]
    rows += [[detector, *row] for detector, row in seconds.items()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


@checked
@cache
def runs_that_went_well(scenario: str, remedy: str) -> tuple[Trace, ...]:
    """Runs of a hazard in which it did no lasting harm: nobody was stuck at the end."""
    known = {parameter.name for parameter in find_scenario(scenario).parameters}
    given = [settings for settings in TRIED if known.issuperset(settings)]
    traces = (run(scenario, remedy, settings) for settings in given)
    return tuple(trace for trace in traces if trace.verdict in ("completed", "recovered"))


def _hanging(scenario: str, remedy: str, others: int, kernel: KernelRelease = KERNEL_4_13) -> Trace:
    known = {parameter.name for parameter in find_scenario(scenario).parameters}
    given: dict[str, Any] = {"fault_tasks": others} if others and "fault_tasks" in known else {}
    if kernel != KERNEL_4_13:
        given |= {"kernel": kernel, "fixed_lists": 1}
    return run(scenario, remedy, given)


def _fill(fill: str) -> FillAllocation:
    for place in get_args(FillAllocation):
        if place == fill:
            return place  # type: ignore[no-any-return]
    raise unknown("fill", fill, get_args(FillAllocation))


def _annotation(kernel: str) -> Annotation:
    for annotation in get_args(Annotation):
        if annotation == kernel:
            return annotation  # type: ignore[no-any-return]
    raise unknown("kernel", kernel, get_args(Annotation))


def _locks(traces: Iterable[Trace]) -> tuple[str, ...]:
    """The locks that were taken in some run."""
    sleeping = {s.name for t in traces for s in t.slots if s.kind in ("mutex", "rwsem")}
    used = (event.on for trace in traces for event in trace.events if event.on in sleeping)
    return tuple(dict.fromkeys(used))


def _silence(scenario: str, remedy: str, annotation: Annotation) -> str:
    """Why there is no warning, from how the same machine hangs when it does."""
    said = "Lockdep is silent."
    hanging = run(scenario, remedy)
    at_us = first_cycle_us(hanging)
    if at_us is None:
        stuck = [each for each in hanging.waiting if each.how == "blocks"]
        if not stuck:
            return f"{said} There is nothing to warn of: with these locks nobody waits in a circle."
        on = stuck[0].waits_for
        facts = hanging.facts(on)
        phrase = waiting_phrase(on, "event", (facts.answered_by,), facts.gives)
        return f"{said} When it hangs, {stuck[0].task} {phrase}, and that is no lock."
    edges = wait_for_graph(hanging, at_us).cycle
    unseen = next((edge for edge in edges if edge.kind != "lock"), None)
    if unseen is None:
        return f"{said} The runs have not shown it all the locks of the circle."
    why = {
        "poll": "a trylock that fails leaves no trace",
        "event": "a wait for an answer is no lock",
    }[unseen.kind]
    all_runs = (*runs_that_went_well(scenario, remedy), hanging)
    more = "" if lock_order_graph(all_runs, annotation).cycles() else (
        " Not even the run that hangs would tell it."
    )  # fmt: skip
    return f"{said} When it hangs, {waiting_sentence(unseen)}: {why}.{more}"


def _warning(cycle: LockCycle) -> str:
    """The circle, and the moment at which it is complete."""
    circle = " -> ".join((*cycle.locks, cycle.locks[0]))
    closing = cycle.closing
    return f"{circle}. It closes when {closing.witness.task} asks for {closing.taken}."


def _ending(trace: Trace) -> str:
    if trace.verdict in ("completed", "recovered"):
        return "Everybody with a job finishes."
    return "Nobody ever finishes."
