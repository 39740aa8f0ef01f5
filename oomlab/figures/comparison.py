"""One schedule under every remedy: how far it can be followed, and what each remedy costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oomlab.figures.figure import Figure
from oomlab.figures.parts import MARGIN, label
from oomlab.figures.svg import WIDTH, Markup, document, element, line
from oomlab.figures.text import shortened

_NAME_ROOM = 126.0
_BAR, _BAR_ROOM = 142.0, 84.0
_COLUMNS = ((236.0, "ends"), (316.0, "waits"), (382.0, "killed"), (432.0, "pages"))
_ROW = 24.0
_TOP = 62.0


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
    parts: list[Markup] = [
        label(_BAR, 14, f"of {steps} steps", ink="muted"),
        label(_BAR, 34, "the same", ink="muted"),
        label(_COLUMNS[0][0], 14, "a timed run", ink="muted"),
    ]
    parts += [label(x, 34, name, ink="muted") for x, name in _COLUMNS]
    parts.append(line(MARGIN, 46, WIDTH - MARGIN, 46, class_="oom-rule", stroke="currentColor",
                      stroke_width=1))  # fmt: skip
    for number, row in enumerate(rows):
        parts += _row(row, _TOP + number * _ROW, row.remedy == chosen, steps)
    height = _TOP + len(rows) * _ROW
    svg = document(parts, height, title, description, chosen)
    return Figure(
        svg, title, description, "\n".join((f"{title}.", *(_said(r, steps) for r in rows)))
    )


def _row(row: ComparedRemedy, y: float, framed: bool, steps: int) -> list[Markup]:
    parts: list[Markup] = []
    if framed:
        parts.append(
            element("rect", class_="oom-runs", fill="none", stroke="currentColor", stroke_width=1.6,
                    x=MARGIN - 7, y=y - 12, width=WIDTH - 2 * MARGIN + 14, height=24, rx=5)
        )  # fmt: skip
    name = shortened(row.remedy, _NAME_ROOM)
    parts.append(
        element("text", name, x=MARGIN, y=y + 5, class_="oom-name") if framed
        else label(MARGIN, y, name)
    )  # fmt: skip
    width = _BAR_ROOM * row.same / steps
    parts.append(
        element("rect", class_="oom-muted", fill="none", stroke="currentColor", stroke_width=1,
                x=_BAR, y=y - 5, width=_BAR_ROOM * row.made / steps, height=10)
    )  # fmt: skip
    if row.same:
        parts.append(
            element("rect", class_="oom-muted", fill="currentColor", x=_BAR, y=y - 5, width=width,
                    height=10)
        )  # fmt: skip
    cells = (row.ends, row.waits, row.killed, row.pages)
    for (x, _), text in zip(_COLUMNS, cells, strict=True):
        stuck = text in ("deadlock", "livelock")
        parts.append(label(x, y, text, ink="blocked" if stuck else "ink"))
    return parts


def _said(row: ComparedRemedy, steps: int) -> str:
    return (
        f"{row.remedy}: the same for {row.same} of {steps} steps, {row.made} can be made at all. "
        f"A timed run: {row.ends}; slowest request {row.waits}; killed {row.killed}; pages given "
        f"back {row.pages}."
    )
