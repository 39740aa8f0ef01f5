"""Tasks that poll: parks them, wakes them when what they read changes, counts what was skipped."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from oomlab.engine.clock.foresight import look_ahead
from oomlab.engine.clock.live import Live
from oomlab.engine.clock.parking import Iteration, Parked, Step, lock_polled, tries
from oomlab.engine.clock.wheel import slot_width
from oomlab.engine.ops import Op, Slot

if TYPE_CHECKING:
    from oomlab.engine.clock.engine import Clock


class Polling:
    """Who is parked on which slots, and when each slot last changed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._parked: dict[int, dict[Live, simpy.Event]] = {}
        self._changed = [0] * len(clock.state)  # value of clock.changes after the last change

    def parked(self, live: Live, until_us: int, sleep: Op) -> Parked | None:
        """The parked form of a task that is about to sleep until `until_us`, if its last two
        iterations were equal and harmless and nothing it read has changed since. With foresight one
        that came back to where it began is enough: the next is the same."""
        clock, iteration = self._clock, live.iteration
        if not iteration.harmless or not iteration.raw:
            live.last_signature = None
            return None
        (jiffies,) = sleep.args
        assert isinstance(jiffies, int)
        if not (
            iteration.after is live.stand and self._foresees(live, iteration.began_us, jiffies)
        ):
            signature = iteration.signature(clock.now_us, live.where(), sleep.args)
            same, live.last_signature = signature == live.last_signature, signature
            if not same:
                return None
        if any(
            self._changed[slot.index] > changes
            for _, op, _, changes, _ in iteration.raw
            for slot in op.slots
        ):
            return None
        period = until_us - iteration.began_us
        return Parked(live.actor.index, iteration.steps, until_us, period, live.stand, jiffies)

    def _foresees(self, live: Live, began_us: int, jiffies: int) -> bool:
        """May the clock look ahead here? Where a timer goes into a slot of one tick, all rounds
        that begin with a tick are as long. Tasks that serve are left alone: that they rest may end
        the run."""
        clock = self._clock
        return (
            clock.foresee
            and live.actor.foreground
            and began_us % clock.jiffy_us == 0
            and slot_width(jiffies) == 1
        )

    def skip(self, live: Live, parked: Parked) -> Generator[simpy.Event, Any, Op]:
        """Stay parked until something the polls read changes, then go on where they would be."""
        clock = self._clock
        event = clock.env.event()
        self._register(live, parked.slots, event)
        live.parked = parked
        lock = lock_polled(parked.steps)
        clock.recorder.add(
            clock.now_us,
            live.actor.index,
            live.stack,
            Op("poll", (lock,) if lock else ()),
            "polling",
        )
        at_us, served = yield event
        parked = live.parked  # it may have been looked ahead for meanwhile
        for slot in parked.slots:
            del self._parked[slot.index][live]
        live.parked = None
        tried, steps, start_us, done = parked.resume_at(at_us, served)
        self._record(live, steps, tried, done)
        op = live.advance(None)
        for step in steps[:done]:
            op = live.advance(step.result)
        assert op is not None
        live.iteration = Iteration(start_us, [*steps[:done]], after=parked.stand)
        live.last_signature = None
        due_us = start_us + steps[done].offset_us
        yield from clock.wait_for_timer(live, due_us - clock.now_us)
        return op

    def _register(self, live: Live, slots: set[Slot], event: simpy.Event) -> None:
        for slot in slots:
            self._parked.setdefault(slot.index, {})[live] = event

    def tell(self, slot: Slot) -> None:
        """The slot has changed: wake those who poll it, unless it can be foreseen what they do."""
        clock = self._clock
        self._changed[slot.index] = clock.changes
        for live, event in tuple(self._parked.get(slot.index, {}).items()):
            if not event.triggered and not (clock.foresee and self._goes_on(live, slot, event)):
                event.succeed((clock.now_us, clock.served))

    def _goes_on(self, live: Live, slot: Slot, event: simpy.Event) -> bool:
        """Work out what a parked task does now that the slot has changed, as long as nothing else
        changes. Result: does it still only poll? Else it has to be woken."""
        clock, parked = self._clock, live.parked
        assert parked is not None
        if not self._foresees(live, parked.first_us, parked.jiffies):
            return False
        tried, steps, start_us, done = parked.resume_at(clock.now_us, clock.served)
        if any(slot in step.op.slots for step in (steps[done:] if done else ())):
            return False
        following = look_ahead(clock, live)
        if following is None:
            return False
        ahead, rest_us = following
        ticks = rest_us // clock.jiffy_us + parked.jiffies + 1
        now = Parked(
            parked.task, ahead, start_us, ticks * clock.jiffy_us, parked.stand, parked.jiffies
        )
        now.tries = tried
        if done:  # the round under way ends as it began
            now.last = (start_us, steps)
            under_way = parked.last is not None and steps is parked.last[1]
            now.first_us = parked.first_us if under_way else start_us + parked.period_us
            now.slots |= parked.slots
        live.parked = now
        self._register(live, now.slots, event)
        for gone in parked.slots - now.slots:
            del self._parked[gone.index][live]
        return True

    def close(self) -> None:
        """The run is over: count the polls of those who are still parked."""
        clock = self._clock
        for live in clock.lives:
            if live.parked is not None:
                tried, steps, _, done = live.parked.resume_at(clock.now_us, clock.served)
                self._record(live, steps, tried, done)

    def _record(self, live: Live, steps: tuple[Step, ...], tried: int, done: int) -> None:
        lock = lock_polled(steps)
        self._clock.recorder.add(
            self._clock.now_us,
            live.actor.index,
            live.stack,
            Op("poll", (lock,) if lock else ()),
            "polled",
            result=tried + tries(steps[:done]),
        )
