"""Free pages against the watermarks: which request may still take one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oomlab.figures.figure import Figure
from oomlab.figures.parts import MARGIN, Key, bar, label, legend
from oomlab.figures.svg import WIDTH, Markup, document, element, group, line
from oomlab.figures.text import shortened, text_width
from oomlab.kernel.zone import Watermarks

_HEAD = 76.0
_ROW = 40.0
_BAR = 13.0
_MIDDLE = 27.0
_LEFT = MARGIN + 2.0
_RIGHT = WIDTH - 132.0


@dataclass(frozen=True)
class MarkRow:
    """One kind of attempt: its name, the mark it must leave behind (below 0: none), and whether it
    gets a page now."""

    name: str
    mark: int
    gets: bool


def draw_watermarks(
    free: int, marks: Watermarks, rows: Sequence[MarkRow], *, key: str = ""
) -> Figure:
    """Draw who must leave how many pages behind, and who gets one of the `free` pages.

    Give different keys to two copies on one page.
    """
    served = sum(row.gets for row in rows)
    title = f"{free} free pages, and the mark that each request sees"
    description = f"{served} of {len(rows)} kinds of request get a page."
    most = round(marks.high * 1.17)
    parts, height = _draw(free, marks, rows, most)
    svg = document(parts, height, title, description, key)
    return Figure(svg, title, description, _twin(free, marks, rows, title))


def _draw(
    free: int, marks: Watermarks, rows: Sequence[MarkRow], most: int
) -> tuple[list[Markup], float]:
    def x(pages: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * pages / most

    tops = [_HEAD + _ROW * number for number in range(len(rows))]
    bottom = _HEAD + _ROW * len(rows)
    parts = [
        bar("blocked", x(0), top + _MIDDLE - _BAR / 2, x(row.mark) - x(0), _BAR)
        for row, top in zip(rows, tops, strict=True)
        if row.mark > 0
    ]
    named = (("min", marks.min, 40.0), ("low", marks.low, 58.0), ("high", marks.high, 40.0))
    parts += [_mark(x(pages), bottom) for _, pages, _ in named]
    beyond = " →" if free > most else ""
    parts.append(_now(f"{free} pages free{beyond}", x(min(free, most)), bottom))
    parts += [_flag(f"{name} {pages}", x(pages), y) for name, pages, y in named]
    parts += [_row(row, top) for row, top in zip(rows, tops, strict=True)]
    keys = [
        Key(bar("blocked", 0, -6, 26, 12), 26, "must stay free"),
        Key(
            line(3, -9, 3, 9, class_="oom-runs", stroke="currentColor", stroke_width=4),
            8,
            "free now",
        ),
        Key(
            line(
                3,
                -9,
                3,
                9,
                class_="oom-muted",
                stroke="currentColor",
                stroke_width=1.4,
                stroke_dasharray="3 3",
            ),
            8,
            "a watermark",
        ),
    ]
    drawn, height = legend(keys, bottom + 6)
    return [*parts, drawn], bottom + height + 12


def _now(text: str, x: float, bottom: float) -> Markup:
    width = text_width(text, bold=True)
    left = min(max(x - width / 2, MARGIN), WIDTH - MARGIN - width)
    return group(
        line(x, 26, x, bottom, class_="oom-runs", stroke="currentColor", stroke_width=4),
        element("text", text, x=left, y=19, class_="oom-name"),
    )


def _mark(x: float, bottom: float) -> Markup:
    return line(
        x,
        48.0,
        x,
        bottom,
        class_="oom-muted",
        stroke="currentColor",
        stroke_width=1.4,
        stroke_dasharray="3 3",
    )


def _flag(text: str, x: float, middle: float) -> Markup:
    width = text_width(text) + 6
    left = min(x - width / 2, WIDTH - MARGIN - width)
    paper = element(
        "rect",
        class_="oom-paper",
        fill="currentColor",
        x=left,
        y=middle - 8,
        width=width,
        height=16,
        rx=3,
    )
    return group(paper, label(left + 3, middle, text, ink="muted"))


def _row(row: MarkRow, top: float) -> Markup:
    middle = top + _MIDDLE
    room = WIDTH - 2 * MARGIN
    name = shortened(row.name, room)
    plate = element(
        "rect",
        class_="oom-paper",
        fill="currentColor",
        x=_LEFT - 2,
        y=top + 1,
        width=text_width(name) + 6,
        height=17,
        rx=3,
    )
    parts = [plate, label(_LEFT, top + 10, name)]
    if row.mark <= 0:
        parts.append(_flag("no mark", _LEFT + text_width("no mark") / 2 + 1, middle))
    answer = "gets a page" if row.gets else "gets none"
    style = "oom-name" if row.gets else "oom-blocked"
    parts.append(
        element("text", answer, x=WIDTH - MARGIN, y=middle + 5, text_anchor="end", class_=style)
    )
    return group(*parts)


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
