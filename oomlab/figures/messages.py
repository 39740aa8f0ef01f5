"""Numbered claims in the order of the messages that made them, some of them marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.parts import MARGIN, Key, legend, said
from oomlab.figures.svg import Markup, element, group

_CELL_WIDTH = 34.0
_CELL_HEIGHT = 26.0
_GAP = 6.0


class Message(NamedTuple):
    """One message: who wrote it and when, and the numbers of its claims."""

    title: str
    numbers: tuple[int, ...]


def draw_messages(
    messages: Sequence[Message], marked: frozenset[int], word: str, *, key: str = ""
) -> Figure:
    """Draw a row a message, a cell a claim; the `marked` claims, which are `word`, stand out by
    filling and by bold type. Give different keys to two copies on one page."""
    title = f"The claims that are {word}, in the order of the thread"
    description = f"{len(marked)} of {sum(len(m.numbers) for m in messages)} claims are {word}."

    def draw(width: float) -> Sheet:
        parts: list[Markup] = []
        y = 8.0
        columns = int((width - 2 * MARGIN + _GAP) / (_CELL_WIDTH + _GAP))
        for message in messages:
            lines, y = said(message.title, y, width, ink="muted")
            parts += lines
            y += 4
            for place, number in enumerate(message.numbers):
                x = MARGIN + place % columns * (_CELL_WIDTH + _GAP)
                row = place // columns * (_CELL_HEIGHT + _GAP)
                parts.append(_cell(x, y + row, number, number in marked))
            rows = -(-len(message.numbers) // columns)
            y += rows * (_CELL_HEIGHT + _GAP) + 9
        keys, height = legend([_key(True, word), _key(False, "another word")], y, width)
        return Sheet([*parts, keys], y + height + 4)

    words = [f"{title}. {description}"]
    for message in messages:
        here = ", ".join(str(n) for n in message.numbers if n in marked) or "none"
        first, last = message.numbers[0], message.numbers[-1]
        words.append(f"{message.title}: claims {first} to {last}; {word}: {here}.")
    return drawn(draw, title, description, "\n".join(words), key=key)


def _cell(x: float, y: float, number: int, marked: bool) -> Markup:
    middle = x + _CELL_WIDTH / 2
    text = element(
        "text",
        str(number),
        x=middle,
        y=y + _CELL_HEIGHT / 2 + 5,
        text_anchor="middle",
        class_="oom-name" if marked else "oom-muted",
    )
    return group(_box(x, y, _CELL_WIDTH, _CELL_HEIGHT, marked), text)


def _box(x: float, y: float, width: float, height: float, marked: bool) -> Markup:
    """A framed box; a marked one has a second, thicker frame and a tint."""
    return element(
        "rect",
        class_="oom-runs" if marked else "oom-rule",
        fill="currentColor",
        fill_opacity="0.18" if marked else "0",
        stroke="currentColor",
        stroke_width=2.4 if marked else 1,
        x=x,
        y=y,
        width=width,
        height=height,
        rx=4,
    )


def _key(marked: bool, text: str) -> Key:
    return Key(_box(0, -7, 28, 14, marked), 28, text)
