"""Recognises that a run is going round in circles.

The model draws by chance only through the chooser. If the whole machine stands exactly as it stood
before (shared state, every task's position and variables, every timer relative to now, who waits
before whom) and nothing was drawn in between, the run will repeat itself for ever.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from oomlab.engine.clock.engine import Clock

ROUNDS_BEFORE_PARKING = 3
"""Once round a poller's circle more often than this, it would have been parked if it could be."""


class Recurrence:
    """Compares the present with one remembered moment; the moment is renewed whenever the number
    of timers served has doubled, so that it ends up inside any circle (Brent's method)."""

    def __init__(self) -> None:
        self.only_polls = False
        self._served = 0
        self._renew_at = 4
        self._task = -1
        self._rounds = 0
        self._changes = 0
        self._quick: tuple[Hashable, ...] = ()
        self._at_us = 0
        self._times: tuple[Hashable, ...] = ()
        self._rest: tuple[Hashable, ...] = ()

    def seen(self, clock: Clock, task: int) -> bool:
        """Does the present, with a timer of `task` just fired, equal the remembered moment?

        A circle in which nothing but polls happens is left to parking, unless it is one that
        parking does not know.
        """
        self._served += 1
        if task == self._task and self._quick == _quick(clock) and self._same(clock):
            self.only_polls = clock.changes == self._changes
            self._rounds += 1
            if not (self.only_polls and clock.park) or self._rounds > ROUNDS_BEFORE_PARKING:
                return True
        if self._served >= self._renew_at:
            self._renew_at *= 2
            self._rounds = 0
            self._changes = clock.changes
            self._task, self._quick = task, _quick(clock)
            self._at_us, clock.grain = clock.now_us, 0
            self._times = _times(clock)
            self._rest = _rest(clock)
        return False

    def _same(self, clock: Clock) -> bool:
        """Where in a slot of the timer wheel the run stands matters only if a timer went into one
        as wide."""
        passed_us = clock.now_us - self._at_us
        if clock.grain and passed_us % (clock.grain * clock.jiffy_us):
            return False
        return self._times == _times(clock) and self._rest == _rest(clock)


def _quick(clock: Clock) -> tuple[Hashable, ...]:
    """What most often differs already: the shared state, and how much chance there was."""
    return (tuple(clock.state), clock.chooser.draws)


def _times(clock: Clock) -> tuple[Hashable, ...]:
    """When each task goes on, seen from now; cheap to find out, and seldom the same."""
    now_us = clock.now_us
    return tuple(
        (
            None if live.due_us is None else live.due_us - now_us,
            live.wait and live.wait.expires and live.wait.expires - clock.jiffies,
            None
            if live.parked is None
            else (live.parked.first_us - now_us) % live.parked.period_us,
        )
        for live in clock.lives
    )


def _rest(clock: Clock) -> tuple[Hashable, ...]:
    """Everything else that decides how the run goes on: who waits before whom, who of them has been
    woken, and where each task stands."""
    return (
        clock.queues(),
        *(live.wait and (live.wait.woken, live.wait.in_vain) for live in clock.lives),
        *(None if live.finished else live.where() for live in clock.lives),
    )
