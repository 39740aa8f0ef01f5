"""Which share of the time somebody stood still for want of memory, as a kernel counts it.

/proc/pressure/memory (kernel/sched/psi.c) counts a task as stalled while it reclaims or compacts
for its own request, asleep or not (psi_memstall_enter, called around both). Who waits for oom_lock,
naps before its next try, or sleeps in a listener's callback is not counted, however long it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import NamedTuple

from oomlab.analysis.episodes.once import events_of
from oomlab.analysis.stretches import Stretch, stretches
from oomlab.checked import checked
from oomlab.engine.trace.events import Event, Trace
from oomlab.errors import InputError
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "Pressure",
        "Whoever is not stalled runs for no time in the model, so that some and full are the same. "
        "Tasks that poll are taken not to be in step.",
    ),
)

STALLED_IN = frozenset({"try_to_free_pages", "try_to_compact_pages"})
"""The routines that the kernel counts."""


class _Piece(NamedTuple):
    """From when to when a task is stalled for this share of the time."""

    start_us: int
    end_us: int
    share: float


@checked
def memory_pressure(trace: Trace, until_s: float) -> float:
    """The share of the first `until_s` seconds in which somebody was stalled on memory, from 0 to
    1. A machine that has locked up is taken to stay as it is.

    Raises InputError for a time that is not above 0, and for a replayed schedule.
    """
    if trace.engine != "clock":
        raise InputError("a replayed schedule has no seconds; valid: a timed run")
    if not until_s > 0:
        raise InputError(f"until_s cannot be {until_s:g}; valid: more than 0")
    until_us = round(until_s * 1_000_000)
    edges: list[tuple[int, float, int]] = []
    for piece in _pieces(trace, until_us):
        edges += [(piece.start_us, piece.share, 1), (min(piece.end_us, until_us), piece.share, -1)]
    stalled, since_us, active = 0.0, 0, dict[float, int]()
    for at_us, share, change in sorted(edges):
        if at_us > since_us:
            stalled += (at_us - since_us) * (1 - prod((1 - s) ** n for s, n in active.items()))
            since_us = at_us
        active[share] = active.get(share, 0) + change
    return stalled / until_us


def _pieces(trace: Trace, until_us: int) -> Iterator[_Piece]:
    places = {
        task.name: {id(event): n for n, event in enumerate(events_of(trace)[task.name])}
        for task in trace.tasks
    }
    for stretch in stretches(trace, until_us):
        if stretch.start_us >= until_us:
            continue
        mine = events_of(trace)[stretch.task]
        share = _share(stretch, mine, places[stretch.task][id(stretch.event)])
        if share and stretch.end_us > stretch.start_us:
            yield _Piece(stretch.start_us, stretch.end_us, share)


def _share(stretch: Stretch, mine: Sequence[Event], place: int) -> float:
    """For which share of a stretch its task is stalled."""
    event = stretch.event
    if event.condition in ("polling", "polled"):
        return _of_a_poll(mine, place)
    waits = event.condition in ("sleeps", "blocked")
    return float(waits and not STALLED_IN.isdisjoint(event.stack))


def _of_a_poll(mine: Sequence[Event], place: int) -> float:
    """The same for a task that polls: its last recorded round stands for the others."""
    while mine[place].condition != "polling":
        place -= 1
    ends_us, stalled_us = mine[place].at_us, 0
    for event in reversed(mine[:place]):
        if event.op == "sleep":
            return stalled_us / (ends_us - event.at_us)
        if event.until_us is not None and not STALLED_IN.isdisjoint(event.stack):
            stalled_us += event.until_us - event.at_us
    return 0.0
