"""Tasks that poll: parks them, wakes them when what they read changes, counts what was skipped."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from oomlab.engine.clock.live import Live
from oomlab.engine.clock.parking import Iteration, Parked, lock_polled
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
        iterations were equal and harmless and nothing it read has changed since."""
        iteration = live.iteration
        if not iteration.harmless or not iteration.raw:
            live.last_signature = None
            return None
        signature = iteration.signature(self._clock.now_us, live.where(), sleep.args)
        same, live.last_signature = signature == live.last_signature, signature
        if not same or any(
            self._changed[slot.index] > changes
            for _, op, _, changes, _ in iteration.raw
            for slot in op.slots
        ):
            return None
        period = until_us - iteration.began_us
        return Parked(live.actor.index, iteration.steps, until_us, period)

    def skip(self, live: Live, parked: Parked) -> Generator[simpy.Event, Any, Op]:
        """Stay parked until something the polls read changes, then go on where they would be."""
        clock = self._clock
        event = clock.env.event()
        slots = parked.slots()
        for slot in slots:
            self._parked.setdefault(slot.index, {})[live] = event
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
        for slot in slots:
            del self._parked[slot.index][live]
        live.parked = None
        skipped, start_us, done = parked.resume_at(at_us, served)
        self._record(live, parked, skipped, done)
        op = live.advance(None)
        for step in parked.steps[:done]:
            op = live.advance(step.result)
        assert op is not None
        live.iteration = Iteration(start_us, [*parked.steps[:done]])
        live.last_signature = None
        due_us = start_us + parked.steps[done].offset_us
        yield from clock.wait_for_timer(live, due_us - clock.now_us)
        return op

    def tell(self, slot: Slot) -> None:
        """The slot has changed: wake those who poll it."""
        clock = self._clock
        self._changed[slot.index] = clock.changes
        for event in self._parked.get(slot.index, {}).values():
            if not event.triggered:
                event.succeed((clock.now_us, clock.served))

    def close(self) -> None:
        """The run is over: count the polls of those who are still parked."""
        clock = self._clock
        for live in clock.lives:
            if live.parked is not None:
                skipped, _, done = live.parked.resume_at(clock.now_us, clock.served)
                self._record(live, live.parked, skipped, done)

    def _record(self, live: Live, parked: Parked, skipped: int, done: int) -> None:
        lock = lock_polled(parked.steps)
        tried = [step.op.kind == "mutex_trylock" for step in parked.steps]
        self._clock.recorder.add(
            self._clock.now_us,
            live.actor.index,
            live.stack,
            Op("poll", (lock,) if lock else ()),
            "polled",
            result=skipped * sum(tried) + sum(tried[:done]),
        )
