"""Moments of a log on one axis: microseconds since the boot, else since the first date, else lines.

A log of several boots is cut into boots: what was before a restart says nothing about after it.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from oomlab.logs.incidents import Incident
from oomlab.logs.story.reports import Times

RESTART_US = 60_000_000
"""A clock that goes back by more than this, to a time that is less than it was by half, belongs to
another boot (our choice): records that two processors interleave are moments apart."""

_FORMS = (
    "%b %d %H:%M:%S",
    "%b %d %H:%M:%S.%f",
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %H:%M:%S.%f %Y",
    "%d/%m/%Y %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
)
_ZONE = re.compile(r"(?:Z|[+-][0-9]{2}:?[0-9]{2})$")


@dataclass(frozen=True)
class Boot:
    """The incidents of one boot with their moments, in the order of the log."""

    times: Times
    began: str
    incidents: tuple[Incident, ...]
    moments: tuple[int, ...]


def boots(incidents: Sequence[Incident], starts: Sequence[int] = ()) -> Iterator[Boot]:
    """The boots of a log, in order; one without anything for a log in which nothing is. `starts`:
    lines with which a kernel begins: where no clock says it, these part the boots."""
    mine: list[Incident] = []
    latest_us = 0
    for one in incidents:
        at_us = one.place.boot_us
        if mine and bisect(starts, mine[-1].place.first) < bisect(starts, one.place.first):
            yield _boot(mine)
            mine, latest_us = [], 0
        if at_us is not None:
            if latest_us - at_us > RESTART_US and at_us * 2 < latest_us:
                yield _boot(mine)
                mine, latest_us = [], 0
            latest_us = max(latest_us, at_us)
        mine.append(one)
    yield _boot(mine)


def _boot(incidents: Sequence[Incident]) -> Boot:
    found = tuple(incidents)
    if any(one.place.boot_us is not None for one in found):
        return Boot("boot", "", found, _filled([one.place.boot_us for one in found]))
    dates = [wall_us(one.place.wall) for one in found]
    first = next((at_us for at_us in dates if at_us is not None), None)
    if first is None:
        return Boot("lines", "", found, tuple(one.place.first for one in found))
    began = next(one.place.wall or "" for one in found if wall_us(one.place.wall) is not None)
    since = [None if at_us is None else max(at_us - first, 0) for at_us in dates]
    return Boot("wall", began, found, _filled(since))


def _filled(moments: Sequence[int | None]) -> tuple[int, ...]:
    """Who has no time has that of the record before, and so has who stands after a later one: lines
    that two processors write are moments apart and not always in order."""
    found, latest = [], next((at_us for at_us in moments if at_us is not None), 0)
    for at_us in moments:
        latest = latest if at_us is None else max(latest, at_us)
        found.append(latest)
    return tuple(found)


def wall_us(text: str | None) -> int | None:
    """A date of a log in microseconds since some moment; None for what is none. A date without a
    year is taken for one of 2000."""
    if not text or len(text) > 60:
        return None
    plain = _ZONE.sub("", text.strip())
    try:
        when = datetime.fromisoformat(plain)
    except ValueError:
        found = next((w for form in _FORMS if (w := _parsed(plain, form)) is not None), None)
        if found is None:
            return None
        when = found
    return int((when - datetime(2000, 1, 1)).total_seconds() * 1_000_000)


def _parsed(text: str, form: str) -> datetime | None:
    try:
        if "%Y" in form:
            return datetime.strptime(text, form)
        return datetime.strptime(f"{text} 2000", f"{form} %Y")
    except ValueError:
        return None
