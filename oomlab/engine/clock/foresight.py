"""What a parked task will do, as long as nothing else changes.

When something that it reads has changed, a task that polls would have to be woken, to go round
until it can be parked again. Most often it still only polls, in another time: that is worked out
here, in no simulated time, and the task stays parked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oomlab.engine.clock.live import Live
from oomlab.engine.clock.parking import Step
from oomlab.engine.ops import TIME_KINDS

if TYPE_CHECKING:
    from oomlab.engine.clock.engine import Clock

MOST_STEPS = 200
"""A longer round is not looked through (our choice)."""

_SHOWS = frozenset({"choose", "log"})
"""What may not be left out although it changes nothing: a draw, and a line of the log."""


def look_ahead(clock: Clock, live: Live) -> tuple[tuple[Step, ...], int] | None:
    """The next round of a task that is about to sleep: its steps, and how long they take, in
    microseconds. None if it does anything but poll, or does not come back to where it is."""
    here, changes, walker = live.stand, clock.changes, live.walker
    steps: list[Step] = []
    offset_us = 0
    stand = walker.go_on(None)
    while len(steps) < MOST_STEPS:
        op = stand.op
        if op is None or op.kind in _SHOWS:
            break
        if op.kind in TIME_KINDS:
            if op.kind == "sleep" or op.args[0] != op.args[-1]:
                break
            steps.append(Step(offset_us, op, None, changes, stand.stack))
            assert isinstance(op.args[0], int)
            offset_us += op.args[0]
            stand = walker.go_on(None)
            continue
        found = clock.effects(live, stand)
        if len(found) != 1 or found[0].timeout or found[0].changed:
            break
        result = found[0].result
        steps.append(Step(offset_us, op, result, changes, stand.stack))
        stand = walker.go_on(result)
    if stand is here and steps:
        return tuple(steps), offset_us
    walker.back(here)
    return None
