"""Tasks that wait: for a lock, for a value, or on a queue, perhaps with a timeout."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from oomlab.engine.clock.live import Live, Wait
from oomlab.engine.clock.timer import Timer
from oomlab.engine.ops import Op, Outcome, Slot, outcomes

if TYPE_CHECKING:
    from oomlab.engine.clock.engine import Clock


class Waits:
    """Who waits for which slot, first come first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._queues: dict[int, list[Live]] = {}

    def queues(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """(slot, numbers of the tasks that wait for it) for every slot that somebody waits for."""
        return tuple(
            (index, tuple([live.actor.index for live in queue]))
            for index, queue in sorted(self._queues.items())
            if queue
        )

    def block(self, live: Live, op: Op) -> Generator[simpy.Event, Any, Outcome]:
        """Wait until `op` has an outcome, or until its timeout. Result: the outcome."""
        clock, task = self._clock, live.actor.index
        live.iteration.harmless = False
        since_us = clock.now_us
        timeout = op.args[0] if op.kind == "sleep_on" else None
        if live.idle_at is None and live.actor.serves:
            live.idle_at = live.position()
        clock.recorder.add(since_us, task, live.stack, op, "blocked")
        for slot in op.slots:
            self._queues.setdefault(slot.index, []).append(live)
        live.wait = Wait(op, since_us, clock.env.event())
        if timeout is not None:
            assert isinstance(timeout, int)
            live.wait.expires = clock.jiffies + timeout
            self._arm_timeout(live, clock.timer_after(timeout))
        while True:
            timed_out = yield live.wait.event
            found = outcomes(clock.state, task, op)
            ready = [o for o in found if o.timeout == bool(timed_out)]
            if ready:
                break
            live.wait.event = clock.env.event()
        for slot in op.slots:
            self._queues[slot.index].remove(live)
        expires, live.wait = live.wait.expires, None
        live.due_us = None
        outcome = ready[0] if len(ready) == 1 else ready[clock.chooser.option(len(ready))]
        if expires is not None and not outcome.timeout:
            # Who goes back to sleep expires in the same jiffy, in a slot that may be narrower; who
            # is woken between that jiffy and the end of the slot has nothing left.
            outcome = outcome._replace(result=max(0, expires - clock.jiffies))
        return outcome

    def _arm_timeout(self, live: Live, deadline_us: int) -> None:
        clock, wait = self._clock, live.wait
        assert wait is not None
        live.due_us = deadline_us
        timer = Timer(clock.env, deadline_us - clock.now_us, live.actor.index)

        def fire(_: simpy.Event) -> None:
            if live.wait is wait and not wait.event.triggered:
                clock.serve(live)
                wait.event.succeed(True)

        assert timer.callbacks is not None
        timer.callbacks.append(fire)

    def tell(self, slot: Slot) -> None:
        """The slot has changed: wake those whose wait is over, first come first."""
        state = self._clock.state
        for live in self._queues.get(slot.index, ()):
            wait = live.wait
            if wait is None or wait.event.triggered:
                continue
            found = outcomes(state, live.actor.index, wait.op)
            if any(not o.timeout for o in found):
                wait.event.succeed(False)
