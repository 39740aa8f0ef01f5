"""Where a suspended routine stands.

A kernel routine is a generator; its position and its local variables, along the chain of
`yield from`, identify what it will do next. Both engines rely on this: the explorer to recognise a
local state it has learned, the clock to recognise a polling loop and a state that comes back.
"""

from __future__ import annotations

from collections.abc import Generator, Hashable, Mapping
from types import CodeType, FrameType
from typing import Any, TypeAlias

from oomlab.engine.liveness import live_after, needed_after
from oomlab.engine.ops import Op
from oomlab.errors import ModelError

LocalState: TypeAlias = tuple[Hashable, ...]
Position: TypeAlias = tuple[Hashable, ...]


class Place:
    """A place in a function's code where a routine can stand, and the names of the local variables
    that can still matter there; `needed` are those of them that do (see `liveness`).

    There is one object for each place: code objects are compared and hashed by all they contain,
    which takes longer than everything else here.
    """

    __slots__ = ("code", "names", "needed", "offset")

    def __init__(self, code: CodeType, offset: int) -> None:
        self.code = code
        self.offset = offset
        self.names = live_after(code, offset)

    def __getattr__(self, name: str) -> tuple[str, ...]:
        """`needed`, when it is first asked for: only the clock does."""
        if name != "needed":
            raise AttributeError(name)
        self.needed = needed_after(self.code, self.offset)
        return self.needed


_PLACES: dict[tuple[int, int], Place] = {}
"""By id of the code and offset. No other code can have that id: the place keeps the code alive."""


_UNBOUND = object()
"""Stands for the value of a variable that has none yet."""


def place(frame: FrameType) -> Place:
    """Where a suspended frame stands."""
    code = frame.f_code
    key = (id(code), frame.f_lasti)
    found = _PLACES.get(key)
    if found is None:
        found = _PLACES[key] = Place(code, frame.f_lasti)
    return found


def frames(routine: Generator[Any, Any, Any]) -> list[FrameType]:
    """The frames of a suspended routine, outermost first."""
    found = []
    inner: Any = routine
    while inner is not None:
        found.append(inner.gi_frame)
        inner = inner.gi_yieldfrom
    return found


def local_state(routine: Generator[Any, Any, Any], op: Hashable) -> LocalState:
    """What a suspended routine is about to do (`op`, which it has yielded), its position and those
    local variables that can still matter, and what an observer remembers of it; hashable and
    comparable.

    Raises ModelError if a local variable cannot be hashed: such a routine could not be explored.
    """
    parts: list[Hashable] = [op, getattr(routine, "remembered", None)]
    for frame in frames(routine):
        here, values = place(frame), frame.f_locals
        variables = tuple([values.get(name, _UNBOUND) for name in here.names])
        try:
            hash(variables)
        except TypeError as error:
            raise ModelError(_not_hashable(here, values)) from error
        parts.append((here, variables))
    return tuple(parts)


def onward(routine: Generator[Any, Any, Any]) -> LocalState:
    """What decides how a suspended routine goes on once its op has given nothing: as `local_state`,
    without the op and with fewer variables."""
    parts: list[Hashable] = [getattr(routine, "remembered", None)]
    for frame in frames(routine):
        here, values = place(frame), frame.f_locals
        parts.append((here, tuple([values.get(name, _UNBOUND) for name in here.needed])))
    return tuple(parts)


def _not_hashable(here: Place, values: Mapping[str, object]) -> str:
    """Which variables of a routine cannot be compared, and what to do about it."""

    def wrong(value: object) -> bool:
        try:
            hash(value)
        except TypeError:
            return True
        return False

    kinds = {name: type(values[name]).__name__ for name in here.names if wrong(values.get(name))}
    found = " and ".join(f"{name} ({kind})" for name, kind in kinds.items())
    return (
        f"{here.code.co_name} keeps {found} across a step, which is not hashable: an engine could"
        " not tell whether it was here before. Take what the routine needs out of it before the"
        " routine begins, or keep a tuple"
    )


def never_enqueued(op: Op, stack: tuple[str, ...]) -> ModelError:
    """What is wrong with a routine that sleeps on a queue where it does not stand."""
    return ModelError(
        f"{stack[-1]} sleeps on {op.slots[0].name} without having looked whether it must: yield"
        " check_or_enqueue(queue, word, value) first, or use wait_event of oomlab.kernel.wait,"
        " which does both"
    )


def position(routine: Generator[Any, Any, Any]) -> Position:
    """Where a suspended routine stands, whatever its variables are."""
    return tuple([place(frame) for frame in frames(routine)])


def call_stack(routine: Generator[Any, Any, Any]) -> tuple[str, ...]:
    """Names of the routines on the stack, outermost first: what a backtrace would show."""
    names = []
    inner: Any = routine
    while inner is not None:
        names.append(inner.gi_code.co_name)
        inner = inner.gi_yieldfrom
    return tuple(names)
