"""Computing a named sweep anew, and checking a stored one against the model."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, closing, nullcontext
from itertools import zip_longest
from pathlib import Path
from random import Random

from oomlab.errors import OomlabError
from oomlab.evidence.executors import AHEAD, HERE, Workplace, checked_jobs, cores, opened
from oomlab.evidence.sweep.grid import Point, Sweep
from oomlab.evidence.sweep.measure import Row, measure
from oomlab.evidence.sweep.partial import Partial
from oomlab.evidence.sweep.pool import Measure, compute
from oomlab.evidence.sweep.rows import Failure
from oomlab.evidence.sweep.store import (
    Results,
    Run,
    as_text,
    check_target,
    default_path,
    head,
    load,
    own_target,
    save,
)
from oomlab.evidence.sweep.tables import check_form
from oomlab.files import folder_of, printable, resolved

SAMPLE = 40
"""Points that a check computes again (our choice)."""

TAKEN_UP = 5
"""Points of an interrupted sweep that are computed again before it goes on (our choice)."""

Tell = Callable[[int, int], object]
"""Hears of progress: points that are done, and points there are."""


def recompute(
    sweep: Sweep,
    out: str | Path | None = None,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    executor: Executor | None = None,
    resume: bool = False,
    force: bool = False,
    tell: Tell = lambda done, points: None,
    failed: Callable[[Failure], object] = lambda failure: None,
    measure_one: Measure = measure,
) -> Path:
    """Run every point of `sweep` and write the results. Result: the file.

    The points are run by `jobs` processes of this machine, by the workers of a Dask `scheduler` (an
    address, or "local"), or by any `executor` of `concurrent.futures`; the file is the same. The
    name says in which form it is written: .csv, .parquet, else JSON. A run that fails becomes a row
    with its error.

    While it works, finished points are kept in a file beside it; after an interruption `resume`
    takes them from there. `tell` hears how many points are done, `failed` of each run
    that failed. `force` replaces a file that holds
    anything else than results of this sweep; links are followed to what they stand for.

    Raises InputError for a place where no results can go, for a file that is in use or not to be
    replaced, for a leftover of an interrupted sweep unless it is resumed, and as
    `executors.opened` does; SweepError if an executor breaks. A KeyboardInterrupt gets a note that
    says how many points are kept.
    """
    path = resolved(own_target(sweep) if out is None else out)
    if scheduler is None and executor is None:
        checked_jobs(jobs)
    check_form(path.suffix)
    check_target(path, sweep, force=force)
    points = sweep.points()

    def current(kept: Partial) -> bool:
        some = spread({number: points[number] for number in kept.numbers()}, TAKEN_UP)
        return dict(compute(some, HERE, measure_one)) == {number: kept[number] for number in some}

    kept = Partial(path, head(sweep), len(points), resume=resume, current=current)
    with folder_of(path), kept as partial, _place(jobs, scheduler, executor, len(points)) as place:
        try:
            for number, row in _rows(points, partial, place, measure_one, tell):
                partial.add(number, row)
                if isinstance(row, Failure):
                    failed(row)
            check_target(path, sweep, force=force)  # it may have become something else meanwhile
            save(path, sweep, partial.in_order())
        except OomlabError as error:
            more = f" ({_kept(partial, points)}; go on with --resume)" if partial else ""
            raise type(error)(f"{error}{more}") from error
        except KeyboardInterrupt as stop:
            if partial:
                stop.add_note(_kept(partial, points))
            raise
        partial.remove()
    return path


def _place(
    jobs: int | None, scheduler: str | None, executor: Executor | None, points: int
) -> AbstractContextManager[Workplace]:
    """Where the points are run."""
    if executor is None:
        return opened(jobs, scheduler, most=points)
    return nullcontext(Workplace(executor, lambda: AHEAD * cores()))


def recompute_text(
    sweep: Sweep,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    tell: Tell = lambda done, points: None,
    measure_one: Measure = measure,
) -> str:
    """The same as a text, without any file: nothing is kept if it is interrupted.

    Raises InputError and SweepError as `recompute` does.
    """
    points = sweep.points()
    with opened(jobs, scheduler, most=len(points)) as place:
        rows = dict(_rows(points, {}, place, measure_one, tell))
    return as_text(sweep, (rows[number] for number in range(len(points))))


def _rows(
    points: Sequence[Point],
    known: Container[int],
    place: Workplace,
    measure_one: Measure,
    tell: Tell,
) -> Iterator[tuple[int, Row | Failure]]:
    """The numbers and rows of the points that are not known."""
    todo = ((number, point) for number, point in enumerate(points) if number not in known)
    done = sum(number in known for number in range(len(points)))
    with closing(compute(todo, place, measure_one)) as computed:
        for finished in computed:
            done += 1
            tell(done, len(points))
            yield finished


def _kept(partial: Partial, points: Sequence[Point]) -> str:
    return f"{len(partial)} of {len(points)} points are kept"


def spread(points: Mapping[int, Point], size: int) -> dict[int, Point]:
    """Some points, the same ones every time: at random, and as many of each part and remedy."""
    groups: dict[tuple[str, str], list[int]] = {}
    for number, point in points.items():
        groups.setdefault((point.part, point.remedy), []).append(number)
    draw = Random(0)
    mixed = [draw.sample(numbers, len(numbers)) for numbers in groups.values()]
    draw.shuffle(mixed)
    turns = (number for turn in zip_longest(*mixed) for number in turn if number is not None)
    return {number: points[number] for number, _ in zip(turns, range(size), strict=False)}


def sample(results: Results, size: int = SAMPLE) -> list[Run]:
    """Some runs, the same ones every time, of every part and remedy."""
    return [results.runs[n] for n in spread(dict(enumerate(r.point for r in results.runs)), size)]


def check(
    results: Results, size: int = SAMPLE, tell: Tell = lambda done, points: None
) -> Iterator[str]:
    """Are stored results those of the model as it is now? Only a value can make them stale.

    A sample is computed again: a line for each number that is another now, and one that says what
    to do; nothing if all is well. `tell` hears how many are done.
    """
    stale = False
    chosen = sample(results, size)
    for done, run in enumerate(chosen):
        tell(done, len(chosen))
        now = measure(run.point)
        for column, before, after in zip(Row._fields, run.row, now, strict=True):
            if before != after:
                stale = True
                yield f"{run.point}: {column} was {printable(str(before))} and is {after}"
    if stale:
        name = results.sweep.name
        yield f"{name}: made by another model; make it again with: oomlab sweep {name}"


def check_file(
    sweep: Sweep, path: str | Path | None = None, tell: Tell = lambda done, points: None
) -> Iterator[str]:
    """The same for a file. Raises InputError if it cannot be read."""
    place = resolved(default_path(sweep) if path is None else path)
    yield from check(load(place, sweep), tell=tell)
