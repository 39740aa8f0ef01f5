"""Where a suspended routine stands.

A kernel routine is a generator; its position and its local variables, along the chain of
`yield from`, identify what it will do next. Both engines rely on this: the explorer to recognise a
local state it has learned, the clock to recognise a polling loop and a state that comes back.
"""

from __future__ import annotations

from collections.abc import Generator, Hashable
from types import FrameType
from typing import Any, TypeAlias

from oomlab.errors import ModelError
from oomlab.liveness import live_after

LocalState: TypeAlias = tuple[Hashable, ...]


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
    local variables that can still matter; hashable and comparable.

    Raises ModelError if a local variable cannot be hashed: such a routine could not be explored.
    """
    parts: list[Hashable] = [op]
    for frame in frames(routine):
        values = frame.f_locals
        variables = tuple(
            [(n, values[n]) for n in live_after(frame.f_code, frame.f_lasti) if n in values]
        )
        try:
            hash(variables)
        except TypeError as error:
            names = ", ".join(name for name, _ in variables)
            where = frame.f_code.co_name
            raise ModelError(f"a local variable of {where} ({names}) is not hashable") from error
        parts.append((frame.f_code, frame.f_lasti, variables))
    return tuple(parts)


def position(routine: Generator[Any, Any, Any]) -> LocalState:
    """Where a suspended routine stands, whatever its variables are."""
    return tuple((frame.f_code, frame.f_lasti) for frame in frames(routine))


def call_stack(routine: Generator[Any, Any, Any]) -> tuple[str, ...]:
    """Names of the routines on the stack, outermost first: what a backtrace would show."""
    names = []
    inner: Any = routine
    while inner is not None:
        names.append(inner.gi_code.co_name)
        inner = inner.gi_yieldfrom
    return tuple(names)
