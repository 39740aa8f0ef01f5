"""The clock: what happens, in seconds. Runs a model under SimPy.

Time is in whole microseconds and passes only in sleeps, device waits, timed waits and stated costs.
A run begins with a timer tick. Sleeps and timeouts end on ticks, those of the kernel's timer wheel,
for which it matters how many jiffies the machine had counted before. A run is one schedule out of
many; for all of them see `explorer`.
"""

from __future__ import annotations

import gc
from collections.abc import Generator, Hashable
from itertools import compress, count
from operator import is_not
from typing import Any

import simpy

from oomlab.engine.chooser import Chooser
from oomlab.engine.clock.live import Live
from oomlab.engine.clock.parking import Iteration
from oomlab.engine.clock.polling import Polling
from oomlab.engine.clock.recurrence import Recurrence
from oomlab.engine.clock.timer import Timer
from oomlab.engine.clock.waits import Waits
from oomlab.engine.clock.way import Effect, Stand, ways
from oomlab.engine.clock.wheel import WIDEST, fires_at, slot_width
from oomlab.engine.model import Model
from oomlab.engine.ops import TIME_KINDS, Op, Outcome, State, outcomes
from oomlab.engine.trace.events import Condition, Event
from oomlab.engine.trace.recorder import Recorder
from oomlab.errors import InputError, ModelError

STEPS_AN_INSTANT = 100_000
"""More steps than this without any time passing are an endless loop (our choice)."""

STEPS_A_RUN = 250_000
"""A run of more recorded steps is refused: it takes longer than anybody waits (our choice)."""

AFTERMATH_US = 1_000_000
"""How long after the last task finished a run may go on to let background work end."""

CHECKED_KINDS = ("pool", "rwsem")
"""Slots that something must always hold of (see `Model.check`)."""

SimpyProcess = Generator[simpy.Event, Any, Any]


