"""The same schedule under another remedy, and what the remedies cost."""

from __future__ import annotations

from functools import cache

from oomlab.analysis import time_text
from oomlab.analysis.comparison import parting
from oomlab.engine.trace import Event, Trace
from oomlab.engine.trace.narration import explain
from oomlab.errors import InputError, unknown
from oomlab.evidence import matrix
from oomlab.experiment import follow
from oomlab.figures.comparison import ComparedRemedy, draw_comparison
from oomlab.remedies import REMEDIES
from oomlab.scenarios import find_scenario
from oomlab.views import View, view

MAINLINE = "mainline"


@view
def same_schedule(scenario: str, schedule: str, remedy: str, others: int = 0) -> View:
    """A schedule that was found under mainline, followed under every remedy as far as that goes,
    with `others` more tasks that ask for memory in the timed runs beside it.

    Raises InputError for a remedy that is not in the list, and as `replay` does.
    """
    if remedy not in REMEDIES:
        raise unknown("remedy", remedy, REMEDIES)
    base, _ = follow(scenario, MAINLINE, {}, schedule)
    if not base.ended_at_us:
        raise InputError("the schedule is empty: nobody moves in it")
    rows = []
    for name in REMEDIES:
        trace, _ = follow(scenario, name, {}, schedule)
        found = parting(base, trace)
        same = base.ended_at_us if found is None else found.step - 1
        rows.append(ComparedRemedy(name, same, trace.ended_at_us, *_costs(scenario, name, others)))
    figure = draw_comparison(rows, remedy, base.ended_at_us, scenario)
    return View(figure.html, _sentence(scenario, schedule, remedy, base, others), figure.twin)


@cache
def _costs(scenario: str, remedy: str, others: int) -> tuple[str, str, str, str]:
    row = {"fault_tasks": others} if others else {}
    run = matrix.timed_cell(find_scenario(scenario), REMEDIES[remedy], row)
    waits = "for ever" if run.stall_s is None else time_text(round(run.stall_s * 1_000_000))
    return run.verdict, waits, str(run.kills), str(run.pages_returned)


def _sentence(scenario: str, schedule: str, remedy: str, base: Trace, others: int) -> str:
    ends, waits, killed, pages = _costs(scenario, remedy, others)
    cost = f"In a timed run: {ends}, slowest request {waits}, {killed} killed, {pages} pages back."
    if remedy == MAINLINE:
        return f"The schedule that locks mainline up, in {base.ended_at_us} steps. {cost}"
    trace, why = follow(scenario, remedy, {}, schedule)
    found = parting(base, trace)
    if found is None:
        return f"Nothing in these {base.ended_at_us} steps changes under {remedy}. {cost}"
    before = f"They part at step {found.step}. Mainline: {_told(base, found.first)}."
    after = f"Under {remedy}: {_told(trace, found.second)}."
    if found.second is None and why:
        after = f"Under {remedy} this {why}."
    return f"{before} {after} {cost}"


def _told(trace: Trace, event: Event | None) -> str:
    return "this does not happen" if event is None else explain(trace, event)
