"""Work spread over processes and machines, through any `concurrent.futures.Executor`.

`each` keeps a few pieces of work under way and asks for the next when one is done, so that of a
million none waits in memory. `opened` makes the executor that a call asks for: this process,
processes of this machine, or the workers of a Dask scheduler, wherever they run.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from oomlab import __version__
from oomlab.errors import InputError, shown

JOBS_A_CORE = 4
"""Processes that may be asked for, for each core (our choice)."""

MOST_JOBS = 1 << 30
"""As many processes as are asked for."""

AHEAD = 3
"""Pieces of work under way for each process of a scheduler: the next one waits with the worker, not
here (our choice)."""

LOCAL = "local"
"""The scheduler that is started here for the time being."""

QUIET = {
    "distributed.admin.low-level-log-length": 10,
    "distributed.worker.profile.enabled": False,
}
"""Settings of Dask, as far as it runs here. It would keep the last thousand messages to a worker,
with all the work in them, and have each worker look a hundred times a second at what it does."""

PATIENCE_S = 20
"""How long a scheduler may take to answer, in seconds (our choice)."""

Chore = TypeVar("Chore")
Gave = TypeVar("Gave")


class Lost(Exception):
    """The process that worked on something was lost, and with it the piece of work."""


@dataclass(frozen=True)
class Workplace:
    """Where work is done: `executor`, None for this process; `width` says how many pieces may be
    under way, each time it is asked: workers come and go."""

    executor: Executor | None
    width: Callable[[], int]


HERE = Workplace(None, lambda: 1)
"""This process."""


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


@contextmanager
def opened(
    jobs: int | None = None, scheduler: str | None = None, *, most: int = MOST_JOBS
) -> Iterator[Workplace]:
    """The place that a call asks for, as long as the context lasts: `jobs` processes (1: this one),
    or the workers of the Dask `scheduler` at that address; "local" starts one with `jobs` workers.
    There are never more processes here than `most`, the pieces of work.

    Raises InputError as `checked_jobs` does, if Dask is not installed, and for a scheduler that
    does not answer or whose workers have another oomlab.
    """
    if scheduler is None:
        wanted = min(checked_jobs(jobs), max(1, most))
        if wanted == 1:
            yield HERE
            return
        # A fresh interpreter each: nothing of the parent's state can leak into a result.
        spawn = multiprocessing.get_context("spawn")
        with no_signals():  # this starts Python's resource tracker as well, which has to stay
            pool = ProcessPoolExecutor(wanted, mp_context=spawn, initializer=_follow_parent)
        with pool:
            try:
                yield Workplace(pool, lambda: wanted)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return
    with _client(scheduler, jobs) as client:
        # Equal calls would be run once, and a worker that is lost has its work done by another.
        yield Workplace(
            client.get_executor(pure=False),
            lambda: AHEAD * max(1, sum(client.nthreads().values())),
        )


@contextmanager
def _client(scheduler: str, jobs: int | None) -> Iterator[Any]:
    """A client of a Dask scheduler."""
    try:
        import dask
        import distributed
    except ImportError:
        raise InputError(
            "--scheduler needs Dask, which is not installed: pip install 'oomlab[dask]'"
        ) from None
    parts: Any = distributed  # without types of its own
    settings: Any = dask.config.set  # nor has this
    with _quiet(), settings(QUIET):
        if scheduler == LOCAL:
            with (
                parts.LocalCluster(
                    n_workers=checked_jobs(jobs),
                    threads_per_worker=1,
                    dashboard_address="127.0.0.1:0",
                ) as cluster,
                parts.Client(cluster) as client,
            ):
                yield client
            return
        if jobs is not None:
            raise InputError(
                "--jobs is about this machine; the scheduler says how many workers it has"
            )
        try:
            client = parts.Client(scheduler, timeout=PATIENCE_S)
        except (OSError, ValueError) as error:
            raise InputError(
                f"no Dask scheduler answers at {shown(scheduler)}; valid: {LOCAL!r}, or an address"
                " such as tcp://host:8786"
            ) from error
        with client:
            _same_package(client)
            yield client


def _same_package(client: Any) -> None:
    """Raise InputError unless all workers have this oomlab: rows of two models would be mixed."""
    try:
        versions = set(client.run(_version).values())
    except ImportError:
        versions = {""}
    if other := versions - {__version__}:
        found = ", ".join(sorted(version or "none" for version in other))
        raise InputError(f"the workers need oomlab {__version__}, as here; they have: {found}")


def _version() -> str:
    from oomlab import __version__ as here

    return here


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask tells its log of each worker that comes and goes; what matters is said by the result."""
    import logging

    loggers = [logging.getLogger(name) for name in ("distributed", "tornado")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


def each(
    work: Callable[[Chore], Gave], tasks: Iterable[tuple[Any, Chore]], place: Workplace = HERE
) -> Iterator[tuple[Any, Gave | Lost]]:
    """(key, what `work` gave) of every task, as they are finished.

    `work` must be a function of a module, so that other processes find it. What it raises is raised
    here. Where one piece of work has cost more workers than a scheduler bears, it is given out as
    `Lost`; an executor that loses a process loses all that is under way, which is raised as Lost
    with the keys as its arguments.
    """
    if place.executor is None:
        for key, task in tasks:
            yield key, work(task)
        return
    under_way: dict[Future[Any], Any] = {}
    left = iter(tasks)
    try:
        while True:
            while len(under_way) < place.width() and (following := next(left, None)) is not None:
                key, task = following
                with no_signals():
                    under_way[place.executor.submit(work, task)] = key
            if not under_way:
                return
            finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in sorted(finished, key=lambda one: _order(under_way[one])):
                yield under_way[future], _result(future)
                del under_way[future]
    except BrokenExecutor:
        raise Lost(*sorted(under_way.values(), key=_order)) from None
    finally:
        for future in under_way:
            future.cancel()


def _order(key: Any) -> Any:
    return key if isinstance(key, tuple) else (key,)


def _result(future: Future[Any]) -> Any:
    try:
        return future.result()
    except Exception as error:
        if type(error).__name__ == "KilledWorker":  # of distributed, which may not be there
            return Lost(str(error))
        raise


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
def no_signals() -> Iterator[None]:
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
