"""Each lock of a run: who had it from when to when, and who wanted it meanwhile."""

from __future__ import annotations

from typing import Literal, NamedTuple

from oomlab.analysis.episodes import HoldMode, holds
from oomlab.analysis.spans import task_spans
from oomlab.checked import checked
from oomlab.engine.trace.events import Trace

Use = HoldMode | Literal["waits", "polls"]
"""What a task has to do with a lock: it has it, in one of the modes; sleeps until it gets it; or
tries it in vain, again and again."""


class LockUse(NamedTuple):
    """From `start_us` to `end_us` (None: still at the end of the run) `task` has or wants a lock.

    `times`: how often a poller tried; 1 otherwise.
    """

    task: str
    use: Use
    start_us: int
    end_us: int | None
    times: int = 1


@checked
def lock_uses(trace: Trace) -> dict[str, tuple[LockUse, ...]]:
    """The uses of every mutex and semaphore, locks in the trace's order and uses by their
    beginnings; also for no time at all. A lock that nobody used has an empty tuple."""
    found = {
        lock: [
            LockUse(h.task, h.mode, h.start_us, None if h.to_the_end else h.end_us) for h in mine
        ]
        for lock, mine in holds(trace).items()
    }
    waiting = {each.task for each in trace.waiting}
    for span in task_spans(trace):
        if span.on in found and span.state in ("blocked", "polls"):
            last = span.end_us == trace.ended_at_us and span.task in waiting
            use: Use = "polls" if span.state == "polls" else "waits"
            end_us = None if last else span.end_us
            found[span.on].append(
                LockUse(span.task, use, span.start_us, end_us, max(span.polls, 1))
            )
    return {lock: tuple(sorted(mine, key=_first)) for lock, mine in found.items()}


def _first(use: LockUse) -> int:
    return use.start_us
