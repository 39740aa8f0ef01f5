"""Tasks that wait: for a lock, for a value, or on a queue, perhaps with a timeout."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import simpy

from oomlab.engine.clock.live import Live, Wait
from oomlab.engine.clock.timer import Timer
from oomlab.engine.ops import MUTEX_KINDS, Op, Slot

if TYPE_CHECKING:
    from oomlab.engine.clock.engine import Clock


class Waits:
    """Who waits for which slot, first come first.

    Where a model says that it takes time until a sleeper runs (`Model.wake_us`), mutexes are as in
    the kernel (kernel/locking/mutex.c, since 4.10): a release wakes the first who waits, and
    whoever runs may take the mutex before that one does. Who has been woken in vain asks for a
    hand-off; the next release makes it the owner.
    """

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

    def block(self, live: Live, op: Op) -> Generator[simpy.Event, Any, Any]:
        """Wait until `op` has an outcome, or until its timeout, and make that outcome real. Result:
        what the routine receives."""
        clock, task = self._clock, live.actor.index
        live.iteration.harmless = False
        since_us = clock.now_us
        timeout = op.args[0] if op.kind == "sleep_on" else None
        if live.idle_at is None and live.actor.serves:
            live.idle_at = live.position()
        clock.recorder.add(since_us, task, live.stack, op, "blocked")
        for slot in op.slots:
            self._queues.setdefault(slot.index, []).append(live)
        wait = live.wait = Wait(op, since_us, clock.env.event())
        if timeout is not None:
            assert isinstance(timeout, int)
            wait.expires = clock.jiffies + timeout
            self._arm(live, clock.timer_after(timeout), timed_out=True)
        while True:
            timed_out = yield wait.event
            if wait.handed:
                live.due_us = None
                return wait.result
            found = clock.effects(live, live.stand)
            ready = [effect for effect in found if effect.timeout == bool(timed_out)]
            if ready:
                break
            wait.event = clock.env.event()
            if wait.woken:
                wait.woken, wait.in_vain, live.due_us = False, True, None
        self._leave(live, wait)
        live.due_us = None
        effect = ready[0] if len(ready) == 1 else ready[clock.chooser.option(len(ready))]
        if wait.expires is not None and not effect.timeout:
            # Who goes back to sleep expires in the same jiffy, in a slot that may be narrower; who
            # is woken between that jiffy and the end of the slot has nothing left.
            effect = effect.giving(max(0, wait.expires - clock.jiffies))
        return clock.apply(live, op, effect)

    def _leave(self, live: Live, wait: Wait) -> None:
        for slot in wait.op.slots:
            self._queues[slot.index].remove(live)
        live.wait = None

    def _arm(self, live: Live, at_us: int, *, timed_out: bool) -> None:
        """Have a timer wake the task, from the wait that it is in now."""
        clock, wait = self._clock, live.wait
        assert wait is not None
        live.due_us = at_us
        timer = Timer(clock.env, at_us - clock.now_us, live.actor.index)

        def fire(_: simpy.Event) -> None:
            if (live.wait is wait or wait.handed) and not wait.event.triggered:
                clock.serve(live)
                wait.event.succeed(timed_out)

        assert timer.callbacks is not None
        timer.callbacks.append(fire)

    def tell(self, slot: Slot) -> None:
        """The slot has changed: wake those whose wait is over, first come first."""
        queue = self._queues.get(slot.index)
        if not queue:
            return
        if slot.kind == "mutex" and self._clock.model.wake_us:
            wait = queue[0].wait
            assert wait is not None
            if wait.op.kind in MUTEX_KINDS:
                self._wake_first(queue[0], wait)
                return
        for live in queue:
            wait = live.wait
            if wait is None or wait.event.triggered:
                continue
            if any(not effect.timeout for effect in self._clock.effects(live, live.stand)):
                wait.event.succeed(False)

    def _wake_first(self, live: Live, wait: Wait) -> None:
        """A mutex has changed for which this task waits: if it was released, wake the task, or hand
        the mutex over to it."""
        clock = self._clock
        found = clock.effects(live, live.stand)
        if wait.woken or wait.event.triggered or not found:
            return
        wait.woken = True
        self._arm(
            live,
            clock.now_us + clock.chooser.microseconds(1, clock.model.wake_us),
            timed_out=False,
        )
        if wait.in_vain:
            wait.handed = True
            self._leave(live, wait)
            wait.result = clock.apply(live, wait.op, found[0])
