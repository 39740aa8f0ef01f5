"""Wait queues, and waiting for a plain variable."""

from __future__ import annotations

from collections.abc import Hashable

from oomlab.engine.ops.core import Op, Outcome, Slot, State, meaning, put

ENQUEUING_KINDS = frozenset({"check_or_enqueue", "check_pages_or_enqueue"})
"""Ops that may put a task on a queue. To sleep there without one is not to sleep."""


def check_or_enqueue(queue: Slot, word: Slot, value: Hashable, *, equal: bool = True) -> Op:
    """Test a condition on `word`; if it does not hold, stand on `queue`. Result: did it hold?

    The kernel enqueues first and tests afterwards; with one atomic op the effect is the same: no
    wake-up between test and sleep is lost.
    """
    return Op("check_or_enqueue", (queue, word), (value, equal))


def sleep_on(queue: Slot, timeout: int | None = None, sigkill: Slot | None = None) -> Op:
    """Sleep until taken off `queue` by a wake-up, or until `timeout` jiffies have passed, or until
    `sigkill` is set, which looks like a wake-up. A task stands on it since `check_or_enqueue`;
    without that both engines refuse the routine (oomlab.kernel.wait has the two in one).

    Result: the jiffies left after a wake-up, 0 after a timeout; 0 as well after a wake-up so late
    that only the timer was. Under the explorer, which has no time, a wake-up leaves the whole
    timeout.
    """
    return Op("sleep_on", (queue,) if sigkill is None else (queue, sigkill), (timeout,))


def check_pages_or_enqueue(queue: Slot, pool: Slot, mark: int, word: Slot, enough: int) -> Op:
    """Test whether `pool` holds more than `mark` pages or the counter `word` is at least `enough`;
    if neither, stand on `queue`. Result: did it hold?"""
    return Op("check_pages_or_enqueue", (queue, pool, word), (mark, enough))


def sleep_on_killable(queue: Slot, sigkill: Slot) -> Op:
    """Sleep until taken off `queue` by a wake-up, or until `sigkill` is set. Result: 1 after a
    wake-up, 0 if the task was killed."""
    return Op("sleep_on", (queue, sigkill), (None,))


def wake(queue: Slot) -> Op:
    """Take everybody off `queue` (Linux wake_up on non-exclusive waiters)."""
    return Op("wake", (queue,))


@meaning(
    "check_or_enqueue",
    "queue",
    "checks whether it has to wait",
    "look whether there is something to wait for",
)
def _check_or_enqueue(state: State, task: int, op: Op) -> list[Outcome]:
    queue, word = op.slots
    value, equal = op.args
    if (state[word.index] == value) == equal:
        return [Outcome(state, True)]
    sleepers = state[queue.index]
    assert isinstance(sleepers, int)
    return [Outcome(put(state, queue, sleepers | 1 << task), False)]


@meaning(
    "check_pages_or_enqueue",
    "queue",
    "checks whether it is throttled",
    "look whether it is throttled",
)
def _check_pages_or_enqueue(state: State, task: int, op: Op) -> list[Outcome]:
    queue, pool, word = op.slots
    mark, enough = op.args
    if state[pool.index] > mark or state[word.index] >= enough:  # type: ignore[operator]
        return [Outcome(state, True)]
    sleepers = state[queue.index]
    assert isinstance(sleepers, int)
    return [Outcome(put(state, queue, sleepers | 1 << task), False)]


@meaning("sleep_on", "queue", "wakes up", "wake up on {}")
def _sleep_on(state: State, task: int, op: Op) -> list[Outcome]:
    queue, *sigkill = op.slots
    (timeout,) = op.args
    sleepers = state[queue.index]
    assert isinstance(sleepers, int)
    if not sleepers >> task & 1:
        return [Outcome(state, 1 if sigkill and timeout is None else timeout)]
    if sigkill and state[sigkill[0].index]:
        return [Outcome(put(state, queue, sleepers & ~(1 << task)), timeout or 0)]
    if timeout is None:
        return []
    return [Outcome(put(state, queue, sleepers & ~(1 << task)), 0, timeout=True)]


@meaning("wake", "queue", "wakes whoever sleeps on {}", "wake {}")
def _wake(state: State, task: int, op: Op) -> list[Outcome]:
    (queue,) = op.slots
    return [Outcome(put(state, queue, 0) if state[queue.index] else state)]


def wait_for(word: Slot, value: Hashable) -> Op:
    """Wait until `word` has `value`: a device that waits for its doorbell, a user task that sleeps
    until a signal. For waits in the kernel proper use a wait queue."""
    return Op("wait_for", (word,), (value,))


@meaning("wait_for", "word", "sees that {} has changed", "pick up: {}")
def _wait_for(state: State, task: int, op: Op) -> list[Outcome]:
    (word,) = op.slots
    return [Outcome(state)] if state[word.index] == op.args[0] else []
