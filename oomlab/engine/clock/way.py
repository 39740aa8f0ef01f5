"""What is known of a task's way, so that no routine is run twice for the same step.

A routine is a function of the results of its ops. So it is run once for every step and result, and
from then on its ops are read off: in a loop, and in every further run of the same model. Ways that
part meet again where time passes, at the same place with the same variables. The routine itself is
left standing meanwhile; it is brought up to date, or run anew as far as necessary, when something
comes that is not known yet. Parking leaves polls out; here every op is still done.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from operator import itemgetter
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from oomlab.engine.model import Actor, Model
from oomlab.engine.ops import ENQUEUING_KINDS, TIME_KINDS, Op, Routine, Slot
from oomlab.engine.routines import (
    LocalState,
    Position,
    call_stack,
    local_state,
    never_enqueued,
    onward,
    position,
)


class Effect(NamedTuple):
    """What an op does where its slots have certain values: what the routine receives, whether a
    timeout ran out, whether the shared state is another one, which slots get which values (by
    index), whom to tell of it, and the event but for its time."""

    result: Any
    timeout: bool
    changed: bool
    writes: tuple[tuple[int, Hashable], ...]
    tells: tuple[Slot, ...]
    said: tuple[Any, ...]

    def giving(self, result: Any) -> Effect:
        """The same, but the routine receives `result`."""
        return self._replace(result=result, said=(*self.said[:5], result, *self.said[6:]))


class Stand:
    """Where a task can stand: the op it does next (None: it has finished), the call stack there,
    and what follows, by the result.

    `values` gets the values of the op's slots out of a state, and `known` has the effects by them.
    `before` and `result`: how the task first came here, after `depth` steps.
    """

    __slots__ = (
        "after",
        "before",
        "depth",
        "known",
        "op",
        "place",
        "position",
        "result",
        "stack",
        "values",
    )

    def __init__(
        self, op: Op | None, stack: tuple[str, ...], before: Stand | None = None, result: Any = None
    ) -> None:
        self.op = op
        self.stack = stack
        self.before = before
        self.result = result
        self.depth: int = 0 if before is None else before.depth + 1
        self.after: dict[Hashable, Stand] = {}
        self.known: dict[Hashable, list[Effect]] = {}
        self.values: Callable[[Any], Hashable] = (
            itemgetter(*[slot.index for slot in op.slots]) if op and op.slots else _no_values
        )
        self.place: LocalState | None = None
        self.position: Position | None = None


def _no_values(_: object) -> None:
    """The values of the slots of an op that has none."""


FINISHED = Stand(None, ())
"""Where every task stands whose routine has returned."""

MEETING_KINDS = TIME_KINDS | {"choose"}
"""Ops at which it is looked whether the task has stood there before: where it may have come by many
ways, or goes on by many."""

_TRUTHS = {False: "\0false", True: "\0true"}


def by_result(result: Any) -> Hashable:
    """The result as a key: True and 1 are equal, and lead to routines that differ."""
    return _TRUTHS[result] if result.__class__ is bool else result


class KnownWay:
    """All that is known of the way of one task."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.start: Stand | None = None
        self._places: dict[LocalState, Stand] = {}
        self._through: dict[LocalState, dict[Hashable, Stand]] = {}

    def add(self, before: Stand | None, result: Any, op: Op, routine: Routine) -> Stand:
        """Where the task stands that has gone on from `before` with `result`."""
        stand = Stand(op, call_stack(routine), before, result)
        if op.kind in MEETING_KINDS:
            place = local_state(routine, op)
            if place in self._places:
                return self._places[place]
            self._places[place] = stand
            if op.kind in TIME_KINDS:
                # Nothing is received when time has passed: how much makes no difference.
                stand.after = self._through.setdefault(onward(routine), {})
        elif op.kind == "sleep_on" and not _has_asked(op.slots[0], before):
            raise never_enqueued(op, stand.stack)
        if before is None:
            self.start = stand
        return stand

    def routine_at(self, stand: Stand) -> Routine:
        """A routine of its own that has come to `stand`."""
        results = []
        step: Stand | None = stand
        while step is not None:
            results.append(step.result)
            step = step.before
        routine = self.actor.body()
        for result in reversed(results):
            routine.send(result)
        return routine


def _has_asked(queue: Slot, stand: Stand | None) -> bool:
    """Is `queue` the last that the task has asked whether it must sleep on it?"""
    while stand is not None:
        if stand.op is not None and stand.op.kind in ENQUEUING_KINDS:
            return stand.op.slots[0] is queue
        stand = stand.before
    return False


class Walker:
    """A task on its way in one run."""

    def __init__(self, way: KnownWay) -> None:
        self._way = way
        self.stand: Stand | None = None
        self._routine: Routine | None = None
        self._routine_at: Stand | None = None
        self._behind: list[Any] = []  # what the routine has not received yet

    def go_on(self, result: Any) -> Stand:
        """The next stand after `result`."""
        here = self.stand
        if here is None:
            following = self._way.start
        else:
            key = _TRUTHS[result] if result.__class__ is bool else result
            following = here.after.get(key)
        if following is None:
            return self._learn(result)
        if following is self._routine_at:
            self._behind.clear()
        elif self._routine is not None:
            self._behind.append(result)
        self.stand = following
        return following

    def back(self, stand: Stand) -> None:
        """It was not the task that went on: it stands where it stood."""
        self.stand, self._routine, self._routine_at = stand, None, None
        self._behind.clear()

    def place(self) -> LocalState | Stand:
        """Equal where the task stands at the same place with the same variables."""
        here = self.stand
        if here is None:
            return FINISHED  # it has not begun, which comes to the same: nothing distinguishes it
        if here.op is None or here.op.kind in MEETING_KINDS:
            return here  # there is one only
        if here.place is None:
            here.place = local_state(self._caught_up(), here.op)
        return here.place

    def position(self) -> Position:
        """Where the routine stands, whatever its variables are."""
        here = self.stand
        assert here is not None
        if here.position is None:
            here.position = position(self._caught_up())
        return here.position

    def _learn(self, result: Any) -> Stand:
        """Have the routine itself go on."""
        here = self.stand
        routine = self._way.actor.body() if here is None else self._caught_up()
        try:
            op = routine.send(result)
        except StopIteration:
            following = FINISHED
            self._routine = None
        else:
            following = self._way.add(here, result, op, routine)
            self._routine = routine
        if here is not None:
            here.after[by_result(result)] = following
        self.stand = self._routine_at = following
        return following

    def _caught_up(self) -> Routine:
        """The routine, where the task stands."""
        assert self.stand is not None
        if self._routine is None or len(self._behind) > self.stand.depth:
            self._routine = self._way.routine_at(self.stand)
        else:
            for result in self._behind:
                self._routine.send(result)
        self._behind.clear()
        self._routine_at = self.stand
        return self._routine


_WAYS: WeakKeyDictionary[Model, list[KnownWay]] = WeakKeyDictionary()


def ways(model: Model) -> list[KnownWay]:
    """What is known of the ways of all tasks of a model, from earlier runs of it."""
    return _WAYS.setdefault(model, [KnownWay(actor) for actor in model.actors])
