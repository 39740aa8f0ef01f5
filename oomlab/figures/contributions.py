"""From where the differences between runs come: a bar for each source, with what it may be off."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.parts import MARGIN, Key, bar, label, legend, quiet_bar, said, swatch
from oomlab.figures.svg import Markup, group, line
from oomlab.figures.text import text_width

_BAR = 12.0
_CAP = 4.0
_END = MARGIN + text_width("100 %") / 2


@dataclass(frozen=True, slots=True)
class Contribution:
    """Of one source. `name`: in words, `more`: about it, for the text. `share`: of the differences,
    from 0 to 1, and `within`: how far that may be off, so that it may be a little below 0. `seen`:
    can it be told from nothing?"""

    name: str
    more: str
    share: float
    within: float
    seen: bool

    @property
    def words(self) -> str:
        """The share and its interval, as in "36 %, 31 to 41", or the most that it may be."""
        low, high = (max(0, min(1, self.share + off)) for off in (-self.within, self.within))
        if not self.seen:
            return f"≤ {math.ceil(high * 100)} %"
        return f"{self.share * 100:.0f} %, {low * 100:.0f} to {high * 100:.0f}"


def draw_contributions(sources: Sequence[Contribution], title: str, *, key: str = "") -> Figure:
    """Draw the sources in the order that they have. Give different keys to two copies on a page."""

    def draw(width: float) -> Sheet:
        parts: list[Markup] = []
        y = 4.0
        for source in sources:
            name, y = said(f"{source.name}: {source.words}", y, width)
            parts += name
            parts += _bar(source, y + 3 + _BAR / 2, width)
            y += _BAR + 9
        keys = [
            swatch("runs")._replace(text="can be told from nothing"),
            Key(quiet_bar(0, -7, 28, 14), 28, "cannot"),
            Key(_interval(0, 28, 0), 28, "so at 95 %"),
        ]
        marks = list(_axis(y, width))
        key_parts, height = legend(keys, y + 28, width)
        return Sheet([*marks, *parts, key_parts], y + height + 32)

    twin = [f"{title}."] + [
        f"{source.name}{source.more and f', {source.more}'}: {source.words}.".replace(
            "≤", "at most"
        )
        for source in sources
    ]
    description = "A bar for each source, with the interval in which its share lies at 95 %."
    return drawn(draw, title, description, "\n".join(twin), key=key)


def _x(share: float, width: float) -> float:
    return MARGIN + (width - _END - MARGIN) * min(1.0, max(0.0, share))


def _bar(source: Contribution, middle: float, width: float) -> Iterator[Markup]:
    length = _x(source.share, width) - MARGIN
    if length > 0:
        top = middle - _BAR / 2
        shape = bar("runs", MARGIN, top, length, _BAR) if source.seen else None
        yield shape or quiet_bar(MARGIN, top, length, _BAR)
    left, right = (_x(source.share + off, width) for off in (-source.within, source.within))
    yield _interval(left, right, middle)


def _interval(left: float, right: float, middle: float) -> Markup:
    """From one end to the other, on a paler line that can be seen on a bar as well."""
    ways = (
        (left, middle, right, middle),
        *((x, middle - _CAP, x, middle + _CAP) for x in (left, right)),
    )
    under = [line(*way, class_="oom-paper", stroke="currentColor", stroke_width=4) for way in ways]
    return group(*under, *(line(*way, stroke="currentColor", stroke_width=1.6) for way in ways))


def _axis(y: float, width: float) -> Iterator[Markup]:
    yield line(MARGIN, y, width - _END, y, stroke="currentColor", stroke_width=1.2)
    for percent in (0, 50, 100):
        x, text = _x(percent / 100, width), f"{percent} %"
        yield line(x, y, x, 4, class_="oom-rule", stroke="currentColor")
        yield line(x, y, x, y + 5, stroke="currentColor", stroke_width=1.2)
        yield label(max(MARGIN, x - text_width(text) / 2), y + 17, text)
