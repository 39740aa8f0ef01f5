"""Runs the points of a sweep, in batches, and says what it was when one fails.

A batch ends where a setting ends, as what is learned of its tasks in one run serves the next. How
many settings go into one follows what a point was seen to take: to hand a batch to a scheduler and
take it back costs it some milliseconds, and a long one keeps others waiting at the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass

from oomlab.errors import BrokenOff, OomlabError
from oomlab.evidence.executors import HERE, Lost, Workplace, each
from oomlab.evidence.sweep.grid import Point
from oomlab.evidence.sweep.measure import Row, measure
from oomlab.evidence.sweep.rows import Failure
from oomlab.files import shell_word
from oomlab.scenarios.parameters import json_value

Measure = Callable[[Point], Row]

BATCH = 20
"""Points of one setting that go to a process at once, unless more take no time at all, and"""
BATCH_S = 0.3
"""how long a batch should take, in seconds, and"""
MOST = 200
"""points in it, at most (our choice)."""


class SweepError(BrokenOff):
    """A sweep broke off; the message is one line that names the points."""


@dataclass(frozen=True)
class Batch:
    """Points that are run one after the other in the same process."""

    points: tuple[Point, ...]
    measure_one: Measure


class _Pace:
    """How many points take as long as a batch should, by the last that were seen."""

    def __init__(self) -> None:
        self.points = 1

    def saw(self, points: int, took_s: float) -> None:
        """So many points took so long."""
        self.points = max(1, min(MOST, round(points * BATCH_S / max(took_s, 1e-9))))


def compute(
    points: Mapping[int, Point] | Iterable[tuple[int, Point]],
    place: Workplace = HERE,
    measure_one: Measure = measure,
) -> Generator[tuple[int, Row | Failure], None, None]:
    """(number, row) of every point, as they are finished.

    `measure_one` must be a function of a module, so that other processes find it. A run that fails
    gives a Failure. Raises SweepError if an executor breaks; what was given out before stays valid.
    """
    pairs = points.items() if isinstance(points, Mapping) else points
    pace = _Pace()
    tasks = ((numbers, Batch(some, measure_one)) for numbers, some in _batches(pairs, place, pace))
    known: dict[tuple[int, ...], tuple[Point, ...]] = {}

    def noted() -> Iterator[tuple[tuple[int, ...], Batch]]:
        for numbers, batch in tasks:
            known[numbers] = batch.points
            yield numbers, batch

    try:
        for numbers, found in each(run_batch, noted(), place):
            some = known.pop(numbers)
            if isinstance(found, Lost):
                rows = _one_by_one(some, place, measure_one)
            else:
                rows, took_s = found
                pace.saw(len(rows), took_s)
            yield from zip(numbers, rows, strict=True)
    except Lost as lost:
        names = "; ".join(str(point) for numbers in lost.args for point in known[numbers])
        raise SweepError(f"a process was lost while it ran one of these: {names}") from None


def run_batch(batch: Batch) -> tuple[list[Row | Failure], float]:
    """The rows of a batch, and how many seconds they took."""
    began = time.perf_counter()
    rows = [_guarded(point, batch.measure_one) for point in batch.points]
    return rows, time.perf_counter() - began


def _batches(
    pairs: Iterable[tuple[int, Point]], place: Workplace, pace: _Pace
) -> Iterator[tuple[tuple[int, ...], tuple[Point, ...]]]:
    here = place.executor is None  # nothing is handed over, and each point is told at once
    numbers: list[int] = []
    points: list[Point] = []
    for number, point in pairs:
        ends = numbers and _setting(point) != _setting(points[-1])
        if numbers and (here or len(numbers) >= (pace.points if ends else max(BATCH, pace.points))):
            yield tuple(numbers), tuple(points)
            numbers, points = [], []
        numbers.append(number)
        points.append(point)
    if numbers:
        yield tuple(numbers), tuple(points)


def _setting(point: Point) -> tuple[object, ...]:
    return point.part, point.remedy, *point.axes.values()


def _one_by_one(
    points: tuple[Point, ...], place: Workplace, measure_one: Measure
) -> list[Row | Failure]:
    """The rows of a batch that no worker survived: which of its points is it?"""
    found: dict[int, Row | Failure] = {}
    for number, given in each(
        run_batch, ((n, Batch((p,), measure_one)) for n, p in enumerate(points)), place
    ):
        lost = Failure("each process that ran it was lost", run_command_of(points[number]))
        found[number] = lost if isinstance(given, Lost) else given[0][0]
    return [found[number] for number in range(len(points))]


def _guarded(point: Point, measure_one: Measure) -> Row | Failure:
    try:
        return measure_one(point)
    except Exception as error:
        kind = "" if isinstance(error, OomlabError) else f"{type(error).__name__}: "
        return Failure(" ".join(f"{kind}{error}".split()), run_command_of(point))


def run_command_of(point: Point) -> str:
    """The call that runs a point once more."""
    given = [f"--set={name}={json_value(value)}" for name, value in point.settings.items()]
    words = ["oomlab", "run", point.scenario, f"--remedy={point.remedy}", *given]
    return " ".join(map(shell_word, [*words, f"--seed={point.seed}"]))
