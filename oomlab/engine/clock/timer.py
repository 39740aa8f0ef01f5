"""SimPy events with the clock's tie rule."""

from __future__ import annotations

import simpy

from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "Who polls looks in the ticks in which long waits end",
        "A task that naps one timer tick at a time wakes up with every second tick, and a wait of "
        "a quarter of a second or more ends with an even one. On a machine where nothing is ever "
        "late, half of the pollers would never see a lock that is free for an instant between two "
        "such waits. Here all begin with an even tick.",
    ),
)

FIRST_TIMER_PRIORITY = 16
"""Timers come after SimPy's own priorities (0 and 1), which ordinary wake-ups use."""


class Timer(simpy.Event):
    """Fires after `delay_us`. Of the timers of one instant, that of the lowest task comes first,
    after all ordinary events of the instant; SimPy alone would serve them in order of creation."""

    def __init__(self, env: simpy.Environment, delay_us: int, task: int) -> None:
        # As in SimPy's own Timeout, super().__init__ is spelled out: this runs at every tick.
        self.env = env
        self.callbacks = []
        self._ok = True
        self._value = self
        env.schedule(self, priority=FIRST_TIMER_PRIORITY + task, delay=delay_us)  # type: ignore[arg-type]
