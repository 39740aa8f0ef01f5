"""What a time limit on the notifier chain costs, and whom: rounds, polls, waits for one lock."""

from __future__ import annotations

from oomlab.analysis.episodes import failed_try, kills, lock_waits
from oomlab.analysis.outcome import oom_calls
from oomlab.checked import checked
from oomlab.engine.trace.events import Trace


def rounds(trace: Trace) -> int:
    """How often out_of_memory was entered until somebody was killed, that time included; in a run
    without a kill, how often at all."""
    killed = kills(trace)
    last_us = killed[0].at_us if killed else trace.ended_at_us
    return sum(call.began_us <= last_us for call in oom_calls(trace))


def tries_in_vain(trace: Trace, lock: str) -> int:
    """How often all tasks together tried to get `lock` and did not."""
    mine = [event for event in trace.events if event.on == lock]
    parked = sum(int(event.result) for event in mine if event.condition == "polled")
    return parked + sum(map(failed_try, mine))


@checked
def longest_wait_us(trace: Trace, task: str, lock: str) -> int:
    """The longest that `task` waited for `lock`, in microseconds; 0 if it never had to."""
    mine = (wait for wait in lock_waits(trace) if (wait.task, wait.lock) == (task, lock))
    return max((wait.length_us(trace.ended_at_us) for wait in mine), default=0)
