"""How far a balloon got: what its worker took, what went back meanwhile, what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oomlab.figures.figure import Figure, Sheet, drawn
from oomlab.figures.parts import MARGIN, Key, bar, legend, quiet_bar, said, swatch
from oomlab.figures.svg import Markup

_BAR = 18.0


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
    description = "Each bar is what the worker took; the pale part went back meanwhile."

    def draw(width: float) -> Sheet:
        parts: list[Markup] = []
        y = 6.0
        room = width - 2 * MARGIN
        for run in runs:
            name = f"{run.name}: gained {run.gained:,} of {run.taken:,}"
            lines, y = said(name, y, width)
            parts += lines
            kept = room * max(run.gained, 0) / most
            back = room * run.returned / most
            if kept:
                parts.append(bar("runs", MARGIN, y + 3, kept, _BAR))
            if back:
                parts.append(quiet_bar(MARGIN + kept, y + 3, back, _BAR))
            y += _BAR + 17
        keys = [
            swatch("runs")._replace(text="gained"),
            Key(quiet_bar(0, -7, 28, 14), 28, "taken, and given back"),
        ]
        key_parts, height = legend(keys, y - 4, width)
        return Sheet([*parts, key_parts], y + height + 2)

    twin = [f"{title}."] + [
        f"{run.name}: the worker took {run.taken:,} pages, {run.returned:,} went back meanwhile, so"
        f" the balloon gained {run.gained:,}."
        for run in runs
    ]
    return drawn(draw, title, description, "\n".join(twin), key=key)
