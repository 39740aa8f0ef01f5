"""Two runs, and the first event at which they are no longer the same."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from oomlab.analysis.milestones import told_events
from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.engine.trace.events import Event, Trace


@brief
@dataclass(frozen=True)
class Parting:
    """Where two replays part: `step`, the first thing there that is not the same in both, as the
    first has it and as the second has it. None: there it did not happen. Of timed runs `step` is
    a moment, in microseconds."""

    step: int
    first: Event | None
    second: Event | None


@checked
def parting(first: Trace, second: Trace) -> Parting | None:
    """The first difference in who acts, in what it does, in what comes of it or in who is blocked
    afterwards; None if the replays agree to the end. Both must be replayed schedules."""
    for step in range(1, max(first.ended_at_us, second.ended_at_us) + 1):
        for one, other in zip_longest(_at(first, step), _at(second, step)):
            if _seen(one) != _seen(other):
                return Parting(step, one, other)
    return None


@checked
def first_difference(first: Trace, second: Trace) -> Parting | None:
    """Where two timed runs part: the first event that their stories tell of and that is not the
    same in both, or not at the same time; `step` is that moment in microseconds. None if the
    stories are the same to the end."""
    told = ([run.events[number] for number in told_events(run)] for run in (first, second))
    for one, other in zip_longest(*told):
        if one is None or other is None or (one.at_us, *_seen(one)) != (other.at_us, *_seen(other)):
            return Parting(min(e.at_us for e in (one, other) if e), one, other)
    return None


def _at(trace: Trace, step: int) -> list[Event]:
    """What makes the step, what is said in it, and who is blocked after it; not the steps on a
    task's own variables that are taken along."""
    events = [event for event in trace.events if event.at_us == step]
    return [e for i, e in enumerate(events) if not i or e.condition == "blocked" or e.op == "note"]


def _seen(event: Event | None) -> tuple[object, ...]:
    if event is None:
        return ()
    return (event.task, event.op, event.on, event.condition, event.function, repr(event.result))
