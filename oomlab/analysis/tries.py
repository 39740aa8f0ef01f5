"""Trylocks that failed while the task held other locks: the orders that nobody records.

Whoever tries a lock in vain and tries again depends on its holder as if asleep on it. The lock
validator has no record of that, so these orders are in no `LockOrderGraph`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from oomlab.analysis.episodes import failed_try, holders_at, holds
from oomlab.engine.trace.events import Trace


class FailedTry(NamedTuple):
    """`task`, holding `held`, tried `tried` in `function` and did not get it."""

    held: str
    tried: str
    task: str
    function: str


def failed_tries(traces: Iterable[Trace]) -> tuple[FailedTry, ...]:
    """Each pair of locks once, with the first occasion on which it was seen."""
    found: dict[tuple[str, str], FailedTry] = {}
    for trace in traces:
        for each in _of(trace):
            found.setdefault((each.held, each.tried), each)
    return tuple(found.values())


def _of(trace: Trace) -> Iterator[FailedTry]:
    for number, event in enumerate(trace.events):
        if failed_try(event):
            for lock in holds(trace):
                if event.task in holders_at(trace, lock, number):
                    yield FailedTry(lock, event.on, event.task, event.function)
