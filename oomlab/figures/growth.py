"""How far a balloon got: what its worker took, what went back meanwhile, what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oomlab.figures.figure import Figure
from oomlab.figures.parts import MARGIN, bar, label, legend, swatch
from oomlab.figures.svg import WIDTH, Markup, document

_ROW = 58.0
_BAR = 18.0
_TOP = 16.0
_ROOM = WIDTH - 2 * MARGIN


@dataclass(frozen=True, slots=True)
class Growth:
    """One run. `name`: what is compared. In pages: `taken` by the worker, `returned` meanwhile."""

    name: str
    taken: int
    returned: int

    @property
    def gained(self) -> int:
        """What the balloon has gained; negative if it is smaller than before."""
        return self.taken - self.returned


def draw_growth(runs: Sequence[Growth], title: str, *, key: str = "") -> Figure:
    """Draw a bar of the pages taken for each run, the part that went back in another pattern."""
    most = max([1, *(max(run.taken, run.returned) for run in runs)])
    description = "Each bar is what the worker took; the hatched part went back meanwhile."
    parts: list[Markup] = []
    for number, run in enumerate(runs):
        top = _TOP + number * _ROW
        parts.append(label(MARGIN, top, f"{run.name}: gained {run.gained:,} of {run.taken:,}"))
        kept = _ROOM * max(run.gained, 0) / most
        back = _ROOM * run.returned / most
        y = top + 13
        if kept:
            parts.append(bar("runs", MARGIN, y, kept, _BAR))
        if back:
            parts.append(bar("blocked", MARGIN + kept, y, back, _BAR))
    bottom = _TOP + len(runs) * _ROW - 12
    keys = [
        swatch("runs")._replace(text="pages gained"),
        swatch("blocked")._replace(text="taken, and given back meanwhile"),
    ]
    drawn, height = legend(keys, bottom)
    svg = document([*parts, drawn], bottom + height + 6, title, description, key)
    twin = [f"{title}."] + [
        f"{run.name}: the worker took {run.taken:,} pages, {run.returned:,} went back meanwhile, so"
        f" the balloon gained {run.gained:,}."
        for run in runs
    ]
    return Figure(svg, title, description, "\n".join(twin))
