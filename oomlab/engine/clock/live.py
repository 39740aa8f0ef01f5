"""One task in a timed run, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import simpy

from oomlab.engine.clock.parking import Iteration, Parked
from oomlab.engine.clock.ring import Turn, ring
from oomlab.engine.model import Actor
from oomlab.engine.ops import (
    ENQUEUING_KINDS,
    LOCKING_KINDS,
    MEANINGS,
    Op,
    Outcome,
    Routine,
    Slot,
    State,
)
from oomlab.engine.routines import (
    LocalState,
    Position,
    call_stack,
    local_state,
    never_enqueued,
    position,
)


@dataclass(slots=True)
class Wait:
    """A blocked task: the op it cannot do, since when, what wakes it, and the jiffy in which its
    time limit expires, if there is one.

    Of one that waits for a mutex: `woken` from when it is woken until it runs, `in_vain` once it
    ran too late, `handed` once it was made the owner, which gave `result`.
    """

    op: Op
    since_us: int
    event: simpy.Event
    expires: int | None = None
    woken: bool = False
    in_vain: bool = False
    handed: bool = False
    result: Any = None


class Live:
    """One task in the run: `op` is what it does next, `stack` the call stack there."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._routine: Routine = actor.body()
        self.op: Op | None = None
        self.stack: tuple[str, ...] = ()
        self._asked: Slot | None = None  # the queue that it has asked about, and may sleep on
        self.finished = False
        self.wait: Wait | None = None
        self.due_us: int | None = None
        self.parked: Parked | None = None
        self.polls_since_us: int | None = None
        self.idle_at: tuple[object, ...] | None = None
        self.iteration = Iteration(0)
        self.last_signature: tuple[Any, ...] | None = None
        self._where: LocalState | None = None
        self._slept_at: LocalState | None = None
        self._turn: Turn | None = None  # where the task is on its ring, if it goes round in circles
        self._routine_at: Turn | None = None  # and where its routine was left standing

    def advance(self, result: Any) -> Op | None:
        """The routine's next op after `result`; None when it is over."""
        turn = self._turn
        if turn is not None:
            if result is turn.result or turn.leads_on(result):
                self._turn = turn = turn.next
                self.op, self.stack = turn.op, turn.stack
                return turn.op
            self._catch_up()
            self._turn = self._routine_at = None
        self._where = None
        try:
            self.op = self._routine.send(result)
            self.stack = call_stack(self._routine)
        except StopIteration:
            self.op = None
            return None
        if self.op.kind in ENQUEUING_KINDS:
            self._asked = self.op.slots[0]
        elif self.op.kind == "sleep_on" and self.op.slots[0] is not self._asked:
            raise never_enqueued(self.op, self.stack)
        return self.op

    def outcomes(self, state: State) -> list[Outcome]:
        """All outcomes of the task's op; none if it is blocked."""
        turn = self._turn
        if turn is not None:
            return turn.found if turn.state is state else turn.outcomes(state, self.actor.index)
        assert self.op is not None
        return MEANINGS[self.op.kind](state, self.actor.index, self.op)

    def position(self) -> Position:
        """Where the routine stands, whatever its variables are."""
        self._catch_up()
        return position(self._routine)

    def where(self) -> LocalState:
        """The routine's local state; found out once for as long as the routine stands still."""
        turn = self._turn
        if turn is not None:
            if turn.where is None:
                self._catch_up()
                turn.where = local_state(self._routine, turn.op)
            return turn.where
        if self._where is None:
            self._where = local_state(self._routine, self.op)
        return self._where

    def look_for_circle(self) -> None:
        """The task is about to sleep: does it stand where it stood before it slept last?"""
        if self._turn is not None:
            return
        where = self.where()
        if where == self._slept_at:
            assert self.op is not None
            sleep = Turn(self.op, self.stack, None)
            sleep.where = where
            turns = [Turn(op, stack, result) for _, op, result, _, stack in self.iteration.raw]
            self._turn = self._routine_at = ring([sleep, *turns])
        self._slept_at = where

    def _catch_up(self) -> None:
        """Let the routine do what the task did on the ring."""
        while self._routine_at is not self._turn:
            assert self._routine_at is not None
            self._routine.send(self._routine_at.result)
            self._routine_at = self._routine_at.next

    def is_idle(self) -> bool:
        """Is this a background task that waits for work at the place where it always does?"""
        waits = self.wait is not None and self.idle_at is not None
        return waits and self.position() == self.idle_at

    def rests(self) -> bool:
        """Has this task come to rest, or is it stuck behind a lock?"""
        if self.wait is None:
            return self.finished or self.parked is not None
        behind_lock = self.wait.op.kind in LOCKING_KINDS
        woken = self.wait.woken or self.wait.event.triggered
        return (self.is_idle() or behind_lock) and not woken
