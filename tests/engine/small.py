"""Models of a few lines that clock and explorer are both tried with."""

from __future__ import annotations

from oomlab.engine.ops import (
    Routine,
    Slot,
    choose,
    mutex_lock,
    mutex_trylock,
    mutex_unlock,
    read,
    sleep,
)
from oomlab.engine.stage import Stage


def polls(word: Slot) -> Routine:
    """Look once a jiffy, until `word` is set."""
    while True:
        seen = yield read(word)
        if seen:
            break
        yield sleep(1)


def crossing(order: tuple[int, int] = (0, 1), names: tuple[str, str] = ("one", "other")) -> Stage:
    """Two tasks, two locks A and B; which each of them takes first."""
    stage = Stage()
    locks = stage.layout.mutex("A"), stage.layout.mutex("B")

    def body(first: int) -> Routine:
        yield mutex_lock(locks[first])
        yield mutex_lock(locks[1 - first])
        yield mutex_unlock(locks[1 - first])
        yield mutex_unlock(locks[first])

    stage.task(lambda: body(order[0]), names[0])
    stage.task(lambda: body(order[1]), names[1])
    return stage


def self_poller(*, naps: bool) -> Stage:
    """A task that polls the lock it owns itself; between two looks it sleeps, or does not."""
    stage = Stage()
    lock = stage.layout.mutex("lock", polled=True)

    def body() -> Routine:
        yield mutex_lock(lock)
        while True:
            got = yield mutex_trylock(lock)
            if got:
                break
            if naps:
                yield sleep(1)

    stage.task(body)
    return stage


def one_way_of_three_locks_up() -> Stage:
    """A task whose third choice takes a lock twice."""
    stage = Stage()
    lock = stage.layout.mutex("lock")

    def body() -> Routine:
        side = yield choose(3, "which way")
        yield mutex_lock(lock)
        if side == 2:
            yield mutex_lock(lock)
        yield mutex_unlock(lock)

    stage.task(body)
    return stage
