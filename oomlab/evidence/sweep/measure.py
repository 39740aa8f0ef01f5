"""What is kept of a run in a sweep: a row of numbers."""

from __future__ import annotations

from typing import NamedTuple

from oomlab.analysis.outcome import (
    downtime_us,
    failed_allocations,
    kills,
    longest_request_us,
    pages_returned,
)
from oomlab.analysis.rounds import longest_wait_us, rounds, tries_in_vain
from oomlab.engine.trace.events import Trace
from oomlab.evidence.sweep.grid import Point
from oomlab.experiment import run

BALLOON = "balloon"
OUT_OF_PUFF = "virtio_balloon: Out of puff!"


class Row(NamedTuple):
    """One run in numbers; times in microseconds, None for what never ended.

    `downtime_us`: from the first OOM invocation that makes no progress to the next page that a
    waiting task gets (None also if there was no such invocation). `longest_us`: the slowest request
    for a page. `rounds`: OOM invocations until the first kill. `polls`: failed tries for oom_lock.
    `reaper_us`: the longest that the OOM reaper waited for oom_lock. `failed`: requests for a page
    that failed. `puffs`: batches of the balloon that could not be completed. `lent`: pages by which
    the balloon has grown at the end. `returned`: pages that listeners gave back. `unused`: pages
    that were still in the balloon when the first process was killed.
    """

    verdict: str
    downtime_us: int | None
    longest_us: int | None
    rounds: int
    kills: int
    polls: int
    reaper_us: int
    failed: int
    puffs: int
    lent: int
    returned: int
    unused: int
    ended_us: int


def measure(point: Point) -> Row:
    """Run one point. Raises InputError for settings that the scenario does not take."""
    trace = run(point.scenario, point.remedy, dict(point.settings), point.seed)
    killed = kills(trace)
    puffs = sum(e.op == "log" and str(e.result).startswith(OUT_OF_PUFF) for e in trace.events)
    return Row(
        trace.verdict,
        downtime_us(trace),
        longest_request_us(trace),
        rounds(trace),
        len(killed),
        tries_in_vain(trace, "oom_lock"),
        longest_wait_us(trace, "oom_reaper", "oom_lock"),
        failed_allocations(trace),
        puffs,
        in_balloon(trace, trace.ended_at_us) - in_balloon(trace, -1),
        pages_returned(trace),
        in_balloon(trace, killed[0].at_us) if killed else 0,
        trace.ended_at_us,
    )


def in_balloon(trace: Trace, at_us: int) -> int:
    """Pages in the balloon at a moment; 0 where there is none."""
    return int(trace.values_at(at_us).get(BALLOON, 0))
