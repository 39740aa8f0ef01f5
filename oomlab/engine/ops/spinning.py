"""Spinlocks. A task that waits for one does not sleep: it keeps its CPU busy and cannot be woken,
killed or timed out. The slot is that of a mutex; only the way of waiting differs."""

from __future__ import annotations

from oomlab.engine.ops.core import Op, Outcome, Slot, State, meaning, put
from oomlab.engine.ops.locks import FREE
from oomlab.errors import ModelError
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "A spinlock is taken by one task at a time",
        "That a spinning processor does nothing else is not shown.",
    ),
)


def spin_lock(lock: Slot) -> Op:
    """Take `lock`, spinning while somebody holds it (Linux spin_lock)."""
    return Op("spin_lock", (lock,))


def spin_unlock(lock: Slot) -> Op:
    """Release `lock`; only its owner may (Linux spin_unlock)."""
    return Op("spin_unlock", (lock,))


@meaning("spin_lock", "mutex", "takes {}", "take {}", told=True)
def _spin_lock(state: State, task: int, op: Op) -> list[Outcome]:
    (lock,) = op.slots
    return [Outcome(put(state, lock, task))] if state[lock.index] == FREE else []


@meaning("spin_unlock", "mutex", "releases {}", "release {}", told=True)
def _spin_unlock(state: State, task: int, op: Op) -> list[Outcome]:
    (lock,) = op.slots
    if state[lock.index] != task:
        raise ModelError(f"task {task} unlocks {lock.name}, which it does not hold")
    return [Outcome(put(state, lock, FREE))]
