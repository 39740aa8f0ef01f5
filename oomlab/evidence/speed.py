"""How fast the explorer is beside other tools and an older build, as measured once and stored.

`python -m benchmarks.bench_table --store` measures and stores; nothing is measured while a book is
built.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STORED = Path(__file__).with_name("speed.json")
"""The last table that was stored."""


@dataclass(frozen=True)
class SpeedRow:
    """One line: what was measured, what it was held against, both figures in words, and how many
    times as good this build is (None: there is nothing to divide). `wanted`: the ratio that the
    project wants, None if it wants something else."""

    what: str
    beside: str
    here: str
    there: str
    ratio: float | None
    wanted: float | None = None


@dataclass(frozen=True)
class SpeedTable:
    """All lines, and on what they were measured: `machine` has no name in it, only its kind."""

    machine: str
    recipe: str
    rows: tuple[SpeedRow, ...]


def stored_speed() -> SpeedTable:
    """The table that was stored last."""
    found: dict[str, Any] = json.loads(STORED.read_text(encoding="utf-8"))
    rows = tuple(SpeedRow(**row) for row in found["rows"])
    return SpeedTable(found["machine"], found["recipe"], rows)


def speed_markdown() -> str:
    """It as Markdown, for the book."""
    table = stored_speed()
    lines = ["| What | Beside | Here | There | Ratio | Wanted |", "|---|---|---|---|---|---|"]
    for row in table.rows:
        cells = (row.what, row.beside, row.here, row.there, _times(row.ratio), _times(row.wanted))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", f"Measured on {table.machine}, with `{table.recipe}`."])


def _times(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.1f}"
