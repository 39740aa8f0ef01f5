"""Runs the points of a sweep on all cores, and says which point it was when something breaks."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial

from oomlab.errors import InputError, OomlabError
from oomlab.evidence.sweep.grid import Point
from oomlab.evidence.sweep.measure import Row, measure

Measure = Callable[[Point], Row]

JOBS_A_CORE = 4
"""Processes that may be asked for, for each core (our choice)."""


class SweepError(OomlabError):
    """A sweep broke off; the message is one line that names the point."""


def cores() -> int:
    """How many processes to use unless told otherwise: one a core."""
    return os.cpu_count() or 1


def checked_jobs(jobs: int | None) -> int:
    """How many processes to use; None means one a core. Raises InputError for fewer than 1, and for
    more than a few a core, which only cost memory."""
    most = JOBS_A_CORE * cores()
    if jobs is not None and not 1 <= jobs <= most:
        raise InputError(
            f"the number of jobs cannot be {jobs}; valid: a whole number from 1 to {most}"
            f" ({JOBS_A_CORE} for each core of this machine)"
        )
    return cores() if jobs is None else jobs


def compute(
    points: Mapping[int, Point], jobs: int, measure_one: Measure = measure
) -> Generator[tuple[int, Row], None, None]:
    """(number, row) of every point, as they are finished, by `jobs` processes.

    One process means this one; there are never more than points. `measure_one` must be a function
    of a module, so that the others find it. Raises InputError as `checked_jobs` does, SweepError if
    a run fails or a process is lost; what was given out before stays valid.
    """
    jobs = min(checked_jobs(jobs), max(1, len(points)))
    if jobs == 1:
        for number, point in points.items():
            yield number, _guarded(point, partial(measure_one, point))
        return
    # A fresh interpreter each: nothing of the parent's state can leak into a result.
    spawn = multiprocessing.get_context("spawn")
    with _no_signals():  # this starts Python's resource tracker as well, which has to stay
        workers = ProcessPoolExecutor(jobs, mp_context=spawn, initializer=_follow_parent)
    with workers as pool:
        yield from _feed(pool, points, jobs, measure_one)


def _follow_parent() -> None:
    """In a new process: end when the one that made it ends, however that comes about, or has this
    one end."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


@contextmanager
def _no_signals() -> Iterator[None]:
    """Nothing stops a process being made in here half-way. It never hears of Ctrl-C or a hang-up,
    which a terminal sends to all of them: the one that made it does, and lets it finish its point.
    """
    if not hasattr(signal, "pthread_sigmask"):  # not a POSIX system
        yield
        return
    held_back = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, held_back)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


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
                with _no_signals():
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
