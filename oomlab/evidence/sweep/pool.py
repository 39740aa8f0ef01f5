"""Runs the points of a sweep, in batches of alike ones, and says what it was when one fails."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice

from oomlab.errors import BrokenOff, OomlabError
from oomlab.evidence.executors import HERE, Lost, Workplace, each
from oomlab.evidence.sweep.grid import Point
from oomlab.evidence.sweep.measure import Row, measure
from oomlab.evidence.sweep.rows import Failure
from oomlab.files import shell_word
from oomlab.scenarios.parameters import json_value

Measure = Callable[[Point], Row]

BATCH = 20
"""Points that go to a process at once, at most, all of one setting: what is learned of its tasks in
one run serves the next (our choice)."""


class SweepError(BrokenOff):
    """A sweep broke off; the message is one line that names the points."""


@dataclass(frozen=True)
class Batch:
    """Points that are run one after the other in the same process."""

    points: tuple[Point, ...]
    measure_one: Measure


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
    tasks = ((numbers, Batch(some, measure_one)) for numbers, some in _batches(pairs, place))
    known: dict[tuple[int, ...], tuple[Point, ...]] = {}

    def noted() -> Iterator[tuple[tuple[int, ...], Batch]]:
        for numbers, batch in tasks:
            known[numbers] = batch.points
            yield numbers, batch

    try:
        for numbers, rows in each(run_batch, noted(), place):
            some = known.pop(numbers)
            if isinstance(rows, Lost):
                rows = _one_by_one(some, place, measure_one)
            yield from zip(numbers, rows, strict=True)
    except Lost as lost:
        names = "; ".join(str(point) for numbers in lost.args for point in known[numbers])
        raise SweepError(f"a process was lost while it ran one of these: {names}") from None


def run_batch(batch: Batch) -> list[Row | Failure]:
    """The rows of a batch."""
    return [_guarded(point, batch.measure_one) for point in batch.points]


def _batches(
    pairs: Iterable[tuple[int, Point]], place: Workplace
) -> Iterator[tuple[tuple[int, ...], tuple[Point, ...]]]:
    size = 1 if place.executor is None else BATCH
    for _, alike in groupby(pairs, lambda pair: _setting(pair[1])):
        while some := tuple(islice(alike, size)):
            yield tuple(number for number, _ in some), tuple(point for _, point in some)


def _setting(point: Point) -> tuple[object, ...]:
    return point.part, point.remedy, *point.axes.values()


def _one_by_one(
    points: tuple[Point, ...], place: Workplace, measure_one: Measure
) -> list[Row | Failure]:
    """The rows of a batch that no worker survived: which of its points is it?"""
    found: dict[int, Row | Failure] = {}
    for number, rows in each(
        run_batch, ((n, Batch((p,), measure_one)) for n, p in enumerate(points)), place
    ):
        lost = Failure("each process that ran it was lost", run_command_of(points[number]))
        found[number] = lost if isinstance(rows, Lost) else rows[0]
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
