"""When each task is in which function: a run as slices that nest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from oomlab.analysis.episodes.once import once
from oomlab.analysis.spans import task_spans
from oomlab.engine.trace.events import Event, Trace


class CallEdge(NamedTuple):
    """At `at_us` a task enters a function, or leaves the one it is in (`function` is "" then).
    `number`: that of the event by which this is known, or how many there are for the end."""

    at_us: int
    number: int
    function: str


@once
def numbered(trace: Trace) -> dict[str, list[tuple[int, Event]]]:
    """The events of each task with their numbers in the trace."""
    found: dict[str, list[tuple[int, Event]]] = {task.name: [] for task in trace.tasks}
    for number, event in enumerate(trace.events):
        found[event.task].append((number, event))
    return found


def call_edges(trace: Trace, task: str) -> Iterator[CallEdge]:
    """All that a task enters and leaves, in order. Who is done has left everything; what another
    was in when the run ended, it is in still."""
    stack: tuple[str, ...] = ()
    for number, event in numbered(trace)[task]:
        shared = 0
        while shared < min(len(stack), len(event.stack)) and stack[shared] == event.stack[shared]:
            shared += 1
        yield from (CallEdge(event.at_us, number, "") for _ in stack[shared:])
        yield from (CallEdge(event.at_us, number, each) for each in event.stack[shared:])
        stack = event.stack
    last = [span for span in task_spans(trace) if span.task == task][-1]
    if last.state == "done":
        yield from (CallEdge(last.start_us, len(trace.events), "") for _ in stack)
