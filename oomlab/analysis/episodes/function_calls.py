"""Calls of kernel functions; of the OOM killer and of the notifier chain among them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from oomlab.analysis.episodes.once import once
from oomlab.engine.trace.events import Event, Json, Trace

ALLOCATOR = "alloc_page"
CHAIN_WALK = "blocking_notifier_call_chain"
OUT_OF_MEMORY = "out_of_memory"
DIRECT_RECLAIM = "try_to_free_pages"


class Call(NamedTuple):
    """One call of a function by `task`.

    `stack` leads to the function, which is its last. `steps`: all that the task did in it, with the
    numbers of the events, other calls within it included. `left`: number and moment of the task's
    next event outside; None if there was no such.
    """

    task: str
    stack: tuple[str, ...]
    steps: list[tuple[int, Event]]
    left: tuple[int, int] | None = None

    @property
    def began_us(self) -> int:
        """The moment of the first step."""
        return self.steps[0][1].at_us

    @property
    def ended_us(self) -> int | None:
        """The moment at which the task was elsewhere; None if it never was."""
        return self.left[1] if self.left else None

    @property
    def events(self) -> Iterator[Event]:
        """The steps without their numbers."""
        return (event for _, event in self.steps)


@once
def calls(trace: Trace, function: str) -> tuple[Call, ...]:
    """All calls of `function` in the order in which they began; one that is made within another is
    one of its own. Two from the same place with nothing in between count as one."""
    found: list[Call] = []
    under_way: dict[str, list[Call]] = {task.name: [] for task in trace.tasks}  # innermost last
    for number, event in enumerate(trace.events):
        stack, mine = event.stack, under_way[event.task]
        if not mine and function not in stack:
            continue
        while mine and stack[: len(mine[-1].stack)] != mine[-1].stack:
            found.append(mine.pop()._replace(left=(number, event.at_us)))
        for depth in range(len(mine[-1].stack) if mine else 0, len(stack)):
            if stack[depth] == function:
                mine.append(Call(event.task, stack[: depth + 1], []))
        for call in mine:
            call.steps.append((number, event))
    found += [call for mine in under_way.values() for call in mine]
    return tuple(sorted(found, key=_first))


def _first(call: Call) -> tuple[int, int]:
    return call.steps[0][0], len(call.stack)


class Walk(NamedTuple):
    """One walk of the notifier chain by `runner`: the caller itself, or a thread on its behalf.

    `freed`: the pages that the listeners reported while it lasted.
    """

    runner: str
    began_us: int
    ended_us: int | None
    freed: int


@once
def walks(trace: Trace) -> tuple[Walk, ...]:
    """All walks that began: an empty chain is not walked, nor is one whose semaphore nobody got."""
    found = []
    for call in calls(trace, CHAIN_WALK):
        ops = {e.op for e in call.events if e.condition == "done" and _is_chain(trace, e)}
        if "down_read" in ops:
            ended_us = call.steps[-1][1].at_us if "up_read" in ops else None
            freed = sum(reported(trace).get(number, 0) for number, _ in call.steps)
            found.append(Walk(call.task, call.began_us, ended_us, freed))
    return tuple(found)


def _is_chain(trace: Trace, event: Event) -> bool:
    return trace.facts(event.on).role == "chain"


@once
def reported(trace: Trace) -> dict[int, int]:
    """By how many pages a sum of freed pages grew, by the number of the event."""
    values = {slot.name: slot.initial for slot in trace.slots if slot.facts.role == "freed"}
    found: dict[int, int] = {}
    for number, event in enumerate(trace.events):
        for name in event.changes.keys() & values.keys():
            found[number] = found.get(number, 0) + event.changes[name] - values[name]
            values[name] = event.changes[name]
    return found


@dataclass(frozen=True)
class OomCall:
    """One invocation of out_of_memory: who, from when to when (None: it never returned), and
    whether it made progress as it is meant to: pages freed or somebody killed, without standing
    behind a lock and without a timeout. The time a host takes to answer is part of a deflation.
    """

    task: str
    began_us: int
    ended_us: int | None
    progressed: bool


def invocations(trace: Trace) -> tuple[Call, ...]:
    """The calls of out_of_memory, without what an invocation calls again within itself."""
    return tuple(c for c in calls(trace, OUT_OF_MEMORY) if OUT_OF_MEMORY not in c.stack[:-1])


def pages_credited(trace: Trace, call: Call) -> list[int]:
    """How many pages an invocation of out_of_memory found to have been freed for it, each time it
    looked. An answer with a number is for whoever has written that number."""
    found: list[int] = []
    numbers: list[Json] = []
    for event in call.events:
        role = trace.facts(event.on).role
        if event.op == "write":
            numbers += event.changes.values()
        elif event.op == "read" and role == "freed" and CHAIN_WALK not in event.stack:
            found.append(event.result)
        elif event.op == "read" and role == "answer":
            number, pages = event.result
            found.append(pages if number in numbers else 0)
    return found
