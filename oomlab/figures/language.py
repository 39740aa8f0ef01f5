"""The legend of the whole book: what each pattern and each arrow means, made from the style."""

from __future__ import annotations

from typing import NamedTuple

from oomlab.checked import checked
from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.parts import MARGIN, bar, said, state_sign
from oomlab.figures.style import lock_style
from oomlab.figures.svg import Markup, group
from oomlab.figures.wait_for import ARROW_MEANINGS, arrow_sample
from oomlab.figures.wording import STATE_NAMES

_ROW = 27.0
_SAMPLE = 40.0
_BAR_HEIGHT = 14.0
_TEXT_LEFT = MARGIN + _SAMPLE + 12
_LOOKS = {
    "runs": "an even bar",
    "blocked": "a hatched bar",
    "polls": "a bar of pickets",
    "waits": "a dotted bar",
    "sleeps": "a bar of dashes",
    "idle": "a thin line",
    "unknown": "a broken thin line",
    "lock": "a solid arrow",
    "poll": "a dashed arrow",
    "event": "a dotted arrow",
}
"""The same in words, for the text twin."""


class _Sign(NamedTuple):
    drawing: Markup
    looks: str
    meaning: str


@checked
def draw_language(*, key: str = "") -> Figure:
    """Draw every sign of the pictures with its meaning; different keys for two copies on a page."""
    title = "The signs of the pictures"
    description = "Bars are what a task does; arrows are who waits for whom."
    signs = [*_bars(), *_arrows()]

    def draw(width: float) -> Sheet:
        parts: list[Markup] = []
        y = 6.0
        for sign in signs:
            moved = f"translate({MARGIN:.1f} {y + _ROW / 2:.1f})"
            parts.append(group(sign.drawing, transform=moved))
            lines, y = said(sign.meaning, y + 5, width, left=_TEXT_LEFT)
            parts += lines
            y += 5
        return Sheet(parts, y + 4)

    twin = "\n".join([f"{title}.", *(f"{s.looks.capitalize()}: {s.meaning}." for s in signs)])
    return drawn(draw, title, description, twin, key=key)


def _bars() -> list[_Sign]:
    signs = []
    for state, meaning in STATE_NAMES.items():
        drawing = state_sign(state, 0, 0, _SAMPLE, _BAR_HEIGHT)
        verb = {"idle": "that is ", "unknown": "of which it is "}.get(state, "")
        signs.append(_Sign(drawing, _LOOKS[state], f"a task {verb}{meaning}"))
    third = _SAMPLE / 3
    locks = (
        bar(lock_style(i), i * third, -_BAR_HEIGHT / 2, third - 3, _BAR_HEIGHT) for i in range(3)
    )
    meaning = "a lock, below the task that has it; one pattern each"
    return [*signs, _Sign(group(*locks), "a bar with a pattern of its own", meaning)]


def _arrows() -> list[_Sign]:
    signs = [
        _Sign(arrow_sample(kind, in_cycle=False), _LOOKS[kind], f"from a task that {meaning}")
        for kind, meaning in ARROW_MEANINGS.items()
    ]
    closed = "part of a circle: here nobody moves"
    return [*signs, _Sign(arrow_sample("lock", in_cycle=True), "a thick arrow", closed)]
