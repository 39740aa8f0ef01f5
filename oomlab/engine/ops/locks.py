"""Mutexes and reader-writer semaphores."""

from __future__ import annotations

from typing import NamedTuple

from oomlab.engine.ops.core import Op, Outcome, Slot, State, meaning, put
from oomlab.errors import ModelError
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "When a mutex is stolen",
        "Whoever runs may take a mutex between its release and the moment at which the first who "
        "waits for it runs, and may do so once; how long that is, is the setting `wake_us`, by "
        "default nothing at all where nobody comes back for a mutex at once. Nobody spins for the "
        "owner to let go. The explorer, which has no time, lets anybody have a free mutex, as "
        "often as a schedule likes.",
    ),
)

FREE = -1
"""Owner of a mutex that nobody holds (task numbers start at 0)."""

MUTEX_KINDS = frozenset({"mutex_lock", "mutex_lock_killable"})
"""Ops that sleep while somebody else holds a mutex."""

LOCKING_KINDS = frozenset({*MUTEX_KINDS, "spin_lock", "down_read", "down_write"})
"""Ops that wait while somebody else holds a lock."""


class RwSemaphore(NamedTuple):
    """Value of an rwsem slot: who reads, who writes (or FREE), which writers are queued."""

    readers: tuple[int, ...] = ()
    writer: int = FREE
    queued: tuple[int, ...] = ()


def mutex_lock(lock: Slot) -> Op:
    """Take `lock`, uninterruptibly waiting while somebody holds it (Linux mutex_lock)."""
    return Op("mutex_lock", (lock,))


def mutex_trylock(lock: Slot) -> Op:
    """Take `lock` if it is free. Result: True or False (Linux mutex_trylock)."""
    return Op("mutex_trylock", (lock,))


def mutex_unlock(lock: Slot) -> Op:
    """Release `lock`; only its owner may (Linux mutex_unlock)."""
    return Op("mutex_unlock", (lock,))


@meaning("mutex_lock", "mutex", "takes {}", "take {}", told=True)
def _mutex_lock(state: State, task: int, op: Op) -> list[Outcome]:
    (lock,) = op.slots
    return [Outcome(put(state, lock, task))] if state[lock.index] == FREE else []


@meaning("mutex_trylock", "mutex", "tries {}", "try {}", told=True)
def _mutex_trylock(state: State, task: int, op: Op) -> list[Outcome]:
    (lock,) = op.slots
    if not lock.polled:
        raise ModelError(f"{lock.name} is tried, but was not declared as polled")
    if state[lock.index] != FREE:
        return [Outcome(state, False)]
    return [Outcome(put(state, lock, task), True)]


@meaning("mutex_unlock", "mutex", "releases {}", "release {}", told=True)
def _mutex_unlock(state: State, task: int, op: Op) -> list[Outcome]:
    (lock,) = op.slots
    if state[lock.index] != task:
        raise ModelError(f"task {task} unlocks {lock.name}, which it does not hold")
    return [Outcome(put(state, lock, FREE))]


def down_read(semaphore: Slot) -> Op:
    """Join the readers; waits for a writer, and behind one that is queued (Linux rwsem)."""
    return Op("down_read", (semaphore,))


def down_read_trylock(semaphore: Slot) -> Op:
    """Join the readers if nobody writes or is queued to write. Result: True or False."""
    return Op("down_read_trylock", (semaphore,))


def up_read(semaphore: Slot) -> Op:
    """Leave the readers."""
    return Op("up_read", (semaphore,))


def announce_write(semaphore: Slot) -> Op:
    """Queue as a writer, so that later readers wait. Always followed by `down_write`."""
    return Op("announce_write", (semaphore,))


def down_write(semaphore: Slot) -> Op:
    """Become the writer; waits until nobody reads or writes."""
    return Op("down_write", (semaphore,))


def up_write(semaphore: Slot) -> Op:
    """Stop being the writer."""
    return Op("up_write", (semaphore,))


def _rwsem(state: State, op: Op) -> tuple[Slot, RwSemaphore]:
    (slot,) = op.slots
    value = state[slot.index]
    assert isinstance(value, RwSemaphore)
    return slot, value


@meaning("down_read", "rwsem", "takes {} for reading", "read-lock {}")
def _down_read(state: State, task: int, op: Op) -> list[Outcome]:
    slot, value = _rwsem(state, op)
    if value.writer != FREE or value.queued:
        return []
    readers = tuple(sorted((*value.readers, task)))
    return [Outcome(put(state, slot, value._replace(readers=readers)))]


@meaning("down_read_trylock", "rwsem", "tries {} for reading", "try to read-lock {}")
def _down_read_trylock(state: State, task: int, op: Op) -> list[Outcome]:
    joined = _down_read(state, task, op)
    return [outcome._replace(result=True) for outcome in joined] or [Outcome(state, False)]


@meaning("up_read", "rwsem", "lets go of {}", "let go of {}")
def _up_read(state: State, task: int, op: Op) -> list[Outcome]:
    slot, value = _rwsem(state, op)
    if task not in value.readers:
        raise ModelError(f"task {task} releases {slot.name}, which it does not read-hold")
    readers = list(value.readers)
    readers.remove(task)
    return [Outcome(put(state, slot, value._replace(readers=tuple(readers))))]


@meaning(
    "announce_write",
    "rwsem",
    "queues as a writer; later readers wait behind it",
    "queue as a writer of {}",
)
def _announce_write(state: State, task: int, op: Op) -> list[Outcome]:
    slot, value = _rwsem(state, op)
    return [Outcome(put(state, slot, value._replace(queued=(*value.queued, task))))]


@meaning("down_write", "rwsem", "has it for writing", "write-lock {}")
def _down_write(state: State, task: int, op: Op) -> list[Outcome]:
    slot, value = _rwsem(state, op)
    if value.readers or value.writer != FREE:
        return []
    queued = tuple(t for t in value.queued if t != task)
    return [Outcome(put(state, slot, RwSemaphore((), task, queued)))]


@meaning("up_write", "rwsem", "is done with writing", "let go of {}")
def _up_write(state: State, task: int, op: Op) -> list[Outcome]:
    slot, value = _rwsem(state, op)
    if value.writer != task:
        raise ModelError(f"task {task} releases {slot.name}, which it does not write-hold")
    return [Outcome(put(state, slot, value._replace(writer=FREE)))]
