"""The strip above the lanes that names the marked moments of a run."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from oomlab.figures.parts import label
from oomlab.figures.scale import TimeScale
from oomlab.figures.svg import Markup, element, group, line
from oomlab.figures.text import shortened, text_width
from oomlab.figures.time_marks import Mark

ROW = 19
_SAME_PLACE = 3.0
"""Marks closer than this share a label: nobody could tell their lines apart."""


class MarkStrip:
    """Labels in as many rows as they need, and lines down through the lanes."""

    def __init__(self, marks: Sequence[Mark], scale: TimeScale) -> None:
        self._marks: list[tuple[float, str, str, int, float]] = []
        ends: list[float] = []
        for x, together in _grouped(marks, scale):
            kill = any(mark.kind in ("kill", "panic") for mark in together)
            text = ", ".join(dict.fromkeys(mark.text for mark in together))
            text = shortened(text, scale.right - scale.left)
            width = text_width(text)
            left = min(max(x - width / 2, scale.left), scale.right - width)
            row = next((i for i, end in enumerate(ends) if left > end + 10), len(ends))
            for other in (at for at, _, _, above, _ in self._marks if above < row):
                if left - 4 < other < left + width + 4:  # its line would go through the words
                    beside = other + 6 if other + 6 + width <= scale.right else other - 6 - width
                    left = max(beside, scale.left)
            ends[row : row + 1] = [left + width]
            self._marks.append((x, "blocked" if kill else "ink", text, row, left))
        self.height = ROW * len(ends) + 6 if ends else 0.0

    def draw(self, top: float, bottom: float) -> Markup:
        """The strip at `top`, its lines down to `bottom`."""
        return group(*(self._one(mark, top, bottom) for mark in self._marks))

    def _one(self, mark: tuple[float, str, str, int, float], top: float, bottom: float) -> Markup:
        x, ink, text, row, left = mark
        middle = top + (row + 0.5) * ROW
        tip = middle + ROW / 2 + 5
        return group(
            line(
                x, tip, x, bottom, stroke="currentColor", stroke_width=1.3, stroke_dasharray="4 3"
            ),
            element("path", d=f"M{x - 5:.1f} {tip - 6:.1f}h10l-5 7Z", fill="currentColor"),
            label(left, middle, text, ink=ink),
            class_=f"oom-{ink}",
        )


def _grouped(marks: Sequence[Mark], scale: TimeScale) -> list[tuple[float, list[Mark]]]:
    found: list[tuple[float, list[Mark]]] = []
    for at_us, together in groupby(marks, key=_moment):
        x = scale.x(at_us)
        if found and x - found[-1][0] < _SAME_PLACE:
            found[-1][1].extend(together)
        else:
            found.append((x, list(together)))
    return found


def _moment(mark: Mark) -> int:
    return mark.at_us
