"""The two less common ways to ask for a mutex."""

from __future__ import annotations

from oomlab.engine.ops.core import Op, Outcome, Slot, State, meaning, put
from oomlab.engine.ops.locks import FREE
from oomlab.errors import ModelError

MUTEX_TRYLOCK_FAILED = "failed"
MUTEX_TRYLOCK_SUCCESS = "success"
MUTEX_TRYLOCK_RECURSIVE = "recursive"


def mutex_trylock_recursive(lock: Slot) -> Op:
    """Take `lock` if it is free, and notice if the caller owns it already.

    Result: one of the three words above (Linux mutex_trylock_recursive).
    """
    return Op("mutex_trylock_recursive", (lock,))


def mutex_lock_killable(lock: Slot, sigkill: Slot | None) -> Op:
    """Take `lock`, waiting while somebody holds it or until `sigkill` is set. Result: True if it
    was taken. Without a `sigkill` the caller is a kernel thread (Linux mutex_lock_killable)."""
    return Op("mutex_lock_killable", (lock,) if sigkill is None else (lock, sigkill))


@meaning("mutex_trylock_recursive", "mutex", "tries {}", "try {}", told=True)
def _mutex_trylock_recursive(state: State, task: int, op: Op) -> list[Outcome]:
    (lock,) = op.slots
    if not lock.polled:
        raise ModelError(f"{lock.name} is tried, but was not declared as polled")
    owner = state[lock.index]
    if owner == task:
        return [Outcome(state, MUTEX_TRYLOCK_RECURSIVE)]
    if owner != FREE:
        return [Outcome(state, MUTEX_TRYLOCK_FAILED)]
    return [Outcome(put(state, lock, task), MUTEX_TRYLOCK_SUCCESS)]


@meaning("mutex_lock_killable", "mutex", "asks for {}", "take {}")
def _mutex_lock_killable(state: State, task: int, op: Op) -> list[Outcome]:
    lock = op.slots[0]
    if state[lock.index] == FREE:
        return [Outcome(put(state, lock, task), True)]
    killed = len(op.slots) > 1 and state[op.slots[1].index]
    return [Outcome(state, False)] if killed else []
