"""What a time limit on the notifier chain costs, and whom: rounds, polls, waits for one lock."""

from __future__ import annotations

from oomlab.analysis.outcome import kills, oom_calls
from oomlab.checked import checked
from oomlab.engine.trace.events import Trace


def rounds(trace: Trace) -> int:
    """How often out_of_memory was entered until somebody was killed, that time included; in a run
    without a kill, how often at all."""
    killed = kills(trace)
    last_us = killed[0].at_us if killed else trace.ended_at_us
    return sum(call.began_us <= last_us for call in oom_calls(trace))


def count_failed_tries(trace: Trace, lock: str) -> int:
    """How often all tasks together tried to get `lock` and did not."""
    alone = sum(
        event.op == "mutex_trylock" and event.on == lock and event.result is False
        for event in trace.events
    )
    parked = sum(
        int(event.result)
        for event in trace.events
        if event.condition == "polled" and event.on == lock
    )
    return alone + parked


@checked
def longest_wait_us(trace: Trace, task: str, lock: str) -> int:
    """The longest that `task` slept for `lock`, in microseconds; 0 if it never had to."""
    longest = 0
    began: int | None = None
    for event in trace.events:
        if event.task != task or event.on != lock or event.op != "mutex_lock":
            continue
        if event.condition == "blocked":
            began = event.at_us
        elif began is not None:
            longest, began = max(longest, event.at_us - began), None
    return longest if began is None else max(longest, trace.ended_at_us - began)
