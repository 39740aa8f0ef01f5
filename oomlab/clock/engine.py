"""The clock: what happens, in seconds. Runs a model under SimPy.

Time is in whole microseconds and passes only in sleeps, device waits, timed waits and stated costs.
Sleeps and timeouts end on timer ticks, counted from the start of the run: n jiffies from now means
the n-th tick after this moment. A run is one schedule out of many; for all of them see `explorer`.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from oomlab.chooser import Chooser
from oomlab.clock.live import Live, Wait
from oomlab.clock.parking import Iteration, Parked, Step, lock_polled
from oomlab.clock.recurrence import Recurrence
from oomlab.clock.timer import Timer
from oomlab.errors import ModelError
from oomlab.model import Model
from oomlab.ops import TIME_KINDS, Op, Outcome, State, outcomes
from oomlab.routines import call_stack, local_state, position
from oomlab.trace.recorder import Recorder

STEPS_AN_INSTANT = 100_000
"""More steps than this without any time passing are an endless loop (our choice)."""

AFTERMATH_US = 1_000_000
"""How long after the last task finished a run may go on to let background work end."""

Process = Generator[simpy.Event, Any, Any]


class Clock:
    """One timed run of `model`, cut off after `limit_us`. `park=False` polls the slow way."""

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
        self._versions = [0] * len(self.state)
        self._waiting: dict[int, list[Live]] = {}
        self._parked_on: dict[int, list[tuple[Live, simpy.Event]]] = {}
        self._done_at_us = 0
        self._unfinished = sum(actor.foreground for actor in model.actors)
        self.recurrence = Recurrence()
        self._instant = (-1, 0)

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

    def queues(self) -> tuple[tuple[int, ...], ...]:
        """For every slot the tasks that wait for it, first come first."""
        waiting = (self._waiting.get(index, ()) for index in range(len(self.state)))
        return tuple(tuple(live.actor.index for live in queue) for queue in waiting)

    def run(self) -> None:
        """Run to the end: everybody done, a panic, nothing left to happen, a state that came back,
        or the limit."""
        for live in self.lives:
            self.env.process(self._life(live))
        while self.env.peek() <= self._last_us():
            if self.env.peek() > self.env.now and not self.something_is_due:
                break  # what is left are timers of waits that are over
            self.env.step()
            if self.panicked or self.recurred:
                break
            if self.all_done and all(live.rests() for live in self.lives):
                break
        for live in self.lives:
            if live.parked is not None:
                stand = live.parked.resume_at(self.now_us, self.served)
                self._record_polls(live, live.parked, *stand)

    def _last_us(self) -> int:
        """How far the run may still go."""
        if not self.all_done:
            return self.limit_us
        return min(self.limit_us, self._done_at_us + AFTERMATH_US)

    # --- one task -------------------------------------------------------------------------------

    def _life(self, live: Live) -> Process:
        actor = live.actor
        if not actor.serves:
            yield from self._pass(live, actor.starts_at_us)
        op = self._next(live, None)
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
                    outcome = yield from self._block(live, op)
                elif len(found) == 1:
                    outcome = found[0]
                else:
                    outcome = found[self.chooser.option(len(found))]
                    live.iteration.harmless = False
                result = self._apply(live, op, outcome)
            op = self._next(live, result)
        live.finished = True
        self._unfinished -= actor.foreground
        if self.all_done:
            self._done_at_us = self.now_us

    def _next(self, live: Live, result: Any) -> Op | None:
        """The routine's next op after `result`; None when it is over."""
        try:
            live.op = live.routine.send(result)
        except StopIteration:
            live.op = None
        return live.op

    def _apply(self, live: Live, op: Op, outcome: Outcome) -> Any:
        """Make the outcome of an op real. Result: what the routine receives."""
        before, self.state = self.state, outcome.state
        index = live.actor.index
        versions = tuple(self._versions[slot.index] for slot in op.slots)
        live.iteration.steps.append(
            Step(self.now_us - live.iteration.began_us, op, outcome.result, versions)
        )
        condition = "timeout" if outcome.timeout else "done"
        self.recorder.add(
            self.now_us,
            index,
            call_stack(live.routine),
            op,
            condition,  # type: ignore[arg-type]
            before=before,
            after=outcome.state,
            result=outcome.result,
        )
        self.timeouts += outcome.timeout
        if op.kind in ("mutex_trylock", "take_page"):
            if outcome.result:
                live.polls_since_us = None
            elif op.kind == "mutex_trylock" and live.polls_since_us is None:
                live.polls_since_us = self.now_us
        if op.kind == "log":
            live.iteration.harmless = False  # every line of the log shows, however often it comes
        if outcome.state is not before:
            self.changes += 1
            live.iteration.harmless = False
            self.model.check(outcome.state)
            self._announce(op, before)
        self._count_step(live)
        return outcome.result

    def _count_step(self, live: Live) -> None:
        at_us, steps = self._instant
        steps = steps + 1 if at_us == self.now_us else 1
        self._instant = (self.now_us, steps)
        if steps > STEPS_AN_INSTANT:
            where = " > ".join(call_stack(live.routine))
            raise ModelError(
                f"time stands still at {self.now_us} us: {live.actor.name} loops in {where}"
            )

    # --- time -----------------------------------------------------------------------------------

    def _pass(self, live: Live, delay_us: int) -> Process:
        """Wait for a timer of this task."""
        live.due_us = self.now_us + delay_us
        yield Timer(self.env, delay_us, live.actor.index)
        self._serve(live)
        live.due_us = None

    def _serve(self, live: Live) -> None:
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
        if op.kind == "sleep":
            (jiffies,) = op.args
            assert isinstance(jiffies, int)
            until_us = self.tick_after(jiffies)
            if self.park:
                parked = self._park(live, until_us, jiffies)
                if parked is not None:
                    resumed = yield from self._skip_polls(live, parked)
                    return resumed
        else:
            low, high = (*op.args, *op.args)[:2]
            assert isinstance(low, int) and isinstance(high, int)
            if low != high:
                live.iteration.harmless = False
            until_us = self.now_us + self.chooser.microseconds(low, high)
            live.iteration.steps.append(Step(self.now_us - live.iteration.began_us, op, None, ()))
        self.recorder.add(
            self.now_us,
            live.actor.index,
            call_stack(live.routine),
            op,
            "sleeps",
            until_us=until_us,
        )
        yield from self._pass(live, until_us - self.now_us)
        if op.kind == "sleep":
            live.iteration = Iteration(self.now_us)
        return None

    # --- polling --------------------------------------------------------------------------------

    def _park(self, live: Live, until_us: int, jiffies: int) -> Parked | None:
        """The parked form of this task if its last two iterations were equal and harmless and
        nothing it read has changed since."""
        iteration = live.iteration
        if not iteration.harmless or not iteration.steps:
            live.last_signature = None
            return None
        signature = iteration.signature(self.now_us, local_state(live.routine, live.op), jiffies)
        same, live.last_signature = signature == live.last_signature, signature
        current = all(
            self._versions[slot.index] == version
            for step in iteration.steps
            for slot, version in zip(step.op.slots, step.versions, strict=False)
        )
        if not (same and current):
            return None
        period = until_us - iteration.began_us
        return Parked(live.actor.index, tuple(iteration.steps), until_us, period)

    def _skip_polls(self, live: Live, parked: Parked) -> Generator[simpy.Event, Any, Op]:
        """Stay parked until something the polls read changes, then go on where they would be."""
        event = self.env.event()
        for slot in parked.slots():
            self._parked_on.setdefault(slot.index, []).append((live, event))
        live.parked = parked
        lock = lock_polled(parked.steps)
        self.recorder.add(
            self.now_us,
            live.actor.index,
            call_stack(live.routine),
            Op("poll", (lock,) if lock else ()),
            "polling",
        )
        at_us, served = yield event
        for slot in parked.slots():
            self._parked_on[slot.index].remove((live, event))
        live.parked = None
        skipped, start_us, done = parked.resume_at(at_us, served)
        self._record_polls(live, parked, skipped, start_us, done)
        op = self._next(live, None)
        for step in parked.steps[:done]:
            op = self._next(live, step.result)
        assert op is not None
        live.iteration = Iteration(start_us, [*parked.steps[:done]])
        live.last_signature = None
        due_us = start_us + parked.steps[done].offset_us
        yield from self._pass(live, due_us - self.now_us)
        return op

    def _record_polls(
        self, live: Live, parked: Parked, skipped: int, start_us: int, done: int
    ) -> None:
        lock = lock_polled(parked.steps)
        tried = [s.op.kind == "mutex_trylock" for s in parked.steps]
        self.recorder.add(
            self.now_us,
            live.actor.index,
            call_stack(live.routine),
            Op("poll", (lock,) if lock else ()),
            "polled",
            result=skipped * sum(tried) + sum(tried[:done]),
        )

    # --- waiting --------------------------------------------------------------------------------

    def _block(self, live: Live, op: Op) -> Generator[simpy.Event, Any, Outcome]:
        """Wait until `op` has an outcome, or until its timeout. Result: the outcome."""
        live.iteration.harmless = False
        since_us = self.now_us
        deadline_us = None
        timeout = op.args[0] if op.kind == "sleep_on" else None
        if timeout is not None:
            assert isinstance(timeout, int)
            deadline_us = self.tick_after(timeout)
        if live.idle_at is None and live.actor.serves:
            live.idle_at = position(live.routine)
        self.recorder.add(since_us, live.actor.index, call_stack(live.routine), op, "blocked")
        for slot in op.slots:
            self._waiting.setdefault(slot.index, []).append(live)
        live.wait = Wait(op, since_us, self.env.event(), deadline_us)
        if deadline_us is not None:
            self._arm_timeout(live, deadline_us)
        while True:
            timed_out = yield live.wait.event
            found = outcomes(self.state, live.actor.index, op)
            ready = [o for o in found if o.timeout == bool(timed_out)]
            if ready:
                break
            live.wait.event = self.env.event()
        for slot in op.slots:
            self._waiting[slot.index].remove(live)
        live.wait = None
        live.due_us = None
        outcome = ready[0] if len(ready) == 1 else ready[self.chooser.option(len(ready))]
        if deadline_us is not None and not outcome.timeout:
            # Ticks are counted, not time: who goes back to sleep keeps the same deadline.
            left = max(1, deadline_us // self.jiffy_us - self.now_us // self.jiffy_us)
            outcome = outcome._replace(result=left)
        return outcome

    def _arm_timeout(self, live: Live, deadline_us: int) -> None:
        wait = live.wait
        assert wait is not None
        live.due_us = deadline_us
        timer = Timer(self.env, deadline_us - self.now_us, live.actor.index)

        def fire(_: simpy.Event) -> None:
            if live.wait is wait and not wait.event.triggered:
                self._serve(live)
                wait.event.succeed(True)

        assert timer.callbacks is not None
        timer.callbacks.append(fire)

    def _announce(self, op: Op, before: State) -> None:
        """Tell those who wait for, or poll, the slots that `op` changed; first come, first told."""
        for slot in op.slots:
            if self.state[slot.index] == before[slot.index]:
                continue
            self._versions[slot.index] += 1
            for live in self._waiting.get(slot.index, ()):
                wait = live.wait
                if wait is None or wait.event.triggered:
                    continue
                found = outcomes(self.state, live.actor.index, wait.op)
                if any(not o.timeout for o in found):
                    wait.event.succeed(False)
            for _live, event in self._parked_on.get(slot.index, ()):
                if not event.triggered:
                    event.succeed((self.now_us, self.served))