class Clock:
    """One timed run of `model`, cut off after `limit_us`. `park=False` polls the slow way.

    `now_us` is the simulated time, `served` is the task whose timer was the last to fire, `changes`
    counts the steps that changed the state; `grain` is the widest slot of the timer wheel, in
    jiffies, that a timer went into (0: none did) since somebody set it back.
    """

    def __init__(
        self,
        model: Model,
        chooser: Chooser,
        limit_us: int,
        *,
        park: bool = True,
        foresee: bool = False,
    ) -> None:
        self.model = model
        self.chooser = chooser
        self.limit_us = limit_us
        self.park = park
        self.foresee = foresee
        self.env = simpy.Environment()
        self.state: list[Hashable] = list(model.layout.initial)
        self.recorder = Recorder(model)
        self.lives = [
            Live(actor, way) for actor, way in zip(model.actors, ways(model), strict=True)
        ]
        self._slots = model.layout.slots
        self.jiffy_us = 1_000_000 // model.hz
        self.boot_jiffies = chooser.boot_jiffies(WIDEST)
        self.now_us = 0
        self.served = -1
        self.timeouts = 0
        self.changes = 0
        self.grain = 0
        self.recurred = False
        self.recurrence = Recurrence()
        self._waits = Waits(self)
        self._polling = Polling(self)
        self._last_us = limit_us
        self._unfinished = sum(actor.foreground for actor in model.actors)
        self._steps = 0  # at this instant
        self._sleeper: Live | None = None
        self._running: list[SimpyProcess] = []

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
        if self._sleeper is None or self._sleeper.due_us is None:  # most often it still sleeps
            self._sleeper = next((live for live in self.lives if live.due_us is not None), None)
        return self._sleeper is not None

    def queues(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """(slot, tasks that wait for it, first come first) where anybody does."""
        return self._waits.queues()

    def run(self) -> None:
        """Run to the end: everybody done, a panic, nothing left to happen, a state that came back,
        or the limit. Raises InputError for a run of more than STEPS_A_RUN steps."""
        # Whatever a run makes, it keeps: looking for garbage meanwhile would only cost time.
        collecting = gc.isenabled()
        gc.disable()
        try:
            self._run()
        finally:
            if collecting:
                gc.enable()

    def _run(self) -> None:
        env, panic, events = self.env, self.model.panicked.index, self.recorder.events
        self._running = [self._life(live) for live in self.lives]
        for life in self._running:
            env.process(life)
        while (next_us := env.peek()) <= self._last_us:
            if next_us > self.now_us:
                if not self.something_is_due:
                    break  # what is left are timers of waits that are over
                self.now_us, self._steps = int(next_us), 0
            env.step()
            if self.recurred or self.state[panic]:
                break
            if self._unfinished == 0 and all(live.rests() for live in self.lives):
                break
            if len(events) > STEPS_A_RUN:
                raise InputError(
                    f"this run has more than {STEPS_A_RUN} steps in its first "
                    f"{self.now_us / 1e6:.3g} simulated seconds; set a smaller limit_s, fewer tasks"
                    " or smaller sizes"
                )
        self._polling.close()

    def close(self) -> None:
        """The run is over and has been told: let go of everything. The parts of a run know each
        other, and would stay until Python looks for garbage, which takes time in a sweep."""
        for life in self._running:
            life.close()
        for live in self.lives:
            vars(live).clear()
        vars(self).clear()

    # --- one task -------------------------------------------------------------------------------

    def _life(self, live: Live) -> SimpyProcess:
        actor = live.actor
        if not actor.serves:
            yield from self.wait_for_timer(live, actor.starts_at_us)
        op = live.advance(None)
        while op is not None:
            if op.kind in TIME_KINDS:
                until_us = self._until(live, op)
                if op.kind == "sleep":
                    parked = self._polling.parked(live, until_us, op) if self.park else None
                    if parked is not None:  # it goes on in the middle of an iteration
                        op = yield from self._polling.skip(live, parked)
                        continue
                self.recorder.add(
                    self.now_us, actor.index, live.stack, op, "sleeps", until_us=until_us
                )
                live.due_us = until_us
                yield Timer(self.env, until_us - self.now_us, actor.index)
                self.serve(live)
                live.due_us = None
                if op.kind == "sleep":
                    live.iteration = Iteration(self.now_us, after=live.stand)
                result: Any = None
            else:
                effect = self._effect(live, op)
                if effect is None:
                    result = yield from self._waits.block(live, op)
                else:
                    result = self.apply(live, op, effect)
            op = live.advance(result)
        live.finished = True
        self._unfinished -= actor.foreground
        if self.all_done:
            self._last_us = min(self.limit_us, self.now_us + AFTERMATH_US)

    def _effect(self, live: Live, op: Op) -> Effect | None:
        """What the task's op does now; None if it is blocked. What is open is drawn."""
        stand = live.stand
        if op.kind == "choose":  # there may be many ways, of which one is taken
            (options, _) = op.args
            assert isinstance(options, int)
            found = stand.known.get(drawn := self.chooser.option(options))
            if found is None:
                found = stand.known[drawn] = [
                    self._taken_apart(live.actor.index, stand, (), Outcome((), drawn))
                ]
            if options > 1:
                live.iteration.harmless = False
            return found[0]
        found = self.effects(live, stand)
        if not found or found[0].timeout:
            return None
        if len(found) > 1:
            live.iteration.harmless = False
            return found[self.chooser.option(len(found))]
        return found[0]

    def effects(self, live: Live, stand: Stand) -> list[Effect]:
        """All that the op at a stand of the task can do in the present state."""
        values = stand.values(self.state)
        found = stand.known.get(values)
        if found is None:
            assert stand.op is not None
            state = tuple(self.state)
            found = stand.known[values] = [
                self._taken_apart(live.actor.index, stand, state, outcome)
                for outcome in outcomes(state, live.actor.index, stand.op)
            ]
        return found

    def _taken_apart(self, task: int, stand: Stand, before: State, outcome: Outcome) -> Effect:
        """An outcome of the op at a stand. Raises ModelError if it breaks what must always hold."""
        (after, result, timeout), op = outcome, stand.op
        assert op is not None
        condition: Condition = "timeout" if timeout else "done"
        said = self.recorder.said(task, stand.stack, op, condition, before, after, result)
        if after is before:
            return Effect(result, timeout, False, (), (), said)
        differ = compress(count(), map(is_not, before, after))
        writes = tuple([(i, after[i]) for i in differ])
        if any(self._slots[i].kind in CHECKED_KINDS for i, _ in writes):
            self.model.check(after)
        tells = tuple([s for s in op.slots if after[s.index] != before[s.index]])
        return Effect(result, timeout, True, writes, tells, said)

    def apply(self, live: Live, op: Op, effect: Effect) -> Any:
        """Make it real. Result: what the routine receives."""
        now_us, iteration, stack = self.now_us, live.iteration, live.stack
        result, timeout, changed, writes, tells, said = effect
        iteration.raw.append((now_us - iteration.began_us, op, result, self.changes, stack))
        self.recorder.events.append(Event(now_us, *said))
        self.timeouts += timeout
        kind = op.kind
        if kind == "mutex_trylock" or kind == "take_page":
            if result:
                live.polls_since_us = None
            elif kind == "mutex_trylock" and live.polls_since_us is None:
                live.polls_since_us = now_us
        elif kind == "log":
            iteration.harmless = False  # every line of the log shows, however often it comes
        if changed:
            self.changes += 1
            iteration.harmless = False
            for index, value in writes:
                self.state[index] = value
            for slot in tells:
                self._waits.tell(slot)
                self._polling.tell(slot)
        self._steps += 1
        if self._steps > STEPS_AN_INSTANT:
            where = " > ".join(stack)
            raise ModelError(
                f"time stands still at {now_us} us: {live.actor.name} loops in {where}"
            )
        return result

    # --- time -----------------------------------------------------------------------------------

    def wait_for_timer(self, live: Live, delay_us: int) -> SimpyProcess:
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

    @property
    def jiffies(self) -> int:
        """The kernel's count of ticks."""
        return self.boot_jiffies + self.now_us // self.jiffy_us

    def timer_after(self, jiffies: int) -> int:
        """When a timer fires that is set now to expire in `jiffies`, in microseconds."""
        self.grain = max(self.grain, slot_width(jiffies))
        return (fires_at(self.jiffies, jiffies) - self.boot_jiffies) * self.jiffy_us

    def _until(self, live: Live, op: Op) -> int:
        """When a sleep, a device wait or a cost that begins now will end."""
        now_us, iteration = self.now_us, live.iteration
        if op.kind == "sleep":
            (jiffies,) = op.args
            assert isinstance(jiffies, int)
            return self.timer_after(jiffies)
        low, high = op.args[0], op.args[-1]
        assert isinstance(low, int) and isinstance(high, int)
        offset_us = now_us - iteration.began_us
        iteration.raw.append((offset_us, op, None, self.changes, live.stack))
        if low == high:
            return now_us + low
        iteration.harmless = False
        return now_us + self.chooser.microseconds(low, high)
