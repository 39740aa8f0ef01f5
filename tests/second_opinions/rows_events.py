"""Rows about waits that are not for a lock. The host is known to answer on queue `acked`."""

from __future__ import annotations

from tests.second_opinions.lab import Row

EVENT_ROWS = (
    Row(
        "A held, the waker needs nothing",
        {"one": "A wait:acked -A", "host": "wake:acked"},
        locks_up=False,
        wait_for="quiet",
        lock_order="quiet",
        reason="holding a lock while waiting is slow, not wrong",
    ),
    Row(
        "A held, the waker needs A",
        {"one": "A wait:acked -A", "host": "A -A wake:acked"},
        locks_up=True,
        wait_for="sees",
        lock_order="misses",
        reason="a wait queue is no lock: nothing is recorded for it",
    ),
    Row(
        "A held, the waker needs A after waking",
        {"one": "A wait:acked -A", "host": "wake:acked A -A"},
        locks_up=False,
        wait_for="quiet",
        lock_order="quiet",
        reason="woken, if not yet back from its sleep: it waits for nobody any more",
    ),
    Row(
        "A held, the waker needs B, whose holder needs A",
        {"one": "A wait:acked -A", "host": "B -B wake:acked", "three": "B A -A -B"},
        locks_up=True,
        wait_for="sees",
        lock_order="misses",
        reason="two lock edges and an event; without the event there is no circle",
    ),
    Row(
        "A held, the waker needs A, nobody knows who it is",
        {"one": "A wait:somewhere -A", "two": "A -A wake:somewhere"},
        locks_up=True,
        wait_for="misses",
        lock_order="misses",
        reason="a trace shows no answer that never came; who gives it must be said of the queue",
    ),
    Row(
        "A held, waiting for a word, its writer needs A",
        {"one": "A until:x -A", "two": "A -A set:x"},
        locks_up=True,
        wait_for="misses",
        lock_order="misses",
        reason="a page lock, writeback, a throttle: what is no lock and no known queue is not seen",
    ),
    Row(
        "A held, nobody answers",
        {"one": "A wait:acked -A", "host": "nap"},
        locks_up=True,
        wait_for="misses",
        lock_order="misses",
        reason="hazard H5: an end without a circle, since the host waits for nobody",
    ),
    Row(
        "A held, the wake-up is lost",
        {"one": "A wait:acked -A", "host": "mark:acked"},
        locks_up=True,
        wait_for="misses",
        lock_order="misses",
        reason="the word is set and the sleeper not woken: again no circle",
    ),
    Row(
        "A held for at most 5 jiffies, the waker needs A",
        {"one": "A timed:acked -A", "host": "A -A wake:acked"},
        locks_up=False,
        wait_for="false alarm",
        lock_order="quiet",
        reason="there is a circle until the time runs out",
    ),
    Row(
        "two events the wrong way round",
        {"one": "wait:acked wake:other", "host": "wait:other wake:acked"},
        locks_up=True,
        wait_for="misses",
        lock_order="misses",
        reason="each waits for the other to begin; of one queue it is not known who answers",
    ),
    Row(
        "A held for a nap",
        {"one": "A nap -A", "two": "A -A"},
        locks_up=False,
        wait_for="quiet",
        lock_order="quiet",
        reason="hazard H6: others wait long, and no circle says so",
    ),
)
