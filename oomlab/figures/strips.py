"""Strips: what each of a few things does or is, side by side, from left to right.

The opening picture of a chapter is made of them. They are as wide as their place, on a phone as on
a desk, and their text keeps its size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import InputError
from oomlab.figures.figure import Figure
from oomlab.figures.style import PATTERNS
from oomlab.figures.svg import Markup, element, fluid, group, reference
from oomlab.figures.text import FONT_SIZE, text_width

NARROWEST_EM = 20.0
"""Width of the narrowest place (280 pixels, a panel's inside at 320), in letters' heights: what is
written must fit."""

_NAME, _BAR, _GAP, _AXIS = 1.5, 1.6, 0.55, 1.7
_RIGHT = 94.0
"""Strips end here, in %, where something stands at the end: an arrow's head, or a cross."""


@brief
@dataclass(frozen=True)
class Band:
    """A part of a strip, from `begin` to `end` (0 to 1), in a `style` of figures/style.py, "empty"
    for a frame without filling; `text` stands in it."""

    begin: float
    end: float
    style: str
    text: str = ""


@brief
@dataclass(frozen=True)
class Strip:
    """One row: its `name` above it (none takes no room), what is to be said of it at the right
    (`note`), its bands, the places of its crosses, and whether its last band is `endless`.
    `thing`: the kernel's name of what it is about."""

    name: str
    bands: tuple[Band, ...] = ()
    note: str = ""
    thing: str = ""
    crosses: tuple[float, ...] = ()
    endless: bool = False


@checked
def draw_strips(
    strips: Sequence[Strip],
    title: str,
    says: Sequence[str],
    ticks: Sequence[tuple[float, str]] = (),
    *,
    key: str = "",
) -> Figure:
    """Draw the strips, the first at the top. `says`: all of it in words, a statement a line, for
    those who do not see it. `ticks`: marks of the axis below, each with its text. Give different
    keys to two copies on one page.

    Raises InputError without strips, for a band that ends before it begins, and for words that
    have no room on a phone.
    """
    if not strips:
        raise InputError("a picture of strips needs at least one")
    right = _RIGHT if any(s.endless or max(s.crosses, default=0) > 0.95 for s in strips) else 99.6
    parts: list[Markup] = []
    y = 0.0
    for strip in strips:
        _check(strip)
        parts.append(group(*_row(strip, y, right), data_thing=strip.thing or None))
        y += (_NAME if strip.name else 0) + (_BAR if strip.bands else 0) + _GAP
    if ticks:
        parts += _axis(ticks, y, right)
        y += _AXIS
    description = " ".join(says)
    svg = fluid(parts, round(y, 2), title, description, key)
    return Figure(svg, title, description, "\n".join([f"{title}.", *says]))


def _check(strip: Strip) -> None:
    for band in strip.bands:
        if not 0 <= band.begin <= band.end <= 1:
            raise InputError(f"a band of {strip.name!r} goes from 0 to 1, onwards: {band}")
        room = (band.end - band.begin) * NARROWEST_EM * _RIGHT / 100
        if band.text and _em(band.text) + 0.4 > room:
            raise InputError(f"{band.text!r} has no room in {strip.name!r} on a phone")
    if _em(strip.name, bold=True) + _em(strip.note) + 0.8 > NARROWEST_EM:
        raise InputError(f"{strip.name!r} and {strip.note!r} do not fit into one line on a phone")


def _row(strip: Strip, top: float, right: float) -> Iterator[Markup]:
    if strip.name:
        yield _text(0.2, top + _NAME - 0.45, strip.name, class_="oom-name")
    if strip.note:
        yield _text(99.8, top + _NAME - 0.45, strip.note, anchor="end", class_="oom-muted")
    top += _NAME if strip.name else 0
    for band in strip.bands:
        yield from _band(band, top, right)
    for at in strip.crosses:
        yield _at(_percent(at, right), top + _BAR / 2, _cross())
    if strip.endless:
        style = strip.bands[-1].style
        yield _at(f"{right:g}%", top, _head(style))


def _band(band: Band, top: float, right: float) -> Iterator[Markup]:
    style = band.style
    width = f"{(band.end - band.begin) * right:.2f}%"
    empty = style == "empty"
    yield element(
        "rect",
        class_="oom-muted" if empty else f"oom-{style}",
        fill="none" if empty else reference(style) if style in PATTERNS else "currentColor",
        stroke="currentColor",
        stroke_width=1.2,
        stroke_dasharray="5 4" if empty else None,
        x=_percent(band.begin, right),
        y=f"{top:g}em",
        width=width,
        height=f"{_BAR:g}em",
    )
    if band.text:
        middle = _percent((band.begin + band.end) / 2, right)
        yield _at(middle, top + _BAR / 2, _plate(band.text))


def _plate(text: str) -> Markup:
    """Text that can be read over any pattern, its middle at 0, 0."""
    half = _em(text) / 2 + 0.25
    ground = element(
        "rect",
        class_="oom-paper",
        fill="currentColor",
        x=f"{-half:.2f}em",
        y="-0.62em",
        width=f"{2 * half:.2f}em",
        height="1.24em",
        rx=3,
    )
    return group(ground, element("text", text, y="0.35em", text_anchor="middle"))


def _cross() -> Markup:
    """Somebody is killed, or something goes wrong."""
    return group(
        element("circle", r="0.62em", class_="oom-paper", fill="currentColor"),
        element("path", d="M-4.5 -4.5L4.5 4.5M-4.5 4.5L4.5 -4.5", stroke="currentColor",
                stroke_width=2.6, fill="none"),
    )  # fmt: skip


def _head(style: str) -> Markup:
    """The end of what does not end, as high as a bar."""
    half = _BAR * FONT_SIZE / 2
    path = f"M0 -3L14 {half:.1f}L0 {2 * half + 3:.1f}Z"
    return element("path", d=path, class_=f"oom-{style}", fill="currentColor")


def _axis(ticks: Sequence[tuple[float, str]], top: float, right: float) -> Iterator[Markup]:
    yield element("line", x1="0.2%", x2=f"{right:g}%", y1=f"{top:g}em", y2=f"{top:g}em",
                  class_="oom-muted", stroke="currentColor")  # fmt: skip
    for at, text in ticks:
        x = _percent(at, right)
        yield element("line", x1=x, x2=x, y1=f"{top:g}em", y2=f"{top + 0.35:g}em",
                      class_="oom-muted", stroke="currentColor")  # fmt: skip
        anchor = "start" if at < 0.08 else "end" if at > 0.92 else "middle"
        yield _text(at * right, top + 1.4, text, anchor=anchor, class_="oom-muted")


def _text(x: float, y: float, text: str, *, anchor: str | None = None, class_: str) -> Markup:
    return element("text", text, x=f"{x:.2f}%", y=f"{y:.2f}em", text_anchor=anchor, class_=class_)


def _at(x: str, y: float, drawing: Markup) -> Markup:
    """A drawing in units of its own, its origin at a place of the picture."""
    return element("svg", drawing, x=x, y=f"{y:.2f}em", overflow="visible", width=1, height=1)


def _percent(at: float, right: float) -> str:
    return f"{0.2 + at * (right - 0.2):.2f}%"


def _em(text: str, *, bold: bool = False) -> float:
    return text_width(text, 1, bold=bold)
