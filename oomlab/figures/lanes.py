"""What a timeline shows of a run: which tasks get a lane, and which locks a bar below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oomlab.analysis import Held, Span, held_spans, task_spans
from oomlab.engine.trace.events import TaskInfo, Trace

MAX_LANES = 8
"""More lanes than this cannot be taken in at a glance (our choice)."""

NOTABLE_SHARE = 0.01
"""A background task that waits for locks during this share of the run gets a lane (our choice)."""


@dataclass(frozen=True)
class Lane:
    """One task: its spans, and for every lock it had, in the trace's order, when it had it."""

    task: TaskInfo
    spans: tuple[Span, ...]
    holds: tuple[tuple[str, tuple[Held, ...]], ...]


@dataclass(frozen=True)
class Cast:
    """The lanes, foreground first, the locks shown, and the tasks that are left out."""

    lanes: tuple[Lane, ...]
    locks: tuple[str, ...]
    left_out: tuple[TaskInfo, ...]
    held: tuple[Held, ...]


def choose_lanes(trace: Trace) -> Cast:
    """Every foreground task, as far as there is room, and the background tasks that get stuck; of
    a replayed schedule every task that makes a step.

    Semaphores show only where they make somebody wait: held for reading they exclude nobody.
    """
    spans = task_spans(trace)
    held = held_spans(trace)
    movers = {event.task for event in trace.events if event.at_us and not trace.timed}
    waited_for = {span.on for span in spans if span.state in ("blocked", "polls")}
    kinds = {slot.name: slot.kind for slot in trace.slots}
    shown = [h for h in held if kinds[h.lock] == "mutex" or h.lock in waited_for]
    locks = tuple(name for name in kinds if any(h.lock == name for h in shown))
    lanes = [
        _lane(task, spans, shown, locks)
        for task in sorted(trace.tasks, key=_in_the_background)
        if task.foreground
        or task.name in movers
        or _gets_stuck(task.name, spans, trace.ended_at_us)
    ]
    # Too many tasks: those that hold nothing are the ones that resemble each other.
    by_weight = sorted(range(len(lanes)), key=lambda i: (not lanes[i].holds, i))
    lanes = [lanes[i] for i in sorted(by_weight[:MAX_LANES])]
    drawn = {lane.task.name for lane in lanes}
    left_out = tuple(task for task in trace.tasks if task.name not in drawn)
    visible = tuple(name for name in locks if any(name in dict(lane.holds) for lane in lanes))
    return Cast(tuple(lanes), visible, left_out, held)


def _in_the_background(task: TaskInfo) -> bool:
    return not task.foreground


def _lane(
    task: TaskInfo, spans: Sequence[Span], held: Sequence[Held], locks: Sequence[str]
) -> Lane:
    mine = [h for h in held if h.task == task.name]
    return Lane(
        task,
        tuple(span for span in spans if span.task == task.name),
        tuple(
            (lock, tuple(h for h in mine if h.lock == lock))
            for lock in locks
            if any(h.lock == lock for h in mine)
        ),
    )


def _gets_stuck(task: str, spans: Sequence[Span], ended_at_us: int) -> bool:
    waits = [s for s in spans if s.task == task and s.state in ("blocked", "polls")]
    to_the_end = any(s.start_us == s.end_us for s in waits)
    return to_the_end or sum(s.end_us - s.start_us for s in waits) > NOTABLE_SHARE * ended_at_us
