"""Pieces that all pictures share: text, labels on plates, swatches, legends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from oomlab.figures.style import PATTERNS
from oomlab.figures.svg import Markup, element, group, line, reference
from oomlab.figures.text import FONT_SIZE, text_width, wrapped

MARGIN = 12
"""Room at the left and right edge."""

_SWATCH_WIDTH = 28
_SWATCH_HEIGHT = 14
_ROW = 22
_LINE = 17
_BASELINE = 5
"""From the middle of a line of text down to its baseline."""


LINES = ("idle", "done", "unknown")
"""States that are drawn as a line, not as a bar."""


class Key(NamedTuple):
    """One entry of a legend: a small drawing `width` wide, centred on y = 0, and its meaning."""

    drawing: Markup
    width: float
    text: str


def label(
    x: float, middle: float, text: str, *, ink: str = "ink", anchor: str | None = None
) -> Markup:
    """Text whose middle is at height `middle`."""
    return element(
        "text",
        text,
        x=x,
        y=middle + _BASELINE,
        class_=f"oom-{ink}" if ink != "ink" else None,
        text_anchor=anchor,
    )


def plate(x: float, middle: float, *lines: str, ink: str = "ink") -> Markup:
    """Text on a small plate of its own, readable over any pattern; `x` is its left edge."""
    width = plate_width(*lines)
    first = middle - _LINE * (len(lines) - 1) / 2
    return group(
        element(
            "rect",
            class_="oom-paper",
            fill="currentColor",
            x=x,
            y=first - _LINE / 2,
            width=width,
            height=_LINE * len(lines),
            rx=3,
        ),
        *(
            label(x + width / 2, first + _LINE * i, text, ink=ink, anchor="middle")
            for i, text in enumerate(lines)
        ),
    )


def plate_width(*lines: str) -> float:
    """Width of a plate with this text."""
    return max(map(text_width, lines)) + 8


def bar(style: str, x: float, y: float, width: float, height: float) -> Markup:
    """A bar in the pattern and colour of `style`."""
    filled = reference(style) if style in PATTERNS else "currentColor"
    return element(
        "rect",
        class_=f"oom-{style}",
        fill=filled,
        stroke="currentColor",
        stroke_width=1.2,
        x=x,
        y=y,
        width=width,
        height=height,
    )


def quiet_bar(x: float, y: float, width: float, height: float) -> Markup:
    """A bar of something that waits for nobody: an amount, a part of a whole."""
    return element("rect", class_="oom-muted", fill="currentColor", fill_opacity="0.22",
                   stroke="currentColor", stroke_width=1.2, x=x, y=y, width=width,
                   height=height)  # fmt: skip


def swatch(style: str) -> Key:
    """The legend's sample of a state or of a lock; its text is to be replaced."""
    return Key(state_sign(style, 0, 0, _SWATCH_WIDTH, _SWATCH_HEIGHT), _SWATCH_WIDTH, "")


def thin_line(x1: float, x2: float, y: float, *, broken: bool = False) -> Markup:
    """The line of a task that has nothing to do or, `broken`, of which nothing is known."""
    return line(
        x1,
        y,
        x2,
        y,
        class_="oom-muted",
        stroke="currentColor",
        stroke_width=1.2,
        stroke_dasharray="7 5" if broken else None,
    )


def state_sign(state: str, x: float, middle: float, width: float, height: float) -> Markup:
    """What stands for a task in `state`: a bar in its pattern, or a thin line."""
    if state in LINES:
        return thin_line(x, x + width, middle, broken=state == "unknown")
    return bar(state, x, middle - height / 2, width, height)


def legend(keys: Sequence[Key], top: float, width: float) -> tuple[Markup, float]:
    """The keys in rows from `top` on, as many in a row as fit into a picture of this width. Result:
    the drawing, its height."""
    parts: list[str] = []
    x, y = float(MARGIN), top + _ROW / 2
    for key in keys:
        needed = key.width + 6 + text_width(key.text)
        if x > MARGIN and x + needed > width - MARGIN:
            x, y = float(MARGIN), y + _ROW
        parts.append(group(key.drawing, transform=f"translate({x:.1f} {y:.1f})"))
        lines = wrapped(key.text, width - MARGIN - x - key.width - 6)
        for number, text in enumerate(lines):
            y += _LINE if number else 0
            parts.append(label(x + key.width + 6, y, text, ink="muted"))
        x += needed + 18
    return group(*parts), y + _ROW / 2 - top


def said(
    text: str,
    top: float,
    width: float,
    *,
    left: float = MARGIN,
    ink: str = "ink",
    bold: bool = False,
) -> tuple[list[Markup], float]:
    """Text from `left` to the right margin of a picture of this width, in as many lines as it
    needs. Result: the drawing, and where it ends."""
    parts = []
    for line_ in wrapped(text, width - MARGIN - left, bold=bold):
        if bold:
            y = top + _LINE / 2 + _BASELINE
            parts.append(element("text", line_, x=left, y=y, class_="oom-name"))
        else:
            parts.append(label(left, top + _LINE / 2, line_, ink=ink))
        top += _LINE
    return parts, top


def text_lines(x: float, top: float, texts: Sequence[str], *, ink: str = "muted") -> Markup:
    """Several lines of text, the first one's middle half a row below `top`."""
    spacing = FONT_SIZE + 4
    return group(
        *(label(x, top + (i + 0.5) * spacing, text, ink=ink) for i, text in enumerate(texts))
    )
