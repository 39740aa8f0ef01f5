"""A GFP mask taken apart: its bits as cells behind their hexadecimal digits, then flag by flag."""

from __future__ import annotations

from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.gfp_bits import CELL, Bits, bit_cell
from oomlab.figures.parts import MARGIN, Key, label, legend, said, text_lines
from oomlab.figures.svg import WIDTH, Markup, element, group
from oomlab.figures.text import FONT_SIZE, wrapped
from oomlab.gfp.equivalence import void_flags
from oomlab.gfp.expression import to_string
from oomlab.gfp.predicates import Request
from oomlab.gfp.tables import MEANINGS

_LINE = FONT_SIZE + 4
_NAME_LEFT, _INDENT = 66.0, 14.0
_NO_EFFECT = "no effect here"


def draw_mask(request: Request, name: str, *, key: str = "") -> Figure:
    """Draw `request`, called `name` in the text; different keys for two copies on one page."""
    value, version = f"{request.mask:#x}", request.table.version
    printed = to_string(request.mask, request.table)
    title = f"{name} on Linux {version}: {value}, bit by bit"
    void = void_flags(request)

    def draw(width: float) -> Sheet:
        head, y = said(f"{value} on Linux {version}: {name}", 8, width)
        bits = Bits(y + 8, width)
        parts = [*head, bits.draw(request)]
        y = bits.top + bits.height + 6
        for flag in reversed(request.table.flags(request.mask)):
            part, y = _flag(request, flag, void.get(flag, ""), y, width)
            parts.append(part)
        keys = [Key(bit_cell(0, -CELL / 2, "set"), CELL, "bit set")]
        if void:
            keys.append(Key(bit_cell(0, -CELL / 2, "void"), CELL, f"bit set, {_NO_EFFECT}"))
        keys.append(Key(bit_cell(0, -CELL / 2, "clear"), CELL, "bit not set"))
        part, height = legend(keys, y, width)
        return Sheet([*parts, part], y + height + 4)

    description = f"It is printed as {printed}."
    return drawn(draw, title, description, _twin(request, title, printed), key=key)


def _flag(request: Request, name: str, void: str, top: float, width: float) -> tuple[Markup, float]:
    """Number, name and meaning of one flag; why it has no effect, if so; and where that ends."""
    bit = request.table.bits[name].bit_length() - 1
    text = f"{_NO_EFFECT}: {void}" if void else MEANINGS[name]
    style = None if void else "oom-name"
    middle = top + _LINE / 2
    if width < WIDTH:  # the longest name fills the line
        head = [element("text", name, x=MARGIN, y=middle + 5, class_=style)]
        left, text = MARGIN + _INDENT, f"bit {bit}, {text}"
    else:
        head = [
            label(MARGIN, middle, f"bit {bit}", ink="muted"),
            element("text", name, x=_NAME_LEFT, y=middle + 5, class_=style),
        ]
        left = _NAME_LEFT
    lines = wrapped(text, width - left - MARGIN)
    return (
        group(*head, text_lines(left, top + _LINE, lines), data_thing=name),
        top + _LINE * (1 + len(lines)) + 5,
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
