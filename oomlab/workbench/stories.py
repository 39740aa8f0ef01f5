"""Benches of which most people expect something else than what the search finds."""

from __future__ import annotations

from oomlab.workbench.starter import Starter

HELD_OVER_ALLOCATION = Starter(
    "lock-over-allocation",
    "A lock held over an allocation",
    "Its owner asks for memory while it is held: the book's knot in eight lines.",
    """\
cache_lock = mutex()
cache = lent_pages(1)

def callback(freed):
    yield mutex_lock(cache_lock)
    given = yield from give_back(cache)
    yield mutex_unlock(cache_lock)
    yield from add_freed(freed, given)
""",
    """\
def holder():
    yield mutex_lock(cache_lock)
    got = yield from alloc_page(GFP_KERNEL)
    if got:
        yield from lend_page(cache)
    yield mutex_unlock(cache_lock)
""",
)

TRIED = Starter(
    "trylock-repair",
    "The same, repaired with trylock",
    "The callback does not wait for the lock any more: it tries it, and goes.",
    HELD_OVER_ALLOCATION.callback.replace(
        "    yield mutex_lock(cache_lock)\n    given",
        "    got = yield mutex_trylock(cache_lock)\n    if not got:\n        return\n    given",
    ),
    HELD_OVER_ALLOCATION.holder,
)

TWO_ORDERS = Starter(
    "two-orders",
    "Two locks in two orders",
    "Callback and owner take the same two locks in opposite orders, behind a third.",
    """\
gate = mutex()
first = mutex()
second = mutex()
cache = lent_pages(1)

def callback(freed):
    yield mutex_lock(gate)
    yield mutex_lock(first)
    yield mutex_lock(second)
    given = yield from give_back(cache)
    yield mutex_unlock(second)
    yield mutex_unlock(first)
    yield mutex_unlock(gate)
    yield from add_freed(freed, given)
""",
    """\
def holder():
    yield mutex_lock(gate)
    yield mutex_lock(second)
    yield mutex_lock(first)
    yield mutex_unlock(first)
    yield mutex_unlock(second)
    yield mutex_unlock(gate)
""",
)

TWO_ENTRIES = Starter(
    "two-entries",
    "A request of two entries",
    "The callback puts a request of two entries on its ring before it gives a page back.",
    """\
cache = lent_pages(1)

def callback(freed):
    yield from virtqueue_add_outbuf(2, GFP_KERNEL)
    given = yield from give_back(cache)
    yield from add_freed(freed, given)
""",
)

GIVES_UP = Starter(
    "gives-up",
    "An owner that gives up",
    "A process calls the driver and asks for a page under its lock, with __GFP_NORETRY: one round "
    "of reclaim, no OOM killer, and out.",
    HELD_OVER_ALLOCATION.callback,
    """\
def ioctl():
    yield mutex_lock(cache_lock)
    got = yield from alloc_page(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN)
    if got:
        yield from lend_page(cache)
    yield mutex_unlock(cache_lock)
""",
)

STORIES = (HELD_OVER_ALLOCATION, TRIED, TWO_ORDERS, TWO_ENTRIES, GIVES_UP)
