"""The bits of a mask as cells, four behind each hexadecimal digit, the highest first."""

from __future__ import annotations

from collections.abc import Mapping

from oomlab.figures.figure import Hand
from oomlab.figures.parts import MARGIN, label
from oomlab.figures.svg import WIDTH, Markup, element, group
from oomlab.gfp.equivalence import void_flags
from oomlab.gfp.predicates import Request

DIGITS = 7
"""Hexadecimal digits that are drawn: no flag of the modelled kernels lies higher."""

CELL = 15.0
"""Side of a sample cell, in a legend."""

_DIGIT = 17.0
_GAP = 7.0
_ROW = 33.0


class Bits:
    """Where the bits of a mask are in a picture of this width, from `top` on. As many digits in a
    row as have room, so that a finger can meet a single bit."""

    def __init__(self, top: float, width: float) -> None:
        self.top = top
        self.a_row = 4 if width >= WIDTH else 2
        room = (width - 2 * MARGIN + _GAP) / self.a_row - _GAP - _DIGIT
        self.side = min(room / 4, 26.0)
        self.height = _ROW * -(-DIGITS // self.a_row)

    def digit(self, place: int) -> tuple[float, float]:
        """Left and upper edge of a digit; digit 0 is the rightmost of the last row."""
        rows = -(-DIGITS // self.a_row)
        row, column = rows - 1 - place // self.a_row, self.a_row - 1 - place % self.a_row
        return MARGIN + column * (_DIGIT + 4 * self.side + _GAP), self.top + row * _ROW

    def bit(self, bit: int) -> tuple[float, float]:
        """Left and upper edge of the cell of a bit."""
        x, y = self.digit(bit // 4)
        return x + _DIGIT + (3 - bit % 4) * self.side, y

    def draw(self, request: Request, marked: int = 0) -> Markup:
        """The digits and cells of a mask; the bits in `marked` have a bar below them."""
        void = void_flags(request)
        shown = f"{request.mask:0{DIGITS}x}"
        parts = []
        for place, digit in enumerate(reversed(shown)):
            x, y = self.digit(place)
            leading = not shown[: DIGITS - place].strip("0")
            ink = "muted" if leading else "ink"
            parts.append(label(x + 2, y + self._height / 2, digit, ink=ink))
        for bit in reversed(range(4 * DIGITS)):
            x, y = self.bit(bit)
            name = next(iter(request.table.flags(1 << bit)), "")
            state = "clear" if not request.mask >> bit & 1 else "void" if name in void else "set"
            parts.append(bit_cell(x, y, state, self.side, self._height))
            if marked >> bit & 1:
                parts.append(
                    element("rect", class_="oom-blocked", fill="currentColor", x=x + 1,
                            y=y + self._height + 1.5, width=self.side - 4, height=4)
                )  # fmt: skip
        return group(*parts)

    def hands(self, request: Request, control: str, values: Mapping[str, str]) -> list[Hand]:
        """A press on the bit of each flag in `values` gives `control` the flag's value there."""
        found = []
        for flag, value in values.items():
            bit = request.table.bits[flag].bit_length() - 1
            x, y = self.bit(bit)
            found.append(
                Hand(f"Bit {bit}, {flag}", control, x - 1, y - 2, self.side, self._height + 8,
                     value, bool(request.mask >> bit & 1))
            )  # fmt: skip
        return found

    @property
    def _height(self) -> float:
        return min(self.side, 22.0)


def bit_cell(x: float, y: float, state: str, side: float = CELL, height: float = CELL) -> Markup:
    """A bit: filled if it is set, empty if not; set without effect: empty with a stroke through."""
    frame = element(
        "rect",
        fill="currentColor" if state == "set" else "none",
        stroke="currentColor",
        stroke_width=1.0 if state == "clear" else 1.8,
        x=x + 1,
        y=y + 1,
        width=side - 4,
        height=height - 2,
    )
    if state != "void":
        return group(frame, class_="oom-runs" if state == "set" else "oom-muted")
    stroke = element(
        "path",
        d=f"M{x + 1:.1f} {y + height - 1:.1f}L{x + side - 3:.1f} {y + 1:.1f}",
        stroke="currentColor",
        stroke_width=1.8,
    )
    return group(frame, stroke, class_="oom-sleeps")
