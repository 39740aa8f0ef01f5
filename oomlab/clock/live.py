"""One task in a timed run, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import simpy

from oomlab.clock.parking import Iteration, Parked
from oomlab.model import Actor
from oomlab.ops import LOCKING_KINDS, Op, Routine
from oomlab.routines import LocalState, local_state, position


@dataclass(slots=True)
class Wait:
    """A blocked task: the op it cannot do, since when, and what wakes it."""

    op: Op
    since_us: int
    event: simpy.Event
    deadline_us: int | None = None


class Live:
    """One task in the run."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.routine: Routine = actor.body()
        self.op: Op | None = None
        self.finished = False
        self.wait: Wait | None = None
        self.due_us: int | None = None
        self.parked: Parked | None = None
        self.polls_since_us: int | None = None
        self.idle_at: tuple[object, ...] | None = None
        self.iteration = Iteration(0)
        self.last_signature: tuple[Any, ...] | None = None
        self._where: LocalState | None = None

    def advance(self, result: Any) -> Op | None:
        """The routine's next op after `result`; None when it is over."""
        self._where = None
        try:
            self.op = self.routine.send(result)
        except StopIteration:
            self.op = None
        return self.op

    def where(self) -> LocalState:
        """The routine's local state; found out once for as long as the routine stands still."""
        if self._where is None:
            self._where = local_state(self.routine, self.op)
        return self._where

    def is_idle(self) -> bool:
        """Is this a background task that waits for work at the place where it always does?"""
        waits = self.wait is not None and self.idle_at is not None
        return waits and position(self.routine) == self.idle_at

    def rests(self) -> bool:
        """Has this task come to rest, or is it stuck behind a lock?"""
        if self.wait is None:
            return self.finished or self.parked is not None
        behind_lock = self.wait.op.kind in LOCKING_KINDS
        return (self.is_idle() or behind_lock) and not self.wait.event.triggered
