"""The balloon's array of page numbers: what a batch has written, and what the host reads of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.parts import MARGIN, Key, label, legend
from oomlab.figures.svg import WIDTH, Markup, element, group, line
from oomlab.listeners.pfn_array import ARRAY_PFNS_MAX, Announcement

_CELL = 12.5
_LEFT = MARGIN + 36.0
_TOP = 34.0

_LOOKS = {
    "told": ("runs", "written and read by the host"),
    "stale": ("blocked", "read by the host, not written"),
    "untold": ("waits", "written, not read"),
    "overrun": ("polls", "written behind the end"),
    "free": ("muted", "neither"),
}
"""State of an entry -> its colour, and what it means. The forms differ as well: see `_mark`."""


def draw_pfn_array(told: Announcement, title: str, *, key: str = "") -> Figure:
    """Draw the array after one batch; give different keys to two copies on one page."""
    states = {i: _state(told, i) for i in range(len(told.slots))}
    used = [state for state in _LOOKS if state in states.values()]
    description = f"The host reads the first {told.length} of {ARRAY_PFNS_MAX} entries."

    def draw(width: float) -> Sheet:
        cells = _Cells(32 if width >= WIDTH else 16)
        parts: list[Markup] = [label(MARGIN, 16, cells.words)]
        parts += [
            label(_LEFT - 8, cells.y(first) + _CELL / 2, str(first), ink="muted", anchor="end")
            for first in range(0, ARRAY_PFNS_MAX, cells.numbered)
        ]
        parts += [cells.draw(state, (i for i, s in states.items() if s == state)) for state in used]
        bottom = cells.y(ARRAY_PFNS_MAX)
        if told.overrun:
            parts.append(
                line(_LEFT, bottom - 3, _LEFT + cells.columns * _CELL, bottom - 3,
                     class_="oom-blocked", stroke="currentColor", stroke_width=2)
            )  # fmt: skip
            text = str(ARRAY_PFNS_MAX)
            parts.append(label(_LEFT - 8, bottom + _CELL / 2, text, ink="blocked", anchor="end"))
            bottom += _CELL + 6
        keys = [Key(_sample(state), _CELL, _LOOKS[state][1]) for state in used]
        key_parts, height = legend(keys, bottom + 4, width)
        return Sheet([*parts, key_parts], bottom + height + 8)

    return drawn(draw, title, description, _twin(told, title, description), key=key)


def _state(told: Announcement, entry: int) -> str:
    written, read = entry in told.written, entry < told.length
    if written and entry >= ARRAY_PFNS_MAX:
        return "overrun"
    if written:
        return "told" if read else "untold"
    return "stale" if read else "free" if entry < ARRAY_PFNS_MAX else "outside"


@dataclass(frozen=True)
class _Cells:
    """Where the entries of the array are, with so many in a row."""

    columns: int

    @property
    def words(self) -> str:
        return f"{ARRAY_PFNS_MAX} entries, {self.columns} a row"

    @property
    def numbered(self) -> int:
        """Every so many entries there is a number in the margin."""
        return max(self.columns, 32)

    def y(self, entry: int) -> float:
        """Upper edge of an entry's cell; what lies behind the array stands apart from it."""
        apart = 6 if entry >= ARRAY_PFNS_MAX else 0
        return _TOP + (entry // self.columns) * (_CELL + 3) + apart

    def draw(self, state: str, entries: Iterable[int]) -> Markup:
        """All entries in one state as a single path, which keeps the picture small."""
        path = "".join(_mark(state, _LEFT + (i % self.columns) * _CELL, self.y(i)) for i in entries)
        return _drawn(state, path)


def _mark(state: str, x: float, y: float) -> str:
    """The outline of a cell; in it a cross for what is read and was not written, a dot for what was
    written and is not read."""
    side = _CELL - 2.5
    path = f"M{x:.1f} {y:.1f}h{side}v{side}h-{side}z"
    if state == "stale":
        path += f"l{side} {side}M{x:.1f} {y + side:.1f}l{side} -{side}"
    elif state == "untold":
        path += f"M{x + 3.5:.1f} {y + side / 2:.1f}h3v.1h-3z"
    return path


def _sample(state: str) -> Markup:
    return group(_drawn(state, _mark(state, 0, -_CELL / 2 + 1)))


def _drawn(state: str, path: str) -> Markup:
    return element(
        "path",
        class_=f"oom-{_LOOKS[state][0]}",
        d=path,
        fill="currentColor" if state in ("told", "overrun") else "none",
        stroke="currentColor",
        stroke_width=0.6 if state == "free" else 1.4,
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
