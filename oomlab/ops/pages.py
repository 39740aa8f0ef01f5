"""Pages, which are only ever moved."""

from __future__ import annotations

from oomlab.errors import ModelError
from oomlab.ops.core import Op, Outcome, Slot, State, meaning, put

ANY_AMOUNT = 1 << 40
"""A page count larger than any machine here: `move(..., ANY_AMOUNT)` empties a pool."""


def take_page(source: Slot, target: Slot, mark: int) -> Op:
    """Move one page from `source` to `target` if `source` has more than `mark` pages and at least
    one. Result: True or False."""
    return Op("take_page", (source, target), (mark,))


def move(source: Slot, target: Slot, pages: int) -> Op:
    """Move up to `pages` pages. Result: how many moved."""
    if pages < 0:
        raise ModelError(f"cannot move {pages} pages")
    return Op("move", (source, target), (pages,))


def holds_more(pools: tuple[Slot, ...], mark: int) -> Op:
    """Result: do `pools` together hold more than `mark` pages?"""
    return Op("holds_more", pools, (mark,))


def _pages(state: State, pool: Slot) -> int:
    value = state[pool.index]
    assert isinstance(value, int)
    return value


@meaning("take_page")
def _take_page(state: State, task: int, op: Op) -> list[Outcome]:
    source, target = op.slots
    (mark,) = op.args
    assert isinstance(mark, int)
    free = _pages(state, source)
    if free <= max(mark, 0):
        return [Outcome(state, False)]
    state = put(state, source, free - 1)
    return [Outcome(put(state, target, _pages(state, target) + 1), True)]


@meaning("move")
def _move(state: State, task: int, op: Op) -> list[Outcome]:
    source, target = op.slots
    (wanted,) = op.args
    assert isinstance(wanted, int)
    moved = min(wanted, _pages(state, source))
    if moved:
        state = put(state, source, _pages(state, source) - moved)
        state = put(state, target, _pages(state, target) + moved)
    return [Outcome(state, moved)]


@meaning("holds_more")
def _holds_more(state: State, task: int, op: Op) -> list[Outcome]:
    (mark,) = op.args
    assert isinstance(mark, int)
    return [Outcome(state, sum(_pages(state, pool) for pool in op.slots) > mark)]
