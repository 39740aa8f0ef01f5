"""From a reading of a log to its story."""

from __future__ import annotations

from dataclasses import replace

from oomlab.logs.story import early, in_chain, kills, waiting
from oomlab.logs.story.findings import Material, Rule, find
from oomlab.logs.story.nearest import nearest
from oomlab.logs.story.reading import bounded, readings_of
from oomlab.logs.story.reports import LogReading
from oomlab.logs.story.standings import scene
from oomlab.logs.story.storm import storm_of
from oomlab.logs.story.story import SEVERITIES, Story
from oomlab.logs.story.trace import trace_of
from oomlab.logs.story.waits import waits_of
from oomlab.logs.whole_log import Log

RULES: tuple[Rule, ...] = (
    waiting.circle,
    in_chain.request_inside,
    in_chain.stuck_in_the_chain,
    waiting.in_the_killer,
    waiting.behind_a_listener,
    waiting.behind_oom_lock,
    waiting.changing_the_chain,
    waiting.lockdep,
    kills.no_kill,
    early.needless,
    early.waiting_limit,
    kills.reaper,
    kills.storm,
    kills.may_not_kill,
    kills.by_kswapd,
    kills.notices,
    waiting.places,
    kills.ordinary,
    waiting.hangs,
)
"""In the order in which they speak within one weight."""


MOST_BOOTS = 8
"""Boots of one log that are looked at, the latest (our choice)."""


def explain(read: Log) -> Story:
    """What a log tells: of several boots, what the worst of them was."""
    readings = [*readings_of(read)]
    first = max(len(readings) - MOST_BOOTS, 0)
    stories = [
        replace(story_of(one), boot=(number, len(readings)))
        for number, one in enumerate(readings[first:], start=first + 1)
    ]
    return min(reversed(stories), key=_weight)


def _weight(story: Story) -> int:
    return SEVERITIES.index(story.severity)


def story_of(reading: LogReading) -> Story:
    """What a log tells."""
    storm = storm_of(reading.ooms, reading.times)
    kept = bounded(reading)
    known = scene(kept.sightings, kept.release)
    trace = trace_of(kept, known)
    waits = waits_of(trace, known)
    found = find(Material(reading, known, waits, storm), RULES)
    match, why = nearest(reading, known, waits)
    zone = next((oom.zone for oom in reversed(reading.ooms) if oom.zone is not None), None)
    return Story(found, waits, trace, storm, zone, match, why, waits.unsaid)
