"""A notebook's cells, run in this process: quick, and without a kernel."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from oomlab.course.cells import Cells
from tests.course.assignments import read, role, source

_MARKERS = re.compile(r"### (BEGIN|END) (SOLUTION|HIDDEN TESTS)\n?")


@dataclass
class PlayedSet:
    """Points and words by check; all that the other cells printed."""

    points: dict[str, float] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    printed: str = ""

    @property
    def total(self) -> float:
        """All points."""
        return sum(self.points.values())


def play_set(
    name: str, answers: Mapping[str, str] | None = None, number: int = 0, until: str = ""
) -> PlayedSet:
    """Run the instructor's notebook `name` as the student with `number`.

    `answers`: other answers than the instructor's, by grade_id. Checks whose answer is missing
    raise, as they do for a student. `until`: the cell before which to stop.
    """
    given = {"number": f"number = {number}", **(answers or {})}
    played, cells = PlayedSet(), Cells()
    for cell in read(source(name)).cells:
        if cell.cell_type != "code":
            continue
        ident = role(cell).get("grade_id", cell.id)
        if ident == until:
            break
        text = given.get(ident, cell.source) if role(cell).get("solution") else cell.source
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            value = cells.evaluate(_MARKERS.sub("", text), f"<{name}/{ident}>")
        if role(cell).get("grade"):
            played.points[ident], played.said[ident] = float(value), said.getvalue()
        else:
            played.printed += said.getvalue()
    return played


def play_check(name: str, check: str, answers: Mapping[str, str], number: int = 0) -> PlayedSet:
    """Run the answers given and one check, with the instructor's locked cells before it; other
    answers and checks are left out."""
    played: PlayedSet = PlayedSet()
    cells = Cells()
    given = {"number": f"number = {number}", **answers}
    for cell in read(source(name)).cells:
        ident = role(cell).get("grade_id", cell.id)
        graded = bool(role(cell).get("grade"))
        wanted = ident == check or ident in given or (not graded and role(cell).get("locked"))
        if cell.cell_type != "code" or not wanted:
            continue
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            text = _MARKERS.sub("", given.get(ident, cell.source))
            value = cells.evaluate(text, f"<{name}/{ident}>")
        if ident == check:
            played.points[ident], played.said[ident] = float(value), said.getvalue()
            break
    return played
