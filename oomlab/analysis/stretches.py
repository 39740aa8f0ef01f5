"""What a task does from one step of its own to the next, and what it goes on doing in a lockup.

`spans` is for the eye and joins what looks alike. A detector has to know whether a task has run in
between, however shortly.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from oomlab.analysis.episodes.once import events_of
from oomlab.analysis.spans import span_at, task_spans
from oomlab.engine.trace.events import Event, Trace


class Stretch(NamedTuple):
    """A task from one event of its own to the next; `event` is the one that began it.

    `beats_us`: if it is a timed wait that is repeated for ever, the time from one to the next.
    """

    task: str
    start_us: int
    end_us: int
    event: Event
    idle: bool
    beats_us: int = 0


def stretches(trace: Trace, until_us: int) -> Iterator[Stretch]:
    """All stretches, each task's in order; those still waiting at the end go on to `until_us`."""
    spans = task_spans(trace)
    waiting = {each.task for each in trace.waiting}
    for task in trace.tasks:
        mine = events_of(trace)[task.name]
        life = [span for span in spans if span.task == task.name]
        for event, after in zip(mine, [*mine[1:], None], strict=True):
            waits = event.condition == "blocked"
            idle = waits and span_at(life, task.name, event.at_us).state == "idle"
            if after is not None:
                yield Stretch(task.name, event.at_us, after.at_us, event, idle)
            elif task.name in waiting:
                beats_us = _beats_us(mine) if _timed(event) else 0
                # Of a timed wait that is not repeated it is not known how long it goes on.
                once = _timed(event) and waits and not beats_us
                end_us = min(trace.ended_at_us, until_us) if once else until_us
                yield Stretch(task.name, event.at_us, end_us, event, idle, beats_us)


def _timed(event: Event) -> bool:
    return "wait_event_timeout" in event.stack


def _beats_us(events: list[Event]) -> int:
    """How long after one timed wait the task, which is in one now, began the next."""
    last = events[-1]
    earlier = [e.at_us for e in events[:-1] if (e.stack, e.op) == (last.stack, last.op)
               and e.condition == "blocked"]  # fmt: skip
    return last.at_us - earlier[-1] if earlier else 0


def is_asleep(stretch: Stretch) -> bool:
    """Is the task's state exactly TASK_UNINTERRUPTIBLE, all the time?"""
    event = stretch.event
    waits = event.condition == "blocked" and not stretch.idle and not stretch.beats_us
    # Killable waits are left out by the detector; RCU's thread waits for readers interruptibly.
    other = "killable" in event.op or event.op == "spin_lock" or event.stack[0] == "rcu_gp_kthread"
    return waits and not other
