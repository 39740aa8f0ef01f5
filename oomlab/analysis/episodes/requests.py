"""Requests for memory as they passed through the allocator, step by step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from oomlab.analysis.episodes.function_calls import ALLOCATOR
from oomlab.analysis.episodes.once import events_of, once
from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.engine.trace.events import Event, Trace

RequestEnd = Literal["page", "failed", "under way"]
"""`under way`: it was when the run ended."""


@brief
@dataclass(slots=True)
class AllocationRequest:
    """One call of the allocator: who asked, with which mask (after the task's scope), which steps
    it came to in order (numbers of `kernel.slow_path`), and how it ended.

    Steps are known only on machines that tell them; elsewhere `steps` is empty. `ended_us` is the
    moment at which the request had its page, or returned without; of one under way, that of the
    last thing it did. `stack`: the functions that lead to it, the allocator last. `within`: was it
    made inside another one, by a listener say? `number`: that of its first event in the trace.
    `attempts`: how often a page was looked for. `told`: its mask is known.
    """

    task: str
    began_us: int
    gfp: int = 0
    steps: list[str] = field(default_factory=list)
    end: RequestEnd = "under way"
    ended_us: int = 0
    stack: tuple[str, ...] = field(default=(), compare=False)
    within: bool = field(default=False, compare=False)
    number: int = field(default=0, compare=False)
    attempts: int = field(default=0, compare=False)
    told: bool = field(default=False, compare=False, repr=False)

    def goes_on(self, stack: tuple[str, ...], begins: bool) -> bool:
        """Is its task still in it with this stack? With one that `begins` another in the same place
        it is not."""
        depth = len(self.stack)
        return stack[:depth] == self.stack and not (begins and len(stack) == depth)

    def does(self, event: Event) -> None:
        """Take note of something that the task does in it."""
        if self.end != "page":
            self.ended_us = event.at_us
        if event.op == "take_page":
            self.attempts += 1
            if event.result:
                self.end = "page"
        elif event.op == "note" and event.on == "gfp":
            self.gfp, self.told = int(event.result), True
        elif event.op == "note" and event.on == "step":
            self.steps.append(str(event.result))

    def returns(self, at_us: int) -> None:
        """It is over."""
        if self.end != "page":
            self.end, self.ended_us = "failed", at_us


def _begins(event: Event, under_way: list[AllocationRequest]) -> bool:
    """Does a request begin with this, of the allocator's own function? It begins with an attempt,
    behind which it tells its mask; in a model without a zone it does that alone."""
    if event.op == "take_page":
        return True
    awaited = under_way and len(under_way[-1].stack) == len(event.stack) and not under_way[-1].told
    return event.op == "note" and event.on == "gfp" and not awaited


@checked
@once
def allocation_requests(trace: Trace) -> tuple[AllocationRequest, ...]:
    """All requests of a run, in the order in which they were made; one made within another (by a
    listener, say) is one of its own."""
    found: list[AllocationRequest] = []
    under_way: dict[str, list[AllocationRequest]] = {task.name: [] for task in trace.tasks}
    for number, event in enumerate(trace.events):
        stack, mine = event.stack, under_way[event.task]
        begins = stack[-1] == ALLOCATOR and _begins(event, mine)
        while mine and not mine[-1].goes_on(stack, begins):
            mine.pop().returns(event.at_us)
        if begins:
            mine.append(
                AllocationRequest(
                    event.task, event.at_us, stack=stack, within=bool(mine), number=number
                )
            )
            found.append(mine[-1])
        if mine:
            mine[-1].does(event)
    unfinished = {waiting.task for waiting in trace.waiting}
    for task, mine in under_way.items():
        for request in mine if task not in unfinished else ():
            request.returns(request.ended_us)
    return tuple(found)


@once
def innermost(trace: Trace, task: str) -> dict[int, AllocationRequest]:
    """The request in which something happened that `task` did, by the `id` of the event; the
    innermost of several. What it did outside the allocator is left out."""
    found: dict[int, AllocationRequest] = {}
    mine = (request for request in allocation_requests(trace) if request.task == task)
    begun = {id(trace.events[request.number]): request for request in mine}
    under_way: list[AllocationRequest] = []
    for event in events_of(trace)[task]:
        begins = begun.get(id(event))
        while under_way and not under_way[-1].goes_on(event.stack, begins is not None):
            under_way.pop()
        if begins is not None:
            under_way.append(begins)
        if under_way:
            found[id(event)] = under_way[-1]
    return found
