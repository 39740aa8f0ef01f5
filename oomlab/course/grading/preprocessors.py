"""The steps that nbgrader takes in place of its own, or besides them."""

from __future__ import annotations

import ast
import atexit
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from nbgrader.utils import is_locked
from traitlets import Bool, Float, Integer

from oomlab.course.answer import NOTHING
from oomlab.course.grading import fence
from oomlab.course.grading.apart import Bounds, NotebookRun, run_apart
from oomlab.course.grading.checks import Checks
from oomlab.course.grading.restore import Given, deleted, restore, to_ask, to_run, write_down

Notebook = Any
Resources = Any


class TakeAnswers(NbGraderPreprocessor):  # type: ignore[misc]
    """Restores what was given out, runs the student's code apart, and keeps the answers' values.

    To be the first step of `nbgrader autograde`.
    """

    cell_seconds = Float(10.0, help="seconds that one cell of a student may take").tag(config=True)
    memory_mb = Integer(2048, help="MB of memory that a student's code may use").tag(config=True)
    file_mb = Integer(20, help="MB that a file of a student's may have").tag(config=True)
    require_fence = Bool(False, help="refuse to run a student's code without bubblewrap").tag(
        config=True
    )

    def preprocess(self, nb: Notebook, resources: Resources) -> tuple[Notebook, Resources]:
        """The notebook for the checks."""
        given = self._given(resources["nbgrader"])
        pieces = restore(nb.cells, given)
        for name in deleted(nb.cells, given):
            self.log.warning("Cell %s: it was deleted, and has been put back", name)
        bounds = Bounds(self.cell_seconds, self.memory_mb, self.file_mb, self.require_fence)
        if not fence.works():
            self.log.warning("No bubblewrap: a student's code can read and change your files.")
        run = run_apart(to_run(pieces), answer_names(given), bounds, to_ask(pieces))
        self._compare_number(run, resources["nbgrader"].get("student", ""))
        for place, fault in sorted(run.faults.items()):
            piece = pieces[place].given
            where = piece.name if piece else f"the student's own cell before no. {place + 1}"
            self.log.warning("Cell %s: %s", where, " ".join(fault.split())[:300])
        cells = write_down(pieces, run)
        notebook = nbformat.v4.new_notebook(cells=cells)
        return notebook, resources

    def _compare_number(self, run: NotebookRun, student: str) -> None:
        """Warn where students are called by their numbers, and a notebook has another's."""
        written = {values["number"] for values in run.values.values() if "number" in values}
        if student.isdigit() and written - {int(student)}:
            self.log.warning("Cell number: it has %s, and not %s", min(map(str, written)), student)

    def _given(self, where: dict[str, str]) -> list[Given]:
        """What was given out, from the gradebook, in the order of the instructor's notebook."""
        course = self.parent.parent.coursedir
        folder = course.format_path(course.source_directory, ".", where["assignment"])
        path = Path(folder) / f"{where['notebook']}.ipynb"
        source = nbformat.read(path, as_version=4)
        order = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in source.cells]
        with Gradebook(where["db_url"]) as book:
            notebook = book.find_notebook(where["notebook"], where["assignment"])
            points = {cell.name: cell.max_score for cell in notebook.grade_cells}
            answers = {cell.name for cell in notebook.solution_cells}
            cells = [
                Given(each.name, each.cell_type, each.source, _role(each, points, answers))
                for each in notebook.source_cells
            ]
        return sorted(cells, key=lambda each: order.index(each.name))


def answer_names(given: list[Given]) -> list[str]:
    """The names that locked cells declare as answers: `name = ...`."""
    names = []
    for each in given:
        if each.cell_type != "code" or each.is_answer or each.is_check:
            continue
        for line in ast.parse(each.source).body:
            if not isinstance(line, ast.Assign):
                continue
            if isinstance(line.value, ast.Constant) and line.value.value is NOTHING:
                names += [name.id for name in line.targets if isinstance(name, ast.Name)]
    return names


def _role(cell: Any, points: dict[str, float], answers: set[str]) -> dict[str, Any]:
    role = {
        "grade": cell.name in points,
        "grade_id": cell.name,
        "locked": cell.locked,
        "schema_version": 3,
        "solution": cell.name in answers,
        "task": False,
        "cell_type": cell.cell_type,
        "checksum": cell.checksum,
    }
    return role | ({"points": points[cell.name]} if cell.name in points else {})


class RunChecks(NbGraderPreprocessor):  # type: ignore[misc]
    """Runs the checks on the values of the answers, where no code of a student's has run.

    In place of nbgrader's own step, which starts a kernel for each notebook.
    """

    cell_seconds = Float(300.0, help="seconds that one check may take").tag(config=True)

    def preprocess(self, nb: Notebook, resources: Resources) -> tuple[Notebook, Resources]:
        """The notebook with what its checks say."""
        code = [cell for cell in nb.cells if cell.cell_type == "code"]
        found = _checks().run([cell.source for cell in code], self.cell_seconds)
        for count, (cell, outputs) in enumerate(zip(code, found, strict=True), 1):
            cell.execution_count = count
            cell.outputs = [nbformat.from_dict(output) for output in outputs]
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count
        return nb, resources


@cache
def _checks() -> Checks:
    """One for all notebooks that this process grades."""
    checks = Checks()
    atexit.register(checks.close)
    return checks


class HideTests(ClearHiddenTests):  # type: ignore[misc]
    """Takes hidden tests out of a page of feedback, and out of the errors on it."""

    def preprocess_cell(self, cell: Any, resources: Resources, index: int) -> Any:
        """Only cells of the instructor's have hidden tests; a student's text stays as it is."""
        if is_locked(cell):
            self._remove_hidden_test_region(cell)
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                output.traceback = [f"{output.ename}: {output.evalue}"]
        return cell, resources
