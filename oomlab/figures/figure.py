"""What every drawing function returns, and how a picture is drawn for two widths at once.

A picture with letters cannot be shrunk to a phone: its text would be too small to read. So each is
laid out twice, for `WIDTH` and for `NARROW`, by the same function, and the page shows the one that
its place has room for (a container query; see figures/style.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from oomlab.brief import brief
from oomlab.figures.svg import NARROW, WIDTH, document


@brief
@dataclass(frozen=True, slots=True)
class Figure:
    """A picture and everything that stands in for it.

    `svg`: one complete <svg> element, all text in it escaped. `title` and `description`: plain
    text, also inside the svg for screen readers. `twin`: the whole picture in words, plain text,
    one statement a line. Whoever puts plain text into a page escapes it. `html`: one element for a
    page, with the picture for wide places and for narrow ones, and what the hand can move in it.
    """

    svg: str
    title: str
    description: str
    twin: str
    html: str = ""

    def __post_init__(self) -> None:
        if not self.html:
            object.__setattr__(self, "html", f'<div class="oom-fit">{self.svg}</div>')


class Hand(NamedTuple):
    """A place of a picture by which a reader moves a control of the panel around it, in units of
    the picture. Nothing of it shows without a script, or without such a control.

    `label` is its name for those who do not see it. Either a press gives the control `control` the
    value `value`, and `pressed` says whether what it stands for is on; or, with `ends`, it is
    dragged: those are two places and the values there, (x, value, x, value).
    """

    label: str
    control: str
    x: float
    y: float
    width: float
    height: float
    value: str = ""
    pressed: bool = False
    ends: tuple[float, float, float, float] | None = None


class Sheet(NamedTuple):
    """A picture laid out for one width: what is drawn, how high it is, and what can be moved."""

    parts: Sequence[str]
    height: float
    hands: Sequence[Hand] = ()


def drawn(
    draw: Callable[[float], Sheet],
    title: str,
    description: str,
    twin: str,
    *,
    key: str = "",
    scrolls: bool = False,
) -> Figure:
    """The figure that `draw` lays out for the width that it is given. Different keys for two copies
    of a picture on one page. `scrolls`: it is too large for a layout of its own on a phone, and
    scrolls sideways in its place there, with letters that can be read."""
    wide = draw(WIDTH)
    svg = document(wide.parts, wide.height, title, description, key)
    if scrolls:
        html = f'<div class="oom-fit"><div class="oom-broad oom-scroll">{svg}</div></div>'
        return Figure(svg, title, description, twin, html)
    narrow = draw(NARROW)
    twin_svg = document(
        narrow.parts, narrow.height, title, description, key, width=NARROW, twin_of=svg
    )
    html = (
        f'<div class="oom-fit"><div class="oom-broad">{svg}{_hands(wide, WIDTH)}</div>'
        f'<div class="oom-narrow">{twin_svg}{_hands(narrow, NARROW)}</div></div>'
    )
    return Figure(svg, title, description, twin, html)


def _hands(sheet: Sheet, width: float) -> str:
    return "".join(_hand(hand, width, sheet.height) for hand in sheet.hands)


def _hand(hand: Hand, width: float, height: float) -> str:
    place = (
        f"left:{100 * hand.x / width:.2f}%;top:{100 * hand.y / height:.2f}%;"
        f"width:{100 * hand.width / width:.2f}%;height:{100 * hand.height / height:.2f}%"
    )
    common = f'class="oom-hand" style="{place}" aria-label="{escape(hand.label)}" hidden=""'
    if hand.ends is None:
        return (
            f'<button type="button" {common} aria-pressed="{str(hand.pressed).lower()}"'
            f' data-set="{escape(hand.control)}={escape(hand.value)}"></button>'
        )
    left, low, right, high = hand.ends
    ends = f"{100 * left / width:.2f} {low:g} {100 * right / width:.2f} {high:g}"
    return (
        f'<span role="slider" tabindex="0" {common} data-drag="{escape(hand.control)}"'
        f' data-ends="{ends}"></span>'
    )
