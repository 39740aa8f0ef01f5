"""A GFP mask taken apart: its bits as cells under their hexadecimal digits, then flag by flag."""

from __future__ import annotations

from oomlab.figures.figure import Figure
from oomlab.figures.parts import MARGIN, Key, label, legend, text_lines
from oomlab.figures.svg import WIDTH, Markup, document, element, group
from oomlab.figures.text import FONT_SIZE, shortened, wrapped
from oomlab.gfp.equivalence import void_flags
from oomlab.gfp.expression import to_string
from oomlab.gfp.predicates import Request
from oomlab.gfp.tables import MEANINGS

_DIGITS = 7
"""Hexadecimal digits that are drawn: no flag of the modelled kernels lies higher."""

_ROOM = WIDTH - 2 * MARGIN
_CELL = 15.0
_DIGIT_GAP = 5.0
_LEFT = MARGIN
_LINE = FONT_SIZE + 4
_NAME_LEFT = 66.0
_NO_EFFECT = "no effect here"


def draw_mask(request: Request, name: str, *, key: str = "") -> Figure:
    """Draw `request`, called `name` in the text; different keys for two copies on one page."""
    value, version = f"{request.mask:#x}", request.table.version
    printed = to_string(request.mask, request.table)
    title = f"{name} on Linux {version}: {value}, bit by bit"
    void = void_flags(request)
    flags = request.table.flags(request.mask)
    parts = [label(MARGIN, 16, shortened(f"{value} on Linux {version}: {name}", _ROOM))]
    parts += [cells(request, 34), digits(request.mask, 34)]
    y = 92.0
    for flag in reversed(flags):
        drawn, height = _flag(request, flag, void.get(flag, ""), y)
        parts.append(drawn)
        y += height
    keys = [Key(_cell(0, -_CELL / 2, "set"), _CELL, "bit set")]
    if void:
        keys.append(Key(_cell(0, -_CELL / 2, "void"), _CELL, f"bit set, {_NO_EFFECT}"))
    keys.append(Key(_cell(0, -_CELL / 2, "clear"), _CELL, "bit not set"))
    drawn, height = legend(keys, y)
    svg = document([*parts, drawn], y + height + 4, title, f"It is printed as {printed}.", key)
    return Figure(svg, title, f"It is printed as {printed}.", _twin(request, title, printed))


def bit_left(bit: int) -> float:
    """Left edge of the cell of a bit; bit 0 is the rightmost."""
    place = 4 * _DIGITS - 1 - bit
    return _LEFT + place * _CELL + (place // 4) * _DIGIT_GAP


def cells(request: Request, top: float, marked: int = 0) -> Markup:
    """One cell per bit; the bits in `marked` get a bar below them."""
    void = void_flags(request)
    parts = []
    for bit in range(4 * _DIGITS):
        name = next(iter(request.table.flags(1 << bit)), "")
        state = "clear" if not request.mask >> bit & 1 else "void" if name in void else "set"
        parts.append(_cell(bit_left(bit), top, state))
        if marked >> bit & 1:
            parts.append(
                element(
                    "rect",
                    class_="oom-blocked",
                    fill="currentColor",
                    x=bit_left(bit),
                    y=top + _CELL + 3,
                    width=_CELL - 2,
                    height=4,
                )
            )
    return group(*parts)


def digits(mask: int, top: float) -> Markup:
    """The hexadecimal digits of a mask, each below its four cells."""
    shown = f"{mask:0{_DIGITS}x}"
    parts = []
    for place, digit in enumerate(shown):
        middle = bit_left(4 * (_DIGITS - 1 - place) + 3) + 2 * _CELL
        leading = not shown[: place + 1].strip("0")
        ink = "muted" if leading else "ink"
        parts.append(label(middle, top + _CELL + 18, digit, ink=ink, anchor="middle"))
    return group(*parts)


def _cell(x: float, y: float, state: str) -> Markup:
    """A bit: filled if it is set, empty if not; set without effect: empty with a stroke through."""
    frame = element(
        "rect",
        fill="currentColor" if state == "set" else "none",
        stroke="currentColor",
        stroke_width=1.0 if state == "clear" else 1.8,
        x=x + 1,
        y=y + 1,
        width=_CELL - 4,
        height=_CELL - 2,
    )
    if state != "void":
        return group(frame, class_="oom-runs" if state == "set" else "oom-muted")
    stroke = element(
        "path",
        d=f"M{x + 1:.1f} {y + _CELL - 1:.1f}L{x + _CELL - 3:.1f} {y + 1:.1f}",
        stroke="currentColor",
        stroke_width=1.8,
    )
    return group(frame, stroke, class_="oom-sleeps")


def _flag(request: Request, name: str, void: str, top: float) -> tuple[Markup, float]:
    """Number, name and meaning of one flag; why it has no effect, if so."""
    bit = request.table.bits[name].bit_length() - 1
    said = [f"{_NO_EFFECT}: {void}"] if void else [MEANINGS[name]]
    lines = [line for text in said for line in wrapped(text, WIDTH - _NAME_LEFT - MARGIN)]
    middle = top + _LINE / 2
    title = element("text", name, x=_NAME_LEFT, y=middle + 5, class_=None if void else "oom-name")
    return (
        group(
            label(MARGIN, middle, f"bit {bit}", ink="muted"),
            title,
            text_lines(_NAME_LEFT, top + _LINE, lines),
        ),
        _LINE * (1 + len(lines)) + 5,
    )


def _twin(request: Request, title: str, printed: str) -> str:
    lines = [f"{title}.", f"The kernel prints it as {printed}."]
    void = void_flags(request)
    for name in reversed(request.table.flags(request.mask)):
        value = f"{request.table.bits[name]:#x}"
        told = f"{_NO_EFFECT}, {void[name]}" if name in void else MEANINGS[name]
        lines.append(f"{value} is {name}: {told}.")
    if not request.mask:
        lines.append("No bit is set.")
    return "\n".join(lines)
