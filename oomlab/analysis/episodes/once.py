"""Reads a trace once, however often somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from oomlab.engine.trace.events import Event, Trace

Found = TypeVar("Found")


def once(read: Callable[..., Found]) -> Callable[..., Found]:
    """Decorator: `read(trace, *names)` is worked out when it is first asked for.

    The answer is laid beside the trace's own fields, so it goes when the trace goes, and a trace
    that is equal but another one has its own. A trace does not change.
    """

    @wraps(read)
    def answer(trace: Trace, *names: str) -> Found:
        known: dict[Any, Any] = vars(trace).setdefault("_episodes", {})
        key = (read, names)
        if key not in known:
            known[key] = read(trace, *names)
        found: Found = known[key]
        return found

    return answer


@once
def events_of(trace: Trace) -> dict[str, list[Event]]:
    """The events of every task, in order."""
    found: dict[str, list[Event]] = {task.name: [] for task in trace.tasks}
    for event in trace.events:
        found[event.task].append(event)
    return found
