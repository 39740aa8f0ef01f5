"""Rows about mutexes that are tried, and those that are polled."""

from __future__ import annotations

from collections.abc import Callable

from oomlab.engine.ops import Routine, mutex_lock, mutex_trylock, mutex_unlock, sleep
from tests.second_opinions.bench import Bench
from tests.second_opinions.lab import Row


def backs_off(bench: Bench, hold: str, want: str) -> Callable[[], Routine]:
    """Take `hold` and try `want`; if that fails let go, nap and begin again."""
    first, second = bench.mutex(hold), bench.mutex(want)

    def routine() -> Routine:
        while True:
            yield mutex_lock(first)
            got = yield mutex_trylock(second)
            if got:
                break
            yield mutex_unlock(first)
            yield sleep(1)
        yield mutex_unlock(second)
        yield mutex_unlock(first)

    return routine


def falls_back_to_the_order(bench: Bench, hold: str, want: str) -> Callable[[], Routine]:
    """Take `hold` and try `want`; if that fails let go and take both in the other order."""
    first, second = bench.mutex(hold), bench.mutex(want)

    def routine() -> Routine:
        yield mutex_lock(first)
        got = yield mutex_trylock(second)
        if not got:
            yield mutex_unlock(first)
            yield mutex_lock(second)
            yield mutex_lock(first)
        yield mutex_unlock(second)
        yield mutex_unlock(first)

    return routine


def tries_first(bench: Bench, tried: str, then: str) -> Callable[[], Routine]:
    """Try `tried`; with it, take `then`."""
    first, second = bench.mutex(tried), bench.mutex(then)

    def routine() -> Routine:
        got = yield mutex_trylock(first)
        if got:
            yield mutex_lock(second)
            yield mutex_unlock(second)
            yield mutex_unlock(first)

    return routine


def tries_in_the_middle(bench: Bench, outer: str, tried: str, inner: str) -> Callable[[], Routine]:
    """Take `outer`; if `tried` can be had as well, take `inner` inside both."""
    first, second, third = bench.mutex(outer), bench.mutex(tried), bench.mutex(inner)

    def routine() -> Routine:
        yield mutex_lock(first)
        got = yield mutex_trylock(second)
        if got:
            yield mutex_lock(third)
            yield mutex_unlock(third)
            yield mutex_unlock(second)
        yield mutex_unlock(first)

    return routine


TRYING_ROWS = (
    Row(
        "AB, B and A tried once",
        {"one": "A B -B -A", "two": "B A~ -B"},
        locks_up=False,
        wait_for="false alarm",
        lock_order="quiet",
        reason="a trylock does not wait; at the moment of the failed try it looks as if it did",
    ),
    Row(
        "AB, B and A tried, backing off",
        {"one": "A B -B -A", "two": lambda b: backs_off(b, "B", "A")},
        locks_up=False,
        wait_for="false alarm",
        lock_order="quiet",
        reason="it polls, but lets go of B each time: the circle opens again",
    ),
    Row(
        "AB, B and A tried, else in order",
        {"one": "A B -B -A", "two": lambda b: falls_back_to_the_order(b, "B", "A")},
        locks_up=False,
        wait_for="false alarm",
        lock_order="quiet",
        reason="the usual way of taking locks against the order, and sound",
    ),
    Row(
        "A and B tried, B and A tried, once",
        {"one": "A B~ -A", "two": "B A~ -B"},
        locks_up=False,
        wait_for="false alarm",
        lock_order="quiet",
        reason="two failed tries at once last no longer than one step",
    ),
    Row(
        "A and B tried, B and A tried, backing off",
        {"one": lambda b: backs_off(b, "A", "B"), "two": lambda b: backs_off(b, "B", "A")},
        locks_up=False,
        wait_for="false alarm",
        lock_order="quiet",
        reason="they may starve each other for ever, but need not",
    ),
    Row(
        "A tried then B, B then A",
        {"one": lambda b: tries_first(b, "A", "B"), "two": "B A -A -B"},
        locks_up=True,
        wait_for="sees",
        lock_order="sees",
        reason="a lock that was tried is held like any other, and others wait for it",
    ),
    Row(
        "A, O tried, B; B then A",
        {"one": lambda b: tries_in_the_middle(b, "A", "O", "B"), "two": "B A -A -B"},
        locks_up=True,
        wait_for="sees",
        lock_order="sees",
        reason="A before B must be recorded past O, which leads nowhere itself (oom_lock in H1)",
    ),
    Row(
        "O tried then A, A and O tried once",
        {"one": lambda b: tries_first(b, "O", "A"), "two": "A O~ -A"},
        locks_up=False,
        wait_for="false alarm",
        lock_order="quiet",
        reason="the failed try leaves no trace, and rightly: nothing comes of it",
    ),
)

POLLING_ROWS = (
    Row(
        "O polled by its owner",
        {"one": "O O? -O -O"},
        locks_up=True,
        wait_for="sees",
        lock_order="misses",
        reason="hazard H3: it asks for ever for what it has, and each failed try leaves no trace",
    ),
    Row(
        "AB, B and A polled",
        {"one": "A B -B -A", "two": "B A? -A -B"},
        locks_up=True,
        wait_for="sees",
        lock_order="misses",
        reason="polling while holding is waiting, but nobody tells the validator",
    ),
    Row(
        "A and B polled, B and A polled",
        {"one": "A B? -B -A", "two": "B A? -A -B"},
        locks_up=True,
        wait_for="sees",
        lock_order="misses",
        reason="both poll and neither lets go: a livelock without any waiting",
    ),
    Row(
        "O polled then B, BF, F and O polled",
        {"hog": "O? B -B -O", "worker": "B F -F -B", "writer": "F O? -O -F"},
        locks_up=True,
        wait_for="sees",
        lock_order="misses",
        reason="hazard H2: the edge that closes the circle exists only as a failed try",
    ),
    Row(
        "O polled then B, BF, F and O polled then B",
        {"hog": "O? B -B -O", "worker": "B F -F -B", "writer": "F O? B -B -O -F"},
        locks_up=True,
        wait_for="sees",
        lock_order="sees",
        reason="once the writer gets O it takes B with F held: that order is hazard H1",
    ),
)
