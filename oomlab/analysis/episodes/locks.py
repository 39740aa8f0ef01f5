"""Locks: who had which, who waited for one, who tried one in vain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from oomlab.analysis.episodes.once import once
from oomlab.engine.ops import LOCKING_KINDS, MUTEX_TRYLOCK_FAILED, MUTEX_TRYLOCK_RECURSIVE
from oomlab.engine.trace.events import Event, Json, Trace

HoldMode = Literal["owns", "reads", "writes"]
"""How a lock is held: a mutex is owned, a semaphore read or written."""

TRYING_KINDS = frozenset({"mutex_trylock", "mutex_trylock_recursive", "down_read_trylock"})
"""Ops that ask for a lock and do not wait for it."""
_IN_VAIN = (False, MUTEX_TRYLOCK_FAILED, MUTEX_TRYLOCK_RECURSIVE)
"""Results that say that the task has not got the lock, or not once more."""


def takes(event: Event) -> bool:
    """Does the task get a lock here, by waiting or by trying?"""
    asks = event.op in LOCKING_KINDS or event.op in TRYING_KINDS
    return asks and event.condition == "done" and event.result not in _IN_VAIN


def failed_try(event: Event) -> bool:
    """Does the task try a lock here that somebody else has?"""
    return event.op in TRYING_KINDS and event.result in (False, MUTEX_TRYLOCK_FAILED)


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch during which `task` had `lock`.

    `to_the_end`: it still had it when the run ended. Such a stretch may have no length. `numbers`:
    those of the events that began and ended it (-1: it had it from the beginning).
    """

    lock: str
    task: str
    start_us: int
    end_us: int
    mode: HoldMode
    to_the_end: bool = False
    numbers: tuple[int, int] = field(default=(-1, -1), compare=False)


@once
def holds(trace: Trace) -> dict[str, tuple[Held, ...]]:
    """Who had which lock, by lock, in the order of the beginnings; also for no time at all."""
    open_since: dict[str, dict[tuple[str, HoldMode], tuple[int, int]]] = {}
    found: dict[str, list[Held]] = {}
    for slot in trace.slots:
        if slot.kind in ("mutex", "rwsem"):
            open_since[slot.name] = {key: (0, -1) for key in holders(slot.initial)}
            found[slot.name] = []
    for number, event in enumerate(trace.events):
        for lock in event.changes.keys() & open_since.keys():
            since, now = open_since[lock], holders(event.changes[lock])
            for key in [key for key in since if key not in now]:
                start_us, first = since.pop(key)
                held = Held(lock, key[0], start_us, event.at_us, key[1], False, (first, number))
                found[lock].append(held)
            for key in now:
                since.setdefault(key, (event.at_us, number))
    end_us, end = trace.ended_at_us, len(trace.events)
    for lock, since in open_since.items():
        for (task, mode), (start_us, first) in since.items():
            found[lock].append(Held(lock, task, start_us, end_us, mode, True, (first, end)))
    return {lock: tuple(sorted(each, key=_first)) for lock, each in found.items()}


def _first(held: Held) -> int:
    return held.numbers[0]


def holders_at(trace: Trace, lock: str, number: int) -> tuple[str, ...]:
    """Who had `lock` right before the event of that number."""
    mine = holds(trace).get(lock, ())
    return tuple(h.task for h in mine if h.numbers[0] < number <= h.numbers[1])


def holders(value: Json) -> list[tuple[str, HoldMode]]:
    """Who holds a mutex or semaphore whose slot has this value, and how."""
    if isinstance(value, Mapping):
        readers: list[tuple[str, HoldMode]] = [(task, "reads") for task in value["readers"]]
        return readers + ([(value["writer"], "writes")] if value["writer"] else [])
    return [(value, "owns")] if value else []


class LockWait(NamedTuple):
    """`task` asked for a lock that it could not have, and slept or spun until `ended_us` (None: it
    still did at the end).

    `got`: it had the lock then; it has not if it was killed meanwhile. `stack`: where it stood.
    `number`: that of the event with which it began.
    """

    task: str
    lock: str
    began_us: int
    ended_us: int | None
    got: bool
    stack: tuple[str, ...]
    number: int

    def length_us(self, until_us: int) -> int:
        """How long it lasted, or has lasted at `until_us`."""
        return (until_us if self.ended_us is None else self.ended_us) - self.began_us


@once
def lock_waits(trace: Trace) -> tuple[LockWait, ...]:
    """All waits for a lock, in the order in which they began."""
    found: list[LockWait] = []
    under_way: dict[str, int] = {}  # who waits, and which of those found it is
    for number, event in enumerate(trace.events):
        if event.task in under_way:  # whatever the task does now, it does no longer wait
            place = under_way.pop(event.task)
            got = event.on == found[place].lock and takes(event)
            found[place] = found[place]._replace(ended_us=event.at_us, got=got)
        if event.condition == "blocked" and event.op in LOCKING_KINDS:
            under_way[event.task] = len(found)
            found.append(
                LockWait(event.task, event.on, event.at_us, None, False, event.stack, number)
            )
    return tuple(found)
