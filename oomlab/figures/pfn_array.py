"""The balloon's array of page numbers: what a batch has written, and what the host reads of it."""

from __future__ import annotations

from collections.abc import Iterable

from oomlab.figures.figure import Figure
from oomlab.figures.parts import MARGIN, Key, label, legend
from oomlab.figures.style import PATTERNS
from oomlab.figures.svg import Markup, document, element, group, line, reference
from oomlab.listeners.pfn_array import ARRAY_PFNS_MAX, Announcement

_COLUMNS = 32
_CELL = 12.5
_LEFT = MARGIN + 46.0
_TOP = 34.0

_LOOKS = {
    "told": ("runs", "written and read by the host"),
    "stale": ("blocked", "read by the host, not written"),
    "untold": ("waits", "written, not read"),
    "overrun": ("polls", "written behind the end"),
    "free": ("muted", "neither"),
}
"""State of an entry -> its style, and what it means."""


def draw_pfn_array(told: Announcement, title: str, *, key: str = "") -> Figure:
    """Draw the array after one batch; give different keys to two copies on one page."""
    states = {i: _state(told, i) for i in range(len(told.slots))}
    used = [state for state in _LOOKS if state in states.values()]
    description = f"The host reads the first {told.length} of {ARRAY_PFNS_MAX} entries."
    rows = range(0, ARRAY_PFNS_MAX, _COLUMNS)
    parts: list[Markup] = [label(MARGIN, 16, f"{ARRAY_PFNS_MAX} entries, {_COLUMNS} a row")]
    parts += [
        label(_LEFT - 8, _y(first) + _CELL / 2, str(first), ink="muted", anchor="end")
        for first in rows
    ]
    parts += [_cells(state, (i for i, s in states.items() if s == state)) for state in used]
    bottom = _y(ARRAY_PFNS_MAX)
    if told.overrun:
        parts.append(
            line(_LEFT, bottom - 3, _LEFT + _COLUMNS * _CELL, bottom - 3, class_="oom-blocked",
                 stroke="currentColor", stroke_width=2)
        )  # fmt: skip
        parts.append(
            label(_LEFT - 8, bottom + _CELL / 2, str(ARRAY_PFNS_MAX), ink="blocked", anchor="end")
        )
        bottom += _CELL + 6
    keys = [Key(_sample(state), _CELL, _LOOKS[state][1]) for state in used]
    drawn, height = legend(keys, bottom + 4)
    svg = document([*parts, drawn], bottom + height + 8, title, description, key)
    return Figure(svg, title, description, _twin(told, title, description))


def _state(told: Announcement, entry: int) -> str:
    written, read = entry in told.written, entry < told.length
    if written and entry >= ARRAY_PFNS_MAX:
        return "overrun"
    if written:
        return "told" if read else "untold"
    return "stale" if read else "free" if entry < ARRAY_PFNS_MAX else "outside"


def _y(entry: int) -> float:
    """Upper edge of an entry's cell; what lies behind the array stands apart from it."""
    return _TOP + (entry // _COLUMNS) * (_CELL + 3) + (6 if entry >= ARRAY_PFNS_MAX else 0)


def _cells(state: str, entries: Iterable[int]) -> Markup:
    """All entries in one state as a single path, which keeps the picture small."""
    side = _CELL - 2.5
    path = "".join(
        f"M{_LEFT + (i % _COLUMNS) * _CELL:.1f} {_y(i):.1f}h{side}v{side}h-{side}z" for i in entries
    )
    return _drawn(state, path)


def _sample(state: str) -> Markup:
    side = _CELL - 2.5
    return group(_drawn(state, f"M0 {-side / 2}h{side}v{side}h-{side}z"))


def _drawn(state: str, path: str) -> Markup:
    style = _LOOKS[state][0]
    fill = reference(style) if style in PATTERNS else "currentColor"
    return element(
        "path",
        class_=f"oom-{style}",
        d=path,
        fill="none" if state == "free" else fill,
        stroke="currentColor",
        stroke_width=0.6 if state == "free" else 1.2,
    )


def _twin(told: Announcement, title: str, description: str) -> str:
    lines = [f"{title}.", description]
    lines += [
        f"Entry {i} is read although it was not written: it says {told.slots[i]}."
        for i in told.stale
    ]
    if told.untold:
        lines.append(
            f"{len(told.untold)} of {len(told.lent)} units lent are not in what the host reads:"
            f" {_spans(told.untold)}."
        )
    if told.overrun:
        lines.append(f"Entries {_spans(told.overrun)} lie behind the end of the array.")
    if not (told.stale or told.untold or told.overrun):
        lines.append(f"It reads all {len(told.lent)} units lent and nothing else.")
    return "\n".join(lines)


def _spans(numbers: tuple[int, ...]) -> str:
    first, last = min(numbers), max(numbers)
    return str(first) if first == last else f"{first} to {last}"
