"""What the picture of a moment shows, taken from a trace."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.analysis.spans import WAIT_HELPERS
from oomlab.engine.trace.events import Json, Trace


@dataclass(frozen=True)
class StateFacts:
    """`mover`: the task that moved last, or "". `stacks`: per task the kernel functions it is in,
    outermost first. `locks`, `words`: slots with their values. `queues`: who sleeps on the wait
    queues of the thread that runs the chain, and on every other one that has a sleeper. `pools`:
    pages by place; those that are empty now and were at the beginning are left out. `all_pages`:
    how many there are, the same at every moment. `min_marks`: the min watermark of a pool, in
    pages, where it has one.
    """

    mover: str
    stacks: dict[str, tuple[str, ...]]
    locks: dict[str, Json]
    queues: dict[str, list[str]]
    words: dict[str, Json]
    pools: dict[str, int]
    all_pages: int
    min_marks: dict[str, int]


def facts_at(trace: Trace, at_us: int) -> StateFacts:
    """The facts after everything that happened at `at_us`."""
    values = trace.values_at(at_us)
    initial = {slot.name: slot.initial for slot in trace.slots}
    stacks: dict[str, tuple[str, ...]] = {}
    mover = ""
    for event in trace.events:
        if event.at_us > at_us:
            break
        stacks[event.task] = tuple(f for f in event.stack if f not in WAIT_HELPERS)
        if event.at_us and event.condition != "blocked":
            mover = event.task
    unfinished = {waiting.task for waiting in trace.waiting}
    if at_us >= trace.ended_at_us:
        stacks = {task: s for task, s in stacks.items() if task in unfinished}
    kinds = {slot.name: slot.kind for slot in trace.slots}
    return StateFacts(
        mover,
        stacks,
        {name: value for name, value in values.items() if kinds[name] in ("mutex", "rwsem")},
        {
            name: list(value)
            for name, value in values.items()
            if kinds[name] == "queue" and (value or trace.facts(name).protocol)
        },
        {
            name: value
            for name, value in values.items()
            if kinds[name] == "word" and trace.facts(name).protocol
        },
        {
            name: int(value)
            for name, value in values.items()
            if kinds[name] == "pool" and (value or initial[name])
        },
        sum(int(value) for name, value in values.items() if kinds[name] == "pool"),
        {slot.name: slot.facts.mark for slot in trace.slots if slot.facts.mark},
    )
