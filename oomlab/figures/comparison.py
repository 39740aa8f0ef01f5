"""One schedule under every remedy: how far it can be followed, and what each remedy costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.parts import MARGIN, label
from oomlab.figures.svg import WIDTH, Markup, element, group, line
from oomlab.figures.text import shortened, text_width

_BAR_ROOM = 64.0
_COLUMNS = ("ends", "waits", "killed", "pages")
_GAP = 12.0
_ROW = 24.0
_LINE = 18.0


@dataclass(frozen=True)
class ComparedRemedy:
    """One remedy. `same`: steps that are as in the first row; `made`: steps that could be made at
    all. `ends`, `waits`, `killed`, `pages`: how a timed run ends, how long its slowest request
    took, how many it killed, and how many pages listeners gave back, as text."""

    remedy: str
    same: int
    made: int
    ends: str
    waits: str
    killed: str
    pages: str


def draw_comparison(
    rows: Sequence[ComparedRemedy], chosen: str, steps: int, scenario: str
) -> Figure:
    """Draw the rows, the first of which is the machine that the schedule of `steps` steps was found
    for; the row of the remedy `chosen` is framed."""
    title = f"One schedule of {scenario} under {len(rows)} remedies"
    description = f"{chosen} is the remedy that stands out."

    def draw(width: float) -> Sheet:
        table = _Table(rows, steps, width)
        parts, y = table.head()
        for row in rows:
            drawn_row, y = table.row(row, y, framed=row.remedy == chosen)
            parts += drawn_row
        return Sheet(parts, y + 4)

    twin = "\n".join((f"{title}.", *(_said(r, steps) for r in rows)))
    return drawn(draw, title, description, twin, key=chosen)


class _Table:
    """The rows below each other. Where there is room a row is one line; else its bar and its four
    facts stand below its name."""

    def __init__(self, rows: Sequence[ComparedRemedy], steps: int, width: float) -> None:
        self.steps, self.width = steps, width
        self.one_line = width >= WIDTH
        names = max(text_width(row.remedy, bold=True) for row in rows)
        self.bar = MARGIN + min(names, 132.0) + _GAP if self.one_line else MARGIN
        wide = [
            max(text_width(word) for word in (name, *(_cells(row)[at] for row in rows)))
            for at, name in enumerate(_COLUMNS)
        ]
        left = self.bar + _BAR_ROOM + _GAP
        spare = max(width - MARGIN - left - sum(wide), 0) / (len(wide) - 1)
        self.places = [left + sum(wide[:at]) + spare * at for at in range(len(wide))]

    def head(self) -> tuple[list[Markup], float]:
        """What the bar and the columns are; and where the rows begin."""
        if not self.one_line:
            text = f"bars: the same for … of {self.steps} steps"
            return [label(MARGIN, 14, text, ink="muted")], 30.0
        parts = [label(self.bar, 14, "the same", ink="muted")]
        parts.append(label(self.bar, 32, f"of {self.steps}", ink="muted"))
        parts.append(label(self.places[0], 14, "a timed run", ink="muted"))
        parts += [
            label(x, 32, name, ink="muted") for x, name in zip(self.places, _COLUMNS, strict=True)
        ]
        parts.append(
            line(MARGIN, 44, self.width - MARGIN, 44, class_="oom-rule", stroke="currentColor")
        )
        return parts, 48.0

    def row(self, row: ComparedRemedy, top: float, *, framed: bool) -> tuple[list[Markup], float]:
        """One remedy; and where the next one begins."""
        y = top + _ROW / 2
        facts = _facts(row)
        lines = 1 if self.one_line else 1 + len(facts)
        height = _ROW + _LINE * (lines - 1) + (0 if self.one_line else 6)
        parts: list[Markup] = []
        if framed:
            parts.append(
                element("rect", class_="oom-runs", fill="none", stroke="currentColor",
                        stroke_width=1.6, x=MARGIN - 7, y=top,
                        width=self.width - 2 * MARGIN + 14, height=height, rx=5)
            )  # fmt: skip
        room = (self.bar - _GAP if self.one_line else self.width - MARGIN) - MARGIN
        if not self.one_line:
            room -= _BAR_ROOM + _GAP
        name = shortened(row.remedy, room, bold=framed)
        style = "oom-name" if framed else None
        parts.append(element("text", name, x=MARGIN, y=y + 5, class_=style))
        parts.append(
            self._bar(row, self.bar if self.one_line else self.width - MARGIN - _BAR_ROOM, y)
        )
        if self.one_line:
            for x, text in zip(self.places, _cells(row), strict=True):
                parts.append(label(x, y, text, ink="blocked" if _stuck(text) else "ink"))
        else:
            for number, text in enumerate(facts, start=1):
                ink = "blocked" if number == 1 and _stuck(row.ends) else "muted"
                parts.append(label(MARGIN, y + _LINE * number, text, ink=ink))
        return parts, top + height

    def _bar(self, row: ComparedRemedy, x: float, y: float) -> Markup:
        """How many steps could be made, as a frame, and how many of them are the same."""
        made, same = (_BAR_ROOM * steps / self.steps for steps in (row.made, row.same))
        parts = [
            element("rect", fill="none", stroke="currentColor", stroke_width=1, x=x, y=y - 5,
                    width=made, height=10)
        ]  # fmt: skip
        if row.same:
            parts.append(element("rect", fill="currentColor", x=x, y=y - 5, width=same, height=10))
        return group(*parts, class_="oom-muted")


def _cells(row: ComparedRemedy) -> tuple[str, str, str, str]:
    return row.ends, row.waits, row.killed, row.pages


def _facts(row: ComparedRemedy) -> tuple[str, ...]:
    """The cells in words, for a place that has no room for columns."""
    return f"{row.ends}; waits {row.waits}", f"killed {row.killed}; pages {row.pages}"


def _stuck(text: str) -> bool:
    return text in ("deadlock", "livelock")


def _said(row: ComparedRemedy, steps: int) -> str:
    return (
        f"{row.remedy}: the same for {row.same} of {steps} steps, {row.made} can be made at all. "
        f"A timed run: {row.ends}; slowest request {row.waits}; killed {row.killed}; pages given "
        f"back {row.pages}."
    )
