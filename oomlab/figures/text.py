"""How wide text will be, without a browser to ask.

The widths are those of DejaVu Sans, a wide face: with any other the text is narrower, never too
long for its place.
"""

from __future__ import annotations

FONT_SIZE = 14
"""Size of all text, in the units of the picture."""

_WIDTHS = {
    0.30: "ijl'I",
    0.33: ",. ",
    0.36: "/:;|f-",
    0.40: "()[]t!",
    0.42: "r",
    0.53: '*_sz?"',
    0.62: "cvxykaeoFLPTY",
    0.80: "wGOQHDNU&",
    0.88: "MW#+<=>~×→",
    1.00: "m%@…",
}
_WIDTH_OF = {char: width for width, chars in _WIDTHS.items() for char in chars}
_CAPITAL = 0.70
_OTHER = 0.64
_BOLD = 1.14


def text_width(text: str, size: float = FONT_SIZE, *, bold: bool = False) -> float:
    """An upper estimate of the width of `text`, in the units of `size`."""
    ems = sum(_WIDTH_OF.get(c, _CAPITAL if c.isupper() else _OTHER) for c in text)
    return ems * size * (_BOLD if bold else 1)


def shortened(text: str, room: float, size: float = FONT_SIZE, *, bold: bool = False) -> str:
    """`text`, or as much of its beginning as fits into `room`, with an ellipsis."""
    if text_width(text, size, bold=bold) <= room:
        return text
    while text and text_width(text + "…", size, bold=bold) > room:
        text = text[:-1]
    return text + "…"


def wrapped(text: str, room: float, size: float = FONT_SIZE, *, bold: bool = False) -> list[str]:
    """`text` in lines, broken at spaces; a word too long for `room` is shortened."""
    if bold:
        room /= _BOLD
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return [shortened(each, room, size) for each in lines]
