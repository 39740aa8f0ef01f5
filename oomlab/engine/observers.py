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
        self._done: dict[tuple[str, int], list[Probe]] = {}
        self._ahead: dict[tuple[str, int], list[Probe]] = {}
        self._exchanged: dict[tuple[str, int], list[Names]] = {}
        self._left: list[Probe] = []
        self._entered: list[Probe] = []
        self.passed: set[tuple[str, Names]] = set()

    def does(self, kind: str, slot: Slot | None, place: str, then: Handler) -> None:
        """When an op of this kind on `slot` (None: whichever) was done at `place`."""
        self._done.setdefault(_key(kind, slot), []).append(Probe(_path(place), then))

    def exchanges(self, slot: Slot | None, place: str, then: Handler) -> None:
        """When `slot` was written at `place`; the moment's result is the value that was lost. The
        write becomes a swap, whose result the routine does not see."""
        self._exchanged.setdefault(_key("write", slot), []).append(_path(place))
        self.does("swap", slot, place, then)

    def reaches(self, kind: str, slot: Slot | None, place: str, then: Handler) -> None:
        """When a task comes to such an op: at the end of the step before."""
        self._ahead.setdefault(_key(kind, slot), []).append(Probe(_path(place), then))

    def enters(self, place: str, then: Handler) -> None:
        """When a function was called and stands before its first op."""
        self._entered.append(Probe(_path(place), then))

    def leaves(self, place: str, then: Handler) -> None:
        """When a function has returned."""
        self._left.append(Probe(_path(place), then))

    def exchanged(self, op: Op, stack: Names) -> bool:
        """Is this the write of `exchanges`?"""
        return any(
            Probe(path, _nothing).fits(stack)
            for key in _keys(op)
            for path in self._exchanged.get(key, ())
        )

    def saw(self, moment: Moment, before: Names, after: Names, common: int) -> list[Op]:
        """What is done now: the task's stack was `before` and is `after`, of which the first
        `common` functions have gone on."""
        found: list[Op] = []
        if moment.op is not None:
            self._pass(found, "does", self._at(self._done, moment.op), before, moment)
        for depth in range(len(before), common, -1):
            self._pass(found, "leaves", self._left, before[:depth], moment)
        for depth in range(common + 1, len(after) + 1):
            self._pass(found, "enters", self._entered, after[:depth], moment)
        if moment.next is not None:
            self._pass(found, "reaches", self._at(self._ahead, moment.next), after, moment)
        return found

    def places(self) -> set[tuple[str, Names]]:
        """All probes, as they are noted in `passed` when a task passes them."""
        tables = (("does", self._done), ("reaches", self._ahead))
        found = {(how, p.path) for how, table in tables for ps in table.values() for p in ps}
        found |= {("leaves", probe.path) for probe in self._left}
        return found | {("enters", probe.path) for probe in self._entered}

    @staticmethod
    def _at(table: dict[tuple[str, int], list[Probe]], op: Op) -> list[Probe]:
        return [probe for key in _keys(op) for probe in table.get(key, ())]

    def _pass(
        self,
        found: list[Op],
        how: Literal["does", "leaves", "enters", "reaches"],
        probes: Iterable[Probe],
        stack: Names,
        moment: Moment,
    ) -> None:
        for probe in probes:
            if probe.fits(stack):
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
        self._frames: list[FrameType] = []
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
        done, frames = self._next, self._frames
        try:
            self._next = self._routine.send(None if self._swapped else result)
            self._frames = _frames(self._routine)
        except StopIteration:
            self._next, self._frames = None, []
        common = 0
        for one, other in zip(frames, self._frames, strict=False):
            if one is not other:
                break
            common += 1
        before, after = _names(frames), _names(self._frames)
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


def _nothing(moment: Moment) -> Iterable[Op]:
    return ()


def _path(place: str) -> Names:
    return tuple(place.split(" > "))


def _key(kind: str, slot: Slot | None) -> tuple[str, int]:
    return kind, -1 if slot is None else slot.index


def _keys(op: Op) -> tuple[tuple[str, int], ...]:
    """Under which keys a probe for this op may stand."""
    anywhere = (op.kind, -1)
    return ((op.kind, op.slots[0].index), anywhere) if op.slots else (anywhere,)


def _outermost(routine: Any) -> tuple[FrameType, CodeType]:
    return routine.gi_frame, routine.gi_code


def _called(routine: Any) -> Any:
    return routine.gi_yieldfrom


def _frames(routine: Any) -> list[FrameType]:
    found = []
    while routine is not None:
        found.append(routine.gi_frame)
        routine = routine.gi_yieldfrom
    return found


def _names(frames: list[FrameType]) -> Names:
    return tuple([frame.f_code.co_name for frame in frames])
