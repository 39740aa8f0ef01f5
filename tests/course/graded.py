"""One notebook through all steps of grading, without a gradebook: quick, and for any set."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from nbgrader.utils import determine_grade

from oomlab.course.grading.apart import Bounds, run_apart
from oomlab.course.grading.checks import Checks
from oomlab.course.grading.preprocessors import answer_names
from oomlab.course.grading.restore import Given, restore, to_ask, to_run, write_down
from tests.course.assignments import read, role, source
from tools.releases import released


@dataclass(frozen=True)
class Graded:
    """Points and words by check; what the instructor is told of a cell; the text of all cells."""

    points: dict[str, float]
    faults: dict[str, str]
    said: dict[str, str]
    text: str


@cache
def given_out(name: str) -> tuple[Given, ...]:
    """What the gradebook knows of a set: forms of answers, and checks with their hidden tests."""
    released_cells = {cell.id: cell.source for cell in read(released(name)).cells}
    cells = []
    for cell in read(source(name)).cells:
        told = role(cell)
        if told:
            text = released_cells[cell.id] if told["solution"] else cell.source
            cells.append(
                Given(cell.id, cell.cell_type, text, {**told, "cell_type": cell.cell_type})
            )
    return tuple(cells)


def grade(name: str, notebook: Any, checks: Checks, bounds: Bounds) -> Graded:
    """What the machine gives for a notebook that was handed in, and says about it."""
    given = list(given_out(name))
    pieces = restore(notebook.cells, given)
    run = run_apart(to_run(pieces), answer_names(given), bounds, to_ask(pieces))
    cells = write_down(pieces, run)
    code = [cell for cell in cells if cell.cell_type == "code"]
    points: dict[str, float] = {}
    said: dict[str, str] = {}
    for cell, outputs in zip(code, checks.run([c.source for c in code], 60), strict=True):
        cell.outputs = [_Output(output) for output in outputs]
        if role(cell).get("grade"):
            points[cell.id] = float(determine_grade(cell)[0])
            said[cell.id] = "".join(str(o.get("text", o.get("evalue", ""))) for o in outputs)
    faults = {}
    for place, fault in run.faults.items():
        piece = pieces[place].given
        faults[piece.name if piece else f"no. {place + 1}"] = fault
    return Graded(points, faults, said, "\n".join(cell.source for cell in cells))


class _Output(dict[str, Any]):
    """A cell's output as nbformat has it."""

    def __getattr__(self, name: str) -> Any:
        return self[name]
