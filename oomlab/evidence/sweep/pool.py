"""Runs the points of a sweep on all cores, and says which point it was when something breaks."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial

from oomlab.errors import InputError, OomlabError
from oomlab.evidence.sweep.grid import Point
from oomlab.evidence.sweep.measure import Row, measure

Measure = Callable[[Point], Row]


class SweepError(OomlabError):
    """A sweep broke off; the message is one line that names the point."""


def cores() -> int:
    """How many processes to use unless told otherwise: one a core."""
    return os.cpu_count() or 1


def compute(
    points: Mapping[int, Point], jobs: int, measure_one: Measure = measure
) -> Iterator[tuple[int, Row]]:
    """(number, row) of every point, as they are finished, by `jobs` processes.

    One process means this one. `measure_one` must be a function of a module, so that the others
    find it. Raises InputError for fewer than 1 job, SweepError if a run fails or a process is lost;
    what was given out before stays valid.
    """
    if jobs < 1:
        raise InputError(f"the number of jobs cannot be {jobs}; valid: a whole number from 1 up")
    if jobs == 1:
        for number, point in points.items():
            yield number, _guarded(point, partial(measure_one, point))
        return
    # A fresh interpreter each: nothing of the parent's state can leak into a result.
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, max(1, len(points))), mp_context=spawn) as pool:
        yield from _feed(pool, points, jobs, measure_one)


def _feed(
    pool: ProcessPoolExecutor, points: Mapping[int, Point], jobs: int, measure_one: Measure
) -> Iterator[tuple[int, Row]]:
    """Keep as many points under way as there are processes: if one is lost, the point it had is
    among them."""
    under_way: dict[Future[Row], int] = {}
    left = iter(points.items())
    try:
        while True:
            while len(under_way) < jobs and (following := next(left, None)):
                number, point = following
                under_way[pool.submit(measure_one, point)] = number
            if not under_way:
                return
            finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in sorted(finished, key=under_way.__getitem__):
                number = under_way[future]
                yield number, _guarded(points[number], future.result)
                del under_way[future]
    except BrokenProcessPool:
        names = "; ".join(str(points[number]) for number in sorted(under_way.values()))
        raise SweepError(f"a process was lost while it ran one of these: {names}") from None
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise


def _guarded(point: Point, result: Callable[[], Row]) -> Row:
    try:
        return result()
    except BrokenProcessPool:
        raise
    except Exception as error:
        kind = "" if isinstance(error, OomlabError) else f"{type(error).__name__}: "
        raise SweepError(f"the run failed, {point}: {kind}{error}") from error
