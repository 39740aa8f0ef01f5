"""Requests for memory as they passed through the allocator, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from oomlab.analysis.outcome import ALLOCATOR
from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.engine.trace.events import Event, Trace

RequestEnd = Literal["page", "failed", "under way"]
"""`under way`: it was when the run ended."""


@brief
@dataclass
class AllocationRequest:
    """One call of the allocator: who asked, with which mask (after the task's scope), which steps
    it came to in order (numbers of `kernel.slow_path`), and how it ended.

    Steps are known only on machines that tell them; elsewhere `steps` is empty. `ended_us` is the
    moment of the last thing the request did.
    """

    task: str
    began_us: int
    gfp: int = 0
    steps: list[str] = field(default_factory=list)
    end: RequestEnd = "under way"
    ended_us: int = 0


@checked
def allocation_requests(trace: Trace) -> tuple[AllocationRequest, ...]:
    """All requests of a run, in the order in which they were made; one made within another (by a
    listener, say) is one of its own."""
    unfinished = {waiting.task for waiting in trace.waiting}
    found: list[AllocationRequest] = []
    for task in trace.tasks:
        events = (event for event in trace.events if event.task == task.name)
        found.extend(_of_task(events, last_fails=task.name not in unfinished))
    return tuple(sorted(found, key=lambda request: request.began_us))


def _of_task(events: Iterable[Event], *, last_fails: bool) -> Iterator[AllocationRequest]:
    """The requests of one task; those under way lie on a stack, the innermost last."""
    under_way: list[AllocationRequest] = []
    for event in events:
        depth = event.stack.count(ALLOCATOR)
        begins = event.op == "take_page" and event.function == ALLOCATOR
        while len(under_way) > depth or (begins and len(under_way) == depth):
            yield _over(under_way.pop())
        if begins:
            under_way.append(AllocationRequest(event.task, event.at_us))
        if not under_way:
            continue
        request = under_way[-1]
        request.ended_us = event.at_us
        if event.op == "take_page" and event.result:
            request.end = "page"
        elif event.op == "note" and event.on == "gfp":
            request.gfp = int(event.result)
        elif event.op == "note" and event.on == "step":
            request.steps.append(str(event.result))
    for request in under_way:
        yield _over(request) if last_fails else request


def _over(request: AllocationRequest) -> AllocationRequest:
    if request.end == "under way":
        request.end = "failed"
    return request
