"""Free pages against the watermarks: which request may still take one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oomlab.figures.figure import Figure, Hand, Sheet, drawn
from oomlab.figures.parts import MARGIN, Key, label, legend, quiet_bar
from oomlab.figures.svg import WIDTH, Markup, element, group, line
from oomlab.figures.text import text_width, wrapped
from oomlab.kernel.zone import Watermarks

_HEAD = 76.0
_LINE = 17.0
_LANE = 20.0
_BAR = 12.0
_GRIP = 13.0
"""So far from the line of the free pages a finger still takes hold of it."""


@dataclass(frozen=True)
class MarkRow:
    """One kind of attempt: its name, the mark it must leave behind (below 0: none), and whether it
    gets a page now."""

    name: str
    mark: int
    gets: bool


def draw_watermarks(
    free: int, marks: Watermarks, rows: Sequence[MarkRow], *, drag: str = "", key: str = ""
) -> Figure:
    """Draw who must leave how many pages behind, and who gets one of the `free` pages.

    `drag`: the control of the panel that says how many are free, which the line of the free pages
    then moves. Give different keys to two copies on one page.
    """
    served = sum(row.gets for row in rows)
    title = f"{free} free pages, and the mark that each request sees"
    description = f"{served} of {len(rows)} kinds of request get a page."

    def draw(width: float) -> Sheet:
        return _Chart(free, marks, rows, width).sheet(drag)

    return drawn(draw, title, description, _twin(free, marks, rows, title), key=key)


class _Chart:
    """The lanes, one a request. Its name stands in a gutter on the left or, where that has no room,
    above the lane; the marks are drawn in the lanes only, so that no line goes through words."""

    def __init__(self, free: int, marks: Watermarks, rows: Sequence[MarkRow], width: float) -> None:
        self.free, self.marks, self.rows, self.width = free, marks, rows, width
        self.gutter = width >= WIDTH
        self.left = MARGIN + 168.0 if self.gutter else MARGIN + 2.0
        self.right = width - MARGIN - (text_width("gets a page", bold=True) + 14)
        self.most = round(marks.high * 1.17)

    def x(self, pages: float) -> float:
        """Where so many pages are."""
        return self.left + (self.right - self.left) * min(pages, self.most) / self.most

    def sheet(self, drag: str) -> Sheet:
        """The whole picture."""
        parts, y = self._head(), _HEAD
        for row in self.rows:
            row_parts, y = self._row(row, y)
            parts += row_parts
        keys, height = legend(self._keys(), y + 2, self.width)
        hands = []
        if drag:
            at = self.x(self.free)
            ends = (self.left, 0, self.x(self.most), self.most)
            hands.append(Hand("Free pages", drag, at - _GRIP, 4, 2 * _GRIP, y - 4, ends=ends))
        return Sheet([*parts, keys], y + height + 8, hands)

    def _head(self) -> list[Markup]:
        """The number of free pages and the marks, above the lanes."""
        beyond = " →" if self.free > self.most else ""
        text = f"{self.free} pages free{beyond}"
        width = text_width(text, bold=True)
        x = self.x(self.free)
        left = min(max(x - width / 2, MARGIN), self.width - MARGIN - width)
        parts = [
            element("text", text, x=left, y=15, class_="oom-name"),
            line(x, 19, x, _HEAD, class_="oom-runs", stroke="currentColor", stroke_width=4),
        ]
        for name, pages, y in (
            ("min", self.marks.min, 28.0),
            ("low", self.marks.low, 46.0),
            ("high", self.marks.high, 64.0),
        ):
            parts += self._flag(f"{name} {pages}", self.x(pages), y)
        return parts

    def _flag(self, text: str, x: float, middle: float) -> list[Markup]:
        """The name of a mark, beside the line of the free pages where that would go through it."""
        width = text_width(text)
        left = min(x - width / 2, self.width - MARGIN - width)
        now = self.x(self.free)
        if left - 4 < now < left + width + 4:
            left = now - width - 5 if now - width - 5 >= MARGIN and x <= now else now + 5
        left = min(left, self.width - MARGIN - width)
        return [label(left, middle, text, ink="muted")]

    def _row(self, row: MarkRow, top: float) -> tuple[list[Markup], float]:
        """One lane; result: the drawing, and where the next one begins."""
        room = (self.left if self.gutter else self.width) - 2 * MARGIN
        lines = wrapped(row.name, room)
        if self.gutter:
            height = max(_LINE * len(lines), _LANE) + 8
            lane = top + height / 2
            first = lane - _LINE * (len(lines) - 1) / 2
        else:
            height = _LINE * len(lines) + _LANE + 8
            lane = top + _LINE * len(lines) + _LANE / 2 + 2
            first = top + _LINE / 2 + 2
        parts = [label(MARGIN, first + _LINE * number, text) for number, text in enumerate(lines)]
        upper, lower = (top, top + height) if self.gutter else (lane - 10, lane + 10)
        if row.mark > 0:
            bar = self.x(row.mark) - self.left
            parts.append(quiet_bar(self.left, lane - _BAR / 2, bar, _BAR))
        else:
            parts.append(label(self.left + 2, lane, "no mark", ink="muted"))
        for pages in (self.marks.min, self.marks.low, self.marks.high):
            parts.append(_mark(self.x(pages), upper, lower))
        x = self.x(self.free)
        parts.append(
            line(x, upper, x, lower, class_="oom-runs", stroke="currentColor", stroke_width=4)
        )
        answer = "gets a page" if row.gets else "gets none"
        style = "oom-name" if row.gets else "oom-blocked"
        parts.append(
            element("text", answer, x=self.width - MARGIN, y=lane + 5, text_anchor="end",
                    class_=style)
        )  # fmt: skip
        return [group(*parts)], top + height

    def _keys(self) -> Sequence[Key]:
        free = line(3, -9, 3, 9, class_="oom-runs", stroke="currentColor", stroke_width=4)
        return [
            Key(quiet_bar(0, -6, 26, 12), 26, "must stay free"),
            Key(free, 8, "free now"),
            Key(_mark(3, -9, 9), 8, "a watermark"),
        ]


def _mark(x: float, top: float, bottom: float) -> Markup:
    return line(x, top, x, bottom, class_="oom-muted", stroke="currentColor", stroke_width=1.4,
                stroke_dasharray="3 3")  # fmt: skip


def _twin(free: int, marks: Watermarks, rows: Sequence[MarkRow], title: str) -> str:
    lines = [
        f"{title}.",
        f"The watermarks: min {marks.min}, low {marks.low}, high {marks.high} pages.",
    ]
    for row in rows:
        must = f"must leave {row.mark} pages" if row.mark > 0 else "may take the last page"
        answer = "gets a page" if row.gets else "gets none"
        lines.append(f"{row.name}: {must}; with {free} free it {answer}.")
    return "\n".join(lines)
