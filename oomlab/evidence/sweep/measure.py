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
from oomlab.experiment import Experiment

BALLOON = "balloon"
OUT_OF_PUFF = "virtio_balloon: Out of puff!"


CAME_TO_AN_END = ("completed", "recovered", "panic")
"""Verdicts that do not depend on how long a run was watched."""


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
    experiment = Experiment.of(point.scenario, point.remedy, dict(point.settings), point.seed)
    trace = experiment.run(foresee=True)
    if trace.verdict not in CAME_TO_AN_END:
        # When a run is found to go round in circles depends on how many steps were simulated.
        trace = experiment.run()
    return measured(trace)


def measured(trace: Trace) -> Row:
    """A run in numbers."""
    killed = kills(trace)
    puffs = sum(e.op == "log" and str(e.result).startswith(OUT_OF_PUFF) for e in trace.events)
    first, at_kill, last = in_balloon(trace, killed[0].at_us if killed else None)
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
        last - first,
        pages_returned(trace),
        at_kill,
        trace.ended_at_us,
    )


def in_balloon(trace: Trace, at_us: int | None) -> tuple[int, int, int]:
    """Pages in the balloon at first, at a moment (0 for None) and at the end; 0 where there is
    none."""
    first = next((int(slot.initial) for slot in trace.slots if slot.name == BALLOON), 0)
    at_moment, now = (0 if at_us is None else first), first
    for event in trace.events:
        if BALLOON in event.changes:
            now = int(event.changes[BALLOON])
            if at_us is not None and event.at_us <= at_us:
                at_moment = now
    return first, at_moment, now
