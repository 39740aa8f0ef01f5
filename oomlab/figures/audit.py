"""A list of places in the code that ask for memory, each marked: may it wait there, or not?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.parts import MARGIN, Key, bar, label, legend, swatch
from oomlab.figures.svg import WIDTH, Markup, element, group
from oomlab.figures.text import wrapped

_LINE = 19
_GAP = 11
_MARK = 26
_INDENT = 18


class RequestPlace(NamedTuple):
    """One place: the functions that lead to the request, the locks held there that an OOM callback
    takes, and whether the request may wait."""

    path: tuple[str, ...]
    locks: tuple[str, ...]
    waits: bool


def draw_audit(places: Sequence[RequestPlace], title: str) -> Figure:
    """One entry for each place, in the order given."""

    def draw(width: float) -> Sheet:
        samples = [swatch("blocked")._replace(text="may wait for memory"), _plain("does not wait")]
        keys, top = legend(samples, MARGIN / 2, width)
        parts = [keys]
        top += MARGIN / 2 + _GAP
        for place in places:
            entry, height = _entry(place, top, width)
            parts.append(entry)
            top += height + _GAP
        return Sheet(parts, top)

    waiting = sum(place.waits for place in places)
    description = f"{waiting} of {len(places)} places may wait for memory."
    return drawn(draw, title, description, "\n".join([description, *map(_in_words, places)]))


def _entry(place: RequestPlace, top: float, width: float) -> tuple[Markup, float]:
    narrow = width < WIDTH
    mark, indent = (_MARK / 2, _INDENT / 2) if narrow else (_MARK, _INDENT)
    left = MARGIN + mark + 8
    room = width - MARGIN - left - indent
    held = wrapped(_where(place), room)
    lines = wrapped(" › ".join(place.path), room) + held
    code = len(lines) - len(held)
    height = _LINE * len(lines)
    shown = [
        label(
            left + (indent if 0 < i < code else 0),
            top + _LINE * (i + 0.5),
            text,
            ink="ink" if i < code else "muted",
        )
        for i, text in enumerate(lines)
    ]
    box = MARGIN, top + 2, mark, height - 4
    sign = bar("blocked", *box) if place.waits else _outline(*box)
    return group(sign, *shown), height


def _outline(x: float, y: float, width: float, height: float) -> Markup:
    return element(
        "rect",
        class_="oom-muted",
        fill="none",
        stroke="currentColor",
        stroke_width=1.2,
        x=x,
        y=y,
        width=width,
        height=height,
    )


def _plain(text: str) -> Key:
    return Key(_outline(0, -7, 28, 14), 28, text)


def _where(place: RequestPlace) -> str:
    return f"with {' and '.join(place.locks)} held"


def _in_words(place: RequestPlace) -> str:
    how = "may wait for memory" if place.waits else "does not wait"
    return f"{' calls '.join(place.path)}, {_where(place)}: {how}."
