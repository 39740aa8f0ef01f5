"""The clock: what happens, in seconds. Runs a model under SimPy.

Time is in whole microseconds and passes only in sleeps, device waits, timed waits and stated costs.
Sleeps and timeouts end on timer ticks, counted from the start of the run: n jiffies from now means
the n-th tick after this moment. A run is one schedule out of many; for all of them see `explorer`.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from typing import Any

import simpy

from oomlab.chooser import Chooser
from oomlab.clock.live import Live
from oomlab.clock.parking import Iteration, Step
from oomlab.clock.polling import Polling
from oomlab.clock.recurrence import Recurrence
from oomlab.clock.timer import Timer
from oomlab.clock.waits import Waits
from oomlab.errors import ModelError
from oomlab.model import Model
from oomlab.ops import TIME_KINDS, Op, Outcome, State, outcomes
from oomlab.routines import call_stack
from oomlab.trace.recorder import Recorder

STEPS_AN_INSTANT = 100_000
"""More steps than this without any time passing are an endless loop (our choice)."""

AFTERMATH_US = 1_000_000
"""How long after the last task finished a run may go on to let background work end."""

Process = Generator[simpy.Event, Any, Any]


class Clock:
    """One timed run of `model`, cut off after `limit_us`. `park=False` polls the slow way.

    `served` is the task whose timer was the last to fire, `changes` counts the steps that changed
    the state, `ticks_asked` how often somebody asked when a tick will be.
    """

    def __init__(self, model: Model, chooser: Chooser, limit_us: int, *, park: bool = True) -> None:
        self.model = model
        self.chooser = chooser
        self.limit_us = limit_us
        self.park = park
        self.env = simpy.Environment()
        self.state: State = model.layout.initial
        self.recorder = Recorder(model)
        self.lives = [Live(actor) for actor in model.actors]
        self.jiffy_us = 1_000_000 // model.hz
        self.served = -1
        self.timeouts = 0
        self.changes = 0
        self.ticks_asked = 0
        self.recurred = False
        self.recurrence = Recurrence()
        self._waits = Waits(self)
        self._polling = Polling(self)
        self._done_at_us = 0
        self._unfinished = sum(actor.foreground for actor in model.actors)
        self._instant_us = -1
        self._steps = 0

    @property
    def now_us(self) -> int:
        """Simulated time."""
        return int(self.env.now)

    @property
    def panicked(self) -> bool:
        """Has the machine panicked?"""
        return bool(self.state[self.model.panicked.index])

    @property
    def all_done(self) -> bool:
        """Have all foreground tasks finished?"""
        return self._unfinished == 0

    @property
    def something_is_due(self) -> bool:
        """Does any task sleep until a certain time?"""
        return any(live.due_us is not None for live in self.lives)

    def queues(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """(slot, tasks that wait for it, first come first) where anybody does."""
        return self._waits.queues()

    def run(self) -> None:
        """Run to the end: everybody done, a panic, nothing left to happen, a state that came back,
        or the limit."""
        # Whatever a run makes, it keeps: looking for garbage meanwhile would only cost time.
        collecting = gc.isenabled()
        gc.disable()
        try:
            self._run()
        finally:
            if collecting:
                gc.enable()

    def _run(self) -> None:
        env, panic = self.env, self.model.panicked.index
        for live in self.lives:
            env.process(self._life(live))
        while (next_us := env.peek()) <= self._last_us():
            if next_us > env.now and not self.something_is_due:
                break  # what is left are timers of waits that are over
            env.step()
            if self.recurred or self.state[panic]:
                break
            if self._unfinished == 0 and all(live.rests() for live in self.lives):
                break
        self._polling.close()

    def _last_us(self) -> int:
        """How far the run may still go."""
        if not self.all_done:
            return self.limit_us
        return min(self.limit_us, self._done_at_us + AFTERMATH_US)

    # --- one task -------------------------------------------------------------------------------

    def _life(self, live: Live) -> Process:
        actor = live.actor
        if not actor.serves:
            yield from self.wait_for_timer(live, actor.starts_at_us)
        op = live.advance(None)
        while op is not None:
            if op.kind in TIME_KINDS:
                resumed: Op | None = yield from self._let_time_pass(live, op)
                if resumed is not None:  # unparked in the middle of an iteration
                    op = resumed
                    continue
                result: Any = None
            else:
                found = outcomes(self.state, actor.index, op)
                if not found or found[0].timeout:
                    outcome = yield from self._waits.block(live, op)
                elif len(found) == 1:
                    outcome = found[0]
                else:
                    outcome = found[self.chooser.option(len(found))]
                    live.iteration.harmless = False
                result = self._apply(live, op, outcome)
            op = live.advance(result)
        live.finished = True
        self._unfinished -= actor.foreground
        if self.all_done:
            self._done_at_us = self.now_us

    def _apply(self, live: Live, op: Op, outcome: Outcome) -> Any:
        """Make the outcome of an op real. Result: what the routine receives."""
        before, now_us, iteration = self.state, self.now_us, live.iteration
        after, result, timeout = outcome
        self.state = after
        iteration.steps.append(Step(now_us - iteration.began_us, op, result, self.changes))
        self.recorder.add(
            now_us,
            live.actor.index,
            call_stack(live.routine),
            op,
            "timeout" if timeout else "done",
            before=before,
            after=after,
            result=result,
        )
        self.timeouts += timeout
        if op.kind == "mutex_trylock":
            if result:
                live.polls_since_us = None
            elif live.polls_since_us is None:
                live.polls_since_us = now_us
        elif op.kind == "take_page":
            if result:
                live.polls_since_us = None
        elif op.kind == "log":
            iteration.harmless = False  # every line of the log shows, however often it comes
        if after is not before:
            self.changes += 1
            iteration.harmless = False
            self.model.check(after)
            for slot in op.slots:
                if after[slot.index] != before[slot.index]:
                    self._waits.tell(slot)
                    self._polling.tell(slot)
        self._count_step(live, now_us)
        return result

    def _count_step(self, live: Live, now_us: int) -> None:
        if now_us != self._instant_us:
            self._instant_us, self._steps = now_us, 0
        self._steps += 1
        if self._steps > STEPS_AN_INSTANT:
            where = " > ".join(call_stack(live.routine))
            raise ModelError(
                f"time stands still at {now_us} us: {live.actor.name} loops in {where}"
            )

    # --- time -----------------------------------------------------------------------------------

    def wait_for_timer(self, live: Live, delay_us: int) -> Process:
        """Wait for a timer of this task."""
        live.due_us = self.now_us + delay_us
        yield Timer(self.env, delay_us, live.actor.index)
        self.serve(live)
        live.due_us = None

    def serve(self, live: Live) -> None:
        """A timer of this task has fired."""
        self.served = live.actor.index
        if self.recurrence.seen(self, live.actor.index):
            self.recurred = True

    def tick_after(self, jiffies: int) -> int:
        """The time of the `jiffies`-th tick after now, in microseconds."""
        self.ticks_asked += 1
        return (self.now_us // self.jiffy_us + jiffies) * self.jiffy_us

    def _let_time_pass(self, live: Live, op: Op) -> Generator[simpy.Event, Any, Op | None]:
        """A sleep, a device wait or a cost. Result: None, or the op at which to go on when polls
        were skipped."""
        now_us = self.now_us
        if op.kind == "sleep":
            (jiffies,) = op.args
            assert isinstance(jiffies, int)
            until_us = self.tick_after(jiffies)
            if self.park:
                parked = self._polling.parked(live, until_us, jiffies)
                if parked is not None:
                    resumed = yield from self._polling.skip(live, parked)
                    return resumed
        else:
            low, high = (*op.args, *op.args)[:2]
            assert isinstance(low, int) and isinstance(high, int)
            if low != high:
                live.iteration.harmless = False
            until_us = now_us + self.chooser.microseconds(low, high)
            offset_us = now_us - live.iteration.began_us
            live.iteration.steps.append(Step(offset_us, op, None, self.changes))
        self.recorder.add(
            now_us, live.actor.index, call_stack(live.routine), op, "sleeps", until_us=until_us
        )
        yield from self.wait_for_timer(live, until_us - now_us)
        if op.kind == "sleep":
            live.iteration = Iteration(self.now_us)
        return None
