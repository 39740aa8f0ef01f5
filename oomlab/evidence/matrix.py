"""Every hazard against every remedy, by both engines, each cell held against what was expected."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from oomlab.analysis.outcome import failed_allocations, kills, longest_request_us, pages_returned
from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.engine.explorer.properties import violated
from oomlab.engine.trace.properties import run_reports
from oomlab.errors import BrokenOff, InputError
from oomlab.evidence.executors import HERE, Lost, Workplace, each
from oomlab.experiment import explore, run
from oomlab.kernel.oom_watch import NEVER, RELEASED_UNSERVED, STALE_CREDIT
from oomlab.remedies import REMEDIES, Remedy, find_remedy
from oomlab.scenarios import SCENARIOS, Scenario, find_scenario
from oomlab.scenarios.parameters import Settings

CELL_BUDGET = 100_000
"""States after which the exploration of one cell stops unless told otherwise."""

WRONG_CREDIT = (NEVER[STALE_CREDIT], NEVER[RELEASED_UNSERVED])
"""The properties that say that no result is credited to the wrong request."""

_STUCK = ("deadlock", "livelock")


@brief
@dataclass(frozen=True)
class Timed:
    """One timed run. `stall_s`: how long the slowest request for a page took, in seconds, None if
    it never ended. `wrong_credit`: did a request receive another's result?"""

    verdict: str
    stall_s: float | None
    kills: int
    failed_allocations: int
    pages_returned: int
    wrong_credit: bool


@brief
@dataclass(frozen=True)
class Explored:
    """One exploration. A verdict of `budget` decides nothing. `wrong_credit` as in Timed, for any
    schedule that was seen."""

    verdict: str
    states: int
    starvation: bool
    panic: bool
    wrong_credit: bool


@brief
@dataclass(frozen=True)
class Cell:
    """A scenario under a remedy. `problem` is empty if all is as expected."""

    scenario: str
    settings: dict[str, int | float]
    remedy: str
    clock: Timed
    explorer: Explored
    expected_clock: str | None
    expected_explorer: str | None
    reason: str
    problem: str


class Question(NamedTuple):
    """A scenario with the settings of one of its rows under a remedy, by name, to be explored up to
    so many states; `runs`: by the clock as well."""

    scenario: str
    row: Settings
    remedy: str
    budget: int
    runs: bool = True


def answered(question: Question) -> tuple[Timed | None, Explored]:
    """What the engines say; another process can be asked this."""
    scenario, remedy = find_scenario(question.scenario), find_remedy(question.remedy)
    row = question.row
    timed = timed_cell(scenario, remedy, row) if question.runs else None
    return timed, explored_cell(scenario, remedy, row, question.budget)


@checked
def matrix(budget: int = CELL_BUDGET, place: Workplace = HERE) -> Iterator[Cell]:
    """All cells, row by row, found out at that place. Models that are equal are run once: without a
    balloon, remedies in the balloon's driver change nothing.

    Raises InputError for a budget below 1.
    """
    for scenario, row, remedy, (timed, explored) in _asked(budget, place, runs=True):
        assert timed is not None
        yield _cell(scenario, remedy, row, timed, explored)


@checked
def explorations(
    budget: int = CELL_BUDGET, place: Workplace = HERE
) -> Iterator[tuple[Scenario, Settings, Remedy, Explored]]:
    """The same without the clock: what the explorer says of each.

    Raises InputError for a budget below 1.
    """
    for scenario, row, remedy, (_, explored) in _asked(budget, place, runs=False):
        yield scenario, row, remedy, explored


def _asked(
    budget: int, place: Workplace, *, runs: bool
) -> Iterator[tuple[Scenario, Settings, Remedy, tuple[Timed | None, Explored]]]:
    """All cells in order, each with its answer as soon as that and all before are there."""
    if budget < 1:
        raise InputError(f"the budget cannot be {budget}; valid: 1 or more")
    cells = [
        (scenario, row, remedy, (scenario.name, number, scenario.model_key(remedy)))
        for scenario in SCENARIOS.values()
        for number, row in enumerate(scenario.rows)
        for remedy in REMEDIES.values()
    ]
    first: dict[Hashable, Question] = {}
    for scenario, row, remedy, key in cells:
        first.setdefault(key, Question(scenario.name, row, remedy.name, budget, runs))
    numbers = {number: key for number, key in enumerate(first)}
    known: dict[Hashable, tuple[Timed | None, Explored]] = {}
    left = iter(cells)
    cell = next(left, None)
    for number, found in each(answered, enumerate(first.values()), place):
        if isinstance(found, Lost):
            raise BrokenOff(f"each process that was asked this was lost: {first[numbers[number]]}")
        known[numbers[number]] = found
        while cell is not None and cell[3] in known:
            yield (*cell[:3], known[cell[3]])
            cell = next(left, None)


def size() -> int:
    """How many cells there are."""
    return sum(len(scenario.rows) for scenario in SCENARIOS.values()) * len(REMEDIES)


