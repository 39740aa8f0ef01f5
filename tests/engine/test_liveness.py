"""Which variables of a suspended routine still matter, and what identifies a local state."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

import pytest

from oomlab.engine.liveness import live_after
from oomlab.engine.ops import Routine, sleep
from oomlab.engine.routines import call_stack, frames, local_state, position
from oomlab.errors import ModelError


def stopped(body: Callable[..., Generator[Any, Any, Any]], *args: Any, steps: int = 1) -> Routine:
    """A routine suspended at its `steps`-th yield; every yield gives 1."""
    routine = body(*args)
    next(routine)
    for _ in range(steps - 1):
        routine.send(1)
    return routine


def live(routine: Routine) -> set[str]:
    """What is live in the innermost frame, and set."""
    frame = frames(routine)[-1]
    return set(live_after(frame.f_code, frame.f_lasti)) & set(frame.f_locals)


def simple(kept: int, dropped: int) -> Routine:
    total = kept + dropped
    yield sleep(1)
    return total + kept


def overwritten(value: int) -> Routine:
    value = yield sleep(value)
    yield sleep(value)


def branching(flag: int, one: int, other: int) -> Routine:
    got = yield sleep(1)
    if flag:
        return one + got
    return other


def looping(limit: int) -> Routine:
    count = 0
    while count < limit:
        got = yield sleep(1)
        count += got
    yield sleep(9)
    return count


def reused(limit: int) -> Routine:
    seen = 0
    while limit:
        got = yield sleep(1)
        if got:
            seen = yield sleep(2)
        limit -= 1
        yield sleep(3)
        if seen:
            break


def with_for(limit: int) -> Routine:
    dead = limit
    for i in range(limit):
        yield sleep(i)
    yield sleep(dead)


def closing(value: int) -> Routine:
    def later() -> int:
        return value

    yield sleep(1)
    return later()


def twice(first: int, second: int) -> Routine:
    first, second = second, first
    yield sleep(1)
    return second


@pytest.mark.parametrize(
    ("routine", "expected"),
    [
        (stopped(simple, 1, 2), {"total", "kept"}),
        (stopped(overwritten, 5), set()),
        (stopped(overwritten, 5, steps=2), set()),
        (stopped(branching, 1, 2, 3), {"flag", "one", "other"}),
        (stopped(looping, 3), {"limit", "count"}),
        (
            stopped(looping, 3, steps=2),
            {"limit", "count"},
        ),  # not `got`: it is set before it is read
        (stopped(looping, 3, steps=4), {"count"}),
        (stopped(reused, 3), {"limit", "seen"}),
        (stopped(reused, 3, steps=2), {"limit"}),
        (stopped(reused, 3, steps=3), {"limit", "seen"}),
        (stopped(with_for, 3), {"dead", "i", "limit"}),  # the loop's place is hidden: all count
        (stopped(closing, 3), {"later", "value"}),
        (stopped(twice, 1, 2), {"second"}),
    ],
)
def test_live_variables(routine: Routine, expected: set[str]) -> None:
    assert live(routine) == expected


def test_an_offset_that_is_not_known_makes_everything_live() -> None:
    assert set(live_after(simple.__code__, 10**6)) == {"kept", "dropped", "total"}


def outer(value: int) -> Routine:
    value = yield from inner(value)
    return value


def inner(value: int) -> Routine:
    got = yield sleep(1)
    return got + value


def state(routine: Routine) -> object:
    return local_state(routine, sleep(1))


def test_equal_for_equal_places_and_values_only() -> None:
    assert state(stopped(outer, 1)) == state(stopped(outer, 1))
    assert state(stopped(outer, 1)) != state(stopped(outer, 2))
    assert state(stopped(looping, 3)) != state(stopped(looping, 3, steps=2))
    assert state(stopped(overwritten, 1)) == state(stopped(overwritten, 2))


def test_the_op_is_part_of_the_state() -> None:
    routine = stopped(overwritten, 1)
    assert local_state(routine, sleep(1)) != local_state(routine, sleep(2))


def test_a_local_state_can_be_a_key() -> None:
    assert len({state(stopped(outer, value)) for value in (1, 2, 1)}) == 2


def test_a_variable_that_cannot_be_hashed_is_an_error_that_names_the_routine() -> None:
    def collecting() -> Routine:
        found: list[int] = []
        yield sleep(1)
        found.append(1)

    with pytest.raises(ModelError, match=r"^collecting keeps found \(list\) across"):
        state(stopped(collecting))


def test_the_stack_and_the_position_go_through_yield_from() -> None:
    routine = stopped(outer, 1)
    assert call_stack(routine) == ("outer", "inner")
    assert len(position(routine)) == 2
    assert position(routine) == position(stopped(outer, 2))
