"""Computing a named sweep anew, and checking a stored one against the model."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from oomlab.errors import InputError
from oomlab.evidence.sweep.grid import Sweep
from oomlab.evidence.sweep.measure import Row, measure
from oomlab.evidence.sweep.pool import Measure, SweepError, compute, cores
from oomlab.evidence.sweep.store import Partial, Results, Run, default_path, load, save

SAMPLE = 40
"""Points that a check computes again (our choice)."""

PROGRESS_S = 2.0


def recompute(
    sweep: Sweep,
    out: Path | None = None,
    *,
    jobs: int | None = None,
    resume: bool = False,
    tell: Callable[[str], object] = lambda line: None,
    measure_one: Measure = measure,
) -> Path:
    """Run every point of `sweep` and write the results. Result: the file.

    While it works, finished points are kept in a file beside it; after an interruption `resume`
    takes them from there. `tell` gets lines about the progress.

    Raises InputError for a leftover of an interrupted sweep unless it is resumed, SweepError if a
    run fails or a process is lost.
    """
    path = out or default_path(sweep)
    points = sweep.points()
    partial = Partial(path, sweep)
    if partial.path.exists() and not resume:
        raise InputError(
            f"{partial.path.name} is left of a sweep that was interrupted; go on with --resume, or"
            " delete it"
        )
    rows = partial.read()
    partial.write(rows)
    began = told = time.monotonic()
    todo = {number: point for number, point in enumerate(points) if number not in rows}
    try:
        for number, row in compute(todo, cores() if jobs is None else jobs, measure_one):
            partial.add(number, row)
            rows[number] = row
            if time.monotonic() - told > PROGRESS_S:
                told = time.monotonic()
                tell(f"{sweep.name}: {len(rows)} of {len(points)} points, {told - began:.0f} s")
    except SweepError as error:
        raise SweepError(
            f"{error} ({len(rows)} of {len(points)} points are kept; go on with --resume)"
        ) from error
    save(path, sweep, [rows[number] for number in range(len(points))])
    partial.remove()
    size = path.stat().st_size / 1000
    tell(f"{path.name}: {len(points)} points, {size:.0f} kB, {time.monotonic() - began:.0f} s")
    return path


def sample(results: Results, size: int = SAMPLE) -> list[Run]:
    """Some runs, the same ones every time: at random over the whole sweep."""
    if len(results.runs) <= size:
        return list(results.runs)
    return Random(results.sweep.name).sample(results.runs, size)


def check(results: Results, size: int = SAMPLE) -> Iterator[str]:
    """What is wrong with stored results, a line for each; nothing if all is well."""
    name = results.sweep.name
    if not results.is_current:
        yield f"{name}: made by another model; make it again with: oomlab sweep {name}"
    for run in sample(results, size):
        now = measure(run.point)
        for column, before, after in zip(Row._fields, run.row, now, strict=True):
            if before != after:
                yield f"{run.point}: {column} was {before} and is {after}"


def check_file(sweep: Sweep, path: Path | None = None) -> Iterator[str]:
    """The same for a file. Raises InputError if it cannot be read."""
    yield from check(load(path or default_path(sweep), sweep))
