"""Pages, which are only ever moved."""

from __future__ import annotations

from oomlab.engine.ops.core import Op, Outcome, Slot, State, meaning, put
from oomlab.errors import ModelError

ANY_AMOUNT = 1 << 40
"""A page count larger than any machine here: `move(..., ANY_AMOUNT)` empties a pool."""


def take_page(source: Slot, target: Slot, mark: int) -> Op:
    """Move one page from `source` to `target` if `source` has more than `mark` pages and at least
    one. Result: True or False."""
    return Op("take_page", (source, target), (mark,))


def take_block(
    source: Slot,
    target: Slot,
    mark: int,
    order: int,
    largest_order: Slot,
    reserve: Slot,
    *,
    counts: bool,
    opens: bool,
) -> Op:
    """Move a block of 2^order pages from `source` to `target`. Result: True or False.

    Of `source` more than `mark` pages must be free beside the other 2^order - 1 pages, and it must
    have a block of that order. With `counts` the pages of `reserve` count as free, with `opens` a
    block of order > 0 may come out of it.
    """
    slots = (source, target, largest_order, reserve)
    return Op("take_page", slots, (mark, order, counts, opens))


def move(source: Slot, target: Slot, pages: int) -> Op:
    """Move up to `pages` pages. Result: how many moved."""
    if pages < 0:
        raise ModelError(f"cannot move {pages} pages")
    return Op("move", (source, target), (pages,))


def holds_more(pools: tuple[Slot, ...], mark: int) -> Op:
    """Result: do `pools` together hold more than `mark` pages?"""
    return Op("holds_more", pools, (mark,))


def exceeds(many: tuple[Slot, ...], times: int, few: tuple[Slot, ...], shift: int = 0) -> Op:
    """Result: are there more pages in `many`, taken `times` times, than in `few`, divided by
    2^shift?"""
    return Op("exceeds", (*many, *few), (len(many), times, shift))


def _pages(state: State, pool: Slot) -> int:
    value = state[pool.index]
    assert isinstance(value, int)
    return value


@meaning(
    "take_page",
    "pool",
    "looks for a free page and finds too few above its watermark",
    "look for a free page",
)
def _take_page(state: State, task: int, op: Op) -> list[Outcome]:
    if len(op.slots) > 2:
        return _take_block(state, op)
    source, target = op.slots
    (mark,) = op.args
    assert isinstance(mark, int)
    free = _pages(state, source)
    if free <= max(mark, 0):
        return [Outcome(state, False)]
    state = put(state, source, free - 1)
    return [Outcome(put(state, target, _pages(state, target) + 1), True)]


def _take_block(state: State, op: Op) -> list[Outcome]:
    source, target, largest, reserve = op.slots
    mark, order, counts, opens = op.args
    assert isinstance(mark, int) and isinstance(order, int)
    pages = 1 << order
    free, kept = _pages(state, source), _pages(state, reserve)
    passes = mark < 0 or free + (kept if counts else 0) - (pages - 1) > mark
    biggest = state[largest.index]
    assert isinstance(biggest, int)
    if passes and free >= pages and biggest >= order:
        giver, has = source, free
    elif passes and opens and order and kept >= pages:
        giver, has = reserve, kept
    else:
        return [Outcome(state, False)]
    state = put(state, giver, has - pages)
    return [Outcome(put(state, target, _pages(state, target) + pages), True)]


@meaning("exceeds", "pool", "compares {} with other pages", "compare {} with other pages")
def _exceeds(state: State, task: int, op: Op) -> list[Outcome]:
    split, times, shift = op.args
    assert isinstance(split, int) and isinstance(times, int) and isinstance(shift, int)
    many = sum(_pages(state, pool) for pool in op.slots[:split])
    few = sum(_pages(state, pool) for pool in op.slots[split:])
    return [Outcome(state, many * times > few >> shift)]


@meaning("move", "pool", "moves pages out of {}, if there are any", "move pages out of: {}")
def _move(state: State, task: int, op: Op) -> list[Outcome]:
    source, target = op.slots
    (wanted,) = op.args
    assert isinstance(wanted, int)
    moved = min(wanted, _pages(state, source))
    if moved:
        state = put(state, source, _pages(state, source) - moved)
        state = put(state, target, _pages(state, target) + moved)
    return [Outcome(state, moved)]


@meaning(
    "holds_more", "pool", "looks how many pages {} has", "ask whether reclaim could help at all"
)
def _holds_more(state: State, task: int, op: Op) -> list[Outcome]:
    (mark,) = op.args
    assert isinstance(mark, int)
    return [Outcome(state, sum(_pages(state, pool) for pool in op.slots) > mark)]
