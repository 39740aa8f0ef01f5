"""Waiting for an event (include/linux/wait.h)."""

from __future__ import annotations

from collections.abc import Hashable

from oomlab.engine.ops import Routine, Slot, check_or_enqueue, read, sleep_on


def wait_event(queue: Slot, word: Slot, value: Hashable, *, equal: bool = True) -> Routine:
    """Sleep on `queue`, uninterruptibly, until `word` equals `value` (or differs from it)."""
    while True:
        holds = yield check_or_enqueue(queue, word, value, equal=equal)
        if holds:
            return
        yield sleep_on(queue)


def wait_event_timeout(
    queue: Slot,
    word: Slot,
    value: Hashable,
    timeout: int,
    sigkill: Slot | None = None,
    *,
    equal: bool = True,
) -> Routine:
    """As `wait_event`, for at most `timeout` jiffies, and with `sigkill` only until that is set
    (wait_event_killable_timeout).

    Result: 0 if the time ran out, or the task was killed, with the condition false, otherwise the
    jiffies left, at least 1.
    """
    remaining = timeout
    while remaining:
        holds = yield check_or_enqueue(queue, word, value, equal=equal)
        if holds:
            return remaining
        remaining = yield sleep_on(queue, remaining, sigkill)
        if sigkill is not None and remaining:
            killed = yield read(sigkill)
            if killed:
                break
    late = yield read(word)
    return 1 if (late == value) == equal else 0
