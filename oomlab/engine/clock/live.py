"""One task in a timed run, and what it waits for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import simpy

from oomlab.engine.clock.parking import Iteration, Parked
from oomlab.engine.clock.way import FINISHED, KnownWay, Stand, Walker
from oomlab.engine.model import Actor
from oomlab.engine.ops import LOCKING_KINDS, Op
from oomlab.engine.routines import LocalState, Position


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
    """One task in the run: `stand` is where it stands, `op` what it does next, `stack` the call
    stack there."""

    def __init__(self, actor: Actor, way: KnownWay) -> None:
        self.actor = actor
        self.walker = Walker(way)
        self.stand = FINISHED
        self.op: Op | None = None
        self.stack: tuple[str, ...] = ()
        self.finished = False
        self.wait: Wait | None = None
        self.due_us: int | None = None
        self.parked: Parked | None = None
        self.polls_since_us: int | None = None
        self.idle_at: tuple[object, ...] | None = None
        self.iteration = Iteration(0)
        self.last_signature: tuple[Any, ...] | None = None

    def advance(self, result: Any) -> Op | None:
        """The routine's next op after `result`; None when it is over."""
        stand = self.stand = self.walker.go_on(result)
        self.op, self.stack = stand.op, stand.stack
        return stand.op

    def position(self) -> Position:
        """Where the routine stands, whatever its variables are."""
        return self.walker.position()

    def where(self) -> LocalState | Stand:
        """Equal where the task stands at the same place with the same variables."""
        return self.walker.place()

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
