"""The steps of a run one by one: who made each, and whether it is worth stopping at."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from oomlab.engine.ops.ghosts import SEEN
from oomlab.engine.trace.events import Event, Trace, Waiting
from oomlab.engine.trace.misgivings import misgiving
from oomlab.engine.trace.narration import tell


class Milestone(NamedTuple):
    """One step: the `task` that made it, and whether it `matters`.

    It matters if the story of the run has a sentence for it: a lock changes hands or is waited for,
    pages come back, somebody is asked, answered or killed, a time limit runs out. So does a step in
    which somebody takes what is no answer for one, or at which the watch notes a mistake.
    """

    task: str
    matters: bool


def schedule_milestones(trace: Trace) -> tuple[Milestone, ...]:
    """One milestone per step of a replayed schedule."""
    found = []
    for step in range(1, trace.ended_at_us + 1):
        events = [event for event in trace.events if event.at_us == step]
        found.append(Milestone(events[0].task, any(_matters(trace, event) for event in events)))
    return tuple(found)


def told_events(trace: Trace) -> tuple[int, ...]:
    """The numbers of the events of a timed run that its story has a sentence for, without those
    from before the first task with a job moved and without polls going on."""
    jobs = {task.name for task in trace.tasks if task.foreground}
    first = next((i for i, e in enumerate(trace.events) if e.task in jobs), 0)
    return tuple(
        number
        for number, event in enumerate(trace.events)
        if number >= first and _matters(trace, event) and event.condition != "polled"
    )


def timed_milestones(trace: Trace) -> tuple[Milestone, ...]:
    """One milestone per told event; those matter most that end or begin a wait, or kill."""
    return tuple(
        Milestone(trace.events[number].task, _turns(trace, trace.events[number]))
        for number in told_events(trace)
    )


def cut_after(trace: Trace, number: int) -> Trace:
    """The run as it was right after event `number`, as if it had been stopped there.

    Raises IndexError if there is no such event.
    """
    at_us = trace.events[number].at_us
    later = {event.task for event in trace.events[number + 1 :]}
    later |= {waiting.task for waiting in trace.waiting}
    unfinished = tuple(
        Waiting(task.name, "", "", at_us, "ready") for task in trace.tasks if task.name in later
    )
    return replace(
        trace,
        events=trace.events[: number + 1],
        ended_at_us=at_us,
        verdict="open",
        waiting=unfinished,
    )


def _matters(trace: Trace, event: Event) -> bool:
    return tell(trace, event) is not None or bool(misgiving(trace, event)) or SEEN in event.changes


def _turns(trace: Trace, event: Event) -> bool:
    return (
        event.condition in ("blocked", "timeout", "polling")
        or event.op == "log"
        or any(trace.facts(slot).role == "kill" for slot in event.changes)
        or (event.op.startswith("mutex") and bool(event.changes))
    )
