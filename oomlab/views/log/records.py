"""The records of a log as one table: those that say the same, but for numbers, are one row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from oomlab.figures.svg import Markup
from oomlab.logs import Incident, Log
from oomlab.logs.sentences import additions, sentence
from oomlab.views.log.html import folded, joined, listed, table, tag

MOST_ROWS = 30
"""Rows of the table (our choice)."""
_NUMBER = re.compile(r"[0-9]+")


def record_section(log: Log) -> Iterator[Markup]:
    """The table, and how many records it leaves out."""
    groups: dict[str, list[Incident]] = {}
    for one in log.incidents:
        groups.setdefault(_NUMBER.sub("0", sentence(one)), []).append(one)
    if not groups:
        return
    alike = list(groups.values())
    left = sum(map(len, alike[MOST_ROWS:])) + log.counts.dropped
    yield folded(
        f"All records ({len(log.incidents) + log.counts.dropped:,})",
        table(
            "Records of the log",
            ["What", "First line", "When", "How many alike"],
            map(_row, alike[:MOST_ROWS]),
        ),
        tag("p", f"And {left:,} more records.") if left else "",
    )


def _row(alike: list[Incident]) -> list[str]:
    one = alike[0]
    place = one.place
    when = f"{place.boot_us / 1e6:,.3f} s" if place.boot_us is not None else place.wall or ""
    more = listed(additions(one))
    what = joined(sentence(one), folded("More of it", more) if more else "")
    return [what, f"{place.first:,}", when, f"{len(alike):,}"]