@checked
def timed_cell(scenario: Scenario, remedy: Remedy, row: Settings) -> Timed:
    """One run by the clock."""
    trace = run(scenario, remedy, {**row, "ghosts": 1})
    longest = longest_request_us(trace)
    return Timed(
        trace.verdict,
        None if longest is None else longest / 1_000_000,
        len(kills(trace)),
        failed_allocations(trace),
        pages_returned(trace),
        any(one.answer == "violated" for one in run_reports(trace, WRONG_CREDIT)),
    )


def explored_cell(scenario: Scenario, remedy: Remedy, row: Settings, budget: int) -> Explored:
    """One exploration, in the scenario's small scope."""
    ghosts = int(remedy.delivery.offloaded)
    found = explore(scenario, remedy, {**row, "ghosts": ghosts}, budget=budget)
    return Explored(
        found.verdict.word,
        len(found.graph),
        found.verdict.starvation,
        found.verdict.panic,
        not violated(found.graph).keys().isdisjoint(one.name for one in WRONG_CREDIT),
    )


def _cell(
    scenario: Scenario, remedy: Remedy, row: Settings, by_clock: Timed, by_explorer: Explored
) -> Cell:
    expected_clock = scenario.expects(remedy, "clock", row)
    expected_explorer = scenario.expects(remedy, "explorer", row)
    declared = scenario.declared(remedy, "clock", row)
    reason = declared.reason if declared else ""
    problem = _problem(by_clock, by_explorer, expected_clock, expected_explorer, reason)
    return Cell(
        scenario.name,
        dict(row),
        remedy.name,
        by_clock,
        by_explorer,
        expected_clock,
        expected_explorer,
        reason,
        problem if declared else scenario.undeclared(remedy, "clock", row),
    )


def _problem(
    by_clock: Timed,
    by_explorer: Explored,
    expected_clock: str | None,
    expected_explorer: str | None,
    reason: str,
) -> str:
    """What is wrong with a cell: no expectation, another one, or engines that contradict."""
    if expected_clock is None:
        return "no verdict is declared"
    if by_clock.verdict != expected_clock:
        return f"the clock was expected to say {expected_clock}"
    word = by_explorer.verdict
    if word == "budget":
        return ""
    if expected_explorer not in (None, word):
        return f"the explorer was expected to say {expected_explorer}"
    if (word == "lockup") != (by_clock.verdict in _STUCK) and not reason:
        return "the engines disagree, and no reason is written"
    return ""


def exploration_line(
    scenario: Scenario, row: Settings, remedy: Remedy, found: Explored
) -> tuple[str, str]:
    """The title of a row of the matrix, and a line with what the explorer says of one of its
    remedies."""
    values = ", ".join(f"{name}={value}" for name, value in row.items())
    remarks = [word for word in ("starvation", "panic", "wrong_credit") if getattr(found, word)]
    line = f"{remedy.name:18}{found.verdict:16}{found.states:>9,}  {', '.join(remarks)}"
    return f"{scenario.name}{' with ' + values if values else ''}", line.rstrip().replace("_", " ")


def matrix_report(cells: list[Cell]) -> dict[str, Any]:
    """The matrix as JSON data; `stall_s` in seconds."""
    return {
        "cells": [asdict(cell) for cell in cells],
        "problems": sum(bool(cell.problem) for cell in cells),
    }


HEADING = (
    f"{'remedy':18}{'clock':11}{'stall':>10} {'kills':>5} {'failed':>6} {'pages':>6}  "
    f"{'explorer':16}{'states':>8}  remarks"
)


def matrix_text(cells: list[Cell]) -> Iterator[str]:
    """The matrix as lines: a table per row of it, then a count of problems."""
    title = None
    for cell in cells:
        here = (cell.scenario, cell.settings)
        if here != title:
            title = here
            values = ", ".join(f"{name}={value}" for name, value in cell.settings.items())
            yield f"\n{cell.scenario}{' with ' + values if values else ''}"
            yield HEADING
        yield _line(cell)
    problems = [cell for cell in cells if cell.problem]
    yield ""
    yield f"{len(cells)} cells, {len(problems)} with a problem."


def _line(cell: Cell) -> str:
    run, found = cell.clock, cell.explorer
    stall = "for ever" if run.stall_s is None else f"{run.stall_s:.4g} s"
    remarks = [
        "starvation" if found.starvation else "",
        "panic" if found.panic else "",
        "wrong credit" if run.wrong_credit or found.wrong_credit else "",
        cell.reason,
        f"PROBLEM: {cell.problem}" if cell.problem else "",
    ]
    return (
        f"{cell.remedy:18}{run.verdict:11}{stall:>10} {run.kills:>5} {run.failed_allocations:>6}"
        f" {run.pages_returned:>6}  {found.verdict:16}{found.states:>8}  "
        + "; ".join(filter(None, remarks))
    ).rstrip()
