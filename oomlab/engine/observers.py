"""Observers: watch what the tasks do, from outside their routines.

An observer is told of every op that a task has done, in which function that was, and where the task
stands now. It may answer with ghost ops (see `ops.ghosts`), which the engines do in the same step,
or with notes for the trace. Routines know nothing of it, as code in a kernel knows nothing of a
kprobe; and since an observer changes what a *task* does next, both engines need not know of it
either.

What it remembers of a task is part of that task's local state. It has to be a function of what it
was told: the explorer learns a step once.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterable
from itertools import takewhile
from types import CodeType, FrameType
from typing import Any, Literal, NamedTuple

from oomlab.engine.ops import GHOST_KINDS, Op, Routine, Slot
from oomlab.errors import ModelError


class Moment(NamedTuple):
    """A task has done something, and stands before its next op.

    `op` (None at the beginning) gave `result`; `next` is None if the routine is over. `kept` is
    what is remembered of this task: an observer may change it, with hashable values.
    """

    task: int
    op: Op | None
    result: Any
    next: Op | None
    kept: dict[str, Hashable]


Handler = Callable[[Moment], Iterable[Op]]
"""What to do at a probe: ghost ops or notes, in order."""

Names = tuple[str, ...]


class Probe(NamedTuple):
    """Where an observer looks: the innermost functions ("*" is any), and what it does there."""

    path: Names
    handler: Handler

    def fits(self, stack: Names) -> bool:
        """Does the stack end in the path?"""
        if len(self.path) > len(stack):
            return False
        inner = stack[len(stack) - len(self.path) :]
        return all(name in ("*", there) for name, there in zip(self.path, inner, strict=True))


class Observer:
    """Probes, each with a function to call. A place is given as `caller > function`, as in the
    call stacks of a trace, with as many callers as are needed; "*" is any function.

    If a step passes several probes, those for what was done come first, then those for functions
    that were left (inner ones first), for functions that were entered (outer ones first), and for
    what is about to be done.
    """

    def __init__(self) -> None:
        # By kind of op: the slot's index, -1 for any, and the probe.
        self._done: dict[str, list[tuple[int, Probe]]] = {}
        self._ahead: dict[str, list[tuple[int, Probe]]] = {}
        self._exchanged: list[tuple[int, Probe]] = []
        self._left: list[Probe] = []
        self._entered: list[Probe] = []
        self.passed: set[tuple[str, Names]] = set()

    def does(self, kind: str, slot: Slot | None, place: str, then: Handler) -> None:
        """When an op of this kind on `slot` (None: whichever) was done at `place`."""
        self._done.setdefault(kind, []).append((_index(slot), Probe(_path(place), then)))

    def exchanges(self, slot: Slot | None, place: str, then: Handler) -> None:
        """When `slot` was written at `place`; the moment's result is the value that was lost. The
        write becomes a swap, whose result the routine does not see."""
        self._exchanged.append((_index(slot), Probe(_path(place), then)))
        self.does("swap", slot, place, then)

    def reaches(self, kind: str, slot: Slot | None, place: str, then: Handler) -> None:
        """When a task comes to such an op: at the end of the step before."""
        self._ahead.setdefault(kind, []).append((_index(slot), Probe(_path(place), then)))

    def enters(self, place: str, then: Handler) -> None:
        """When a function was called and stands before its first op."""
        self._entered.append(Probe(_path(place), then))

    def leaves(self, place: str, then: Handler) -> None:
        """When a function has returned."""
        self._left.append(Probe(_path(place), then))

    def exchanged(self, op: Op, stack: Names) -> bool:
        """Is this the write of `exchanges`?"""
        return op.kind == "write" and any(
            index in (-1, op.slots[0].index) and probe.fits(stack)
            for index, probe in self._exchanged
        )

    def saw(self, moment: Moment, before: Names, after: Names, common: int) -> list[Op]:
        """What is done now: the task's stack was `before` and is `after`, of which the first
        `common` functions have gone on."""
        found: list[Op] = []
        done, ahead = moment.op, moment.next
        if done is not None and done.kind in self._done:
            self._pass(found, "does", _about(done, self._done[done.kind]), before, moment)
        if common < len(before):
            for depth in range(len(before), common, -1):
                self._pass(found, "leaves", self._left, before[:depth], moment)
        if common < len(after):
            for depth in range(common + 1, len(after) + 1):
                self._pass(found, "enters", self._entered, after[:depth], moment)
        if ahead is not None and ahead.kind in self._ahead:
            self._pass(found, "reaches", _about(ahead, self._ahead[ahead.kind]), after, moment)
        return found

    def places(self) -> set[tuple[str, Names]]:
        """All probes, as they are noted in `passed` when a task passes them."""
        tables = (("does", self._done), ("reaches", self._ahead))
        found = {(how, p.path) for how, table in tables for ps in table.values() for _, p in ps}
        found |= {("leaves", probe.path) for probe in self._left}
        return found | {("enters", probe.path) for probe in self._entered}

    def _pass(
        self,
        found: list[Op],
        how: Literal["does", "leaves", "enters", "reaches"],
        probes: Iterable[Probe],
        stack: Names,
        moment: Moment,
    ) -> None:
        for probe in probes:
            if probe.path[-1] in ("*", stack[-1]) and probe.fits(stack):
                self.passed.add((how, probe.path))
                found += probe.handler(moment)


class Observed(Generator[Op, Any, Any]):
    """A routine with observers beside it: the same ops, and theirs in between.

    To those who ask where it stands it looks like the routine.
    """

    def __init__(self, routine: Routine, task: int, observers: tuple[Observer, ...]) -> None:
        self._routine = routine
        self._task = task
        self._observers = observers
        self._kept: dict[str, Hashable] = {}
        self._next: Op | None = None
        self._swapped = False
        self._called: list[Any] = []
        self._stack: Names = ()
        self._queue: list[Op] = []  # what the observers do before `_next`
        self.gi_frame, self.gi_code = _outermost(routine)

    @property
    def gi_yieldfrom(self) -> Any:
        """The routine that this one has called."""
        return _called(self._routine)

    @property
    def remembered(self) -> Hashable:
        """What the observers know of this task, and what they are about to do."""
        return (tuple(sorted(self._kept.items())), *self._queue, self._next)

    def send(self, result: Any) -> Op:
        """The next op, of the routine or of an observer."""
        if not self._queue:
            self._advance(result)
        else:
            del self._queue[0]
        if self._queue:
            return self._queue[0]
        if self._next is None:
            raise StopIteration
        return self._next

    def throw(self, *error: Any) -> Op:
        """Not for routines: raises the error here."""
        raise error[0]

    def _advance(self, result: Any) -> None:
        done, called, before = self._next, self._called, self._stack
        inner: Any = self._routine
        try:
            self._next = inner.send(None if self._swapped else result)
        except StopIteration:
            self._next = inner = None
        now = []
        while inner is not None:
            now.append(inner)
            inner = inner.gi_yieldfrom
        common, after = len(now), before
        if now != called:
            pairs = zip(called, now, strict=False)
            common = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs))
            after = self._stack = tuple([routine.gi_code.co_name for routine in now])
            self._called = now
        moment = Moment(self._task, done, result, self._next, self._kept)
        for observer in self._observers:
            self._queue += observer.saw(moment, before, after, common)
        for op in self._queue:
            if op.kind not in GHOST_KINDS and op.kind != "note":
                raise ModelError(f"an observer may not do {op.kind!r}: it only watches")
        self._swapped = self._next is not None and any(
            observer.exchanged(self._next, after) for observer in self._observers
        )
        if self._swapped and self._next is not None:
            self._next = self._next._replace(kind="swap")


def _path(place: str) -> Names:
    return tuple(place.split(" > "))


def _index(slot: Slot | None) -> int:
    return -1 if slot is None else slot.index


def _about(op: Op, probes: list[tuple[int, Probe]]) -> list[Probe]:
    """The probes for an op on its slot, or on any."""
    on = op.slots[0].index if op.slots else -1
    return [probe for index, probe in probes if index in (-1, on)]


def _outermost(routine: Any) -> tuple[FrameType, CodeType]:
    return routine.gi_frame, routine.gi_code


def _called(routine: Any) -> Any:
    return routine.gi_yieldfrom
