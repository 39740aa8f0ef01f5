"""What changed since 4.13, as the book shows it: the registry of differences as a table."""

from __future__ import annotations

import re
from itertools import groupby

from oomlab.evidence.history import COMMITS
from oomlab.kernel.releases import DIFFERENCES, Difference
from oomlab.kernel_release import KernelRelease

YEARS: dict[KernelRelease, int] = {
    KernelRelease(major, minor): year
    for (major, year), minors in {
        (4, 2017): (13, 14),
        (4, 2018): (15, 16, 17, 18, 19, 20),
        (5, 2019): (0, 1, 2, 3, 4),
        (5, 2020): (5, 6, 7, 8, 9, 10),
        (5, 2021): (11, 12, 13, 14, 15),
        (5, 2022): (16, 17, 18, 19),
        (6, 2022): (0, 1),
        (6, 2023): (2, 3, 4, 5, 6),
        (6, 2024): (7, 8, 9, 10, 11, 12),
        (6, 2025): (13, 14, 15, 16, 17, 18),
        (7, 2026): (0, 1, 2, 3),
    }.items()
    for minor in minors
}
"""When a release came out."""

_HASH = re.compile(r"\b([0-9a-f]{12})\b(?! in its)")


def changes_markdown() -> str:
    """All differences, the oldest first, in two columns, which fit a narrow page: the release; what
    changed, where it shows, and what that rests on."""
    rows = ["| Linux | What changed |", "|---|---|"]
    for since, together in groupby(DIFFERENCES.values(), key=lambda one: one.since):
        for place, one in enumerate(together):
            release = "" if place else f"**{since}**, {YEARS[since]}"
            rows.append(f"| {release} | {_told(one)} |")
    return "\n".join(rows)


def _told(one: Difference) -> str:
    until = f" (Until {one.until}.)" if one.until else ""
    none = f" *{one.why_none}*" if one.why_none else ""
    source = _HASH.sub(rf"[`\1`]({COMMITS}\1)", one.source)
    shown = ", ".join(map(_link, one.shows))
    rests = f"{'; ' if shown else ''}rests on: {source}"
    return f"{one.what}{until}{none} <br>{f'See {shown}' if shown else ''}{rests}"


def _link(place: str) -> str:
    page, _, anchor = place.partition("#")
    words = anchor.replace("-", " ") if "-" in anchor else f"{page}: {anchor}"
    return f'<a href="{page}.html#{anchor}">{words[0].upper()}{words[1:]}</a>'
