"""Every assignment's instructor version is clean and well formed."""

from __future__ import annotations

import re
from typing import Any

import nbformat
import pytest

from tests.course.assignments import NAMES, read, role, source, written

NBGRADER_KEYS = {"grade", "grade_id", "locked", "schema_version", "solution", "task"}
MACHINE_PATHS = re.compile(r"(?<![\w.])/(home|root|work|tmp|usr|Users)/|[A-Z]:\\\\")


@pytest.fixture(params=NAMES)
def notebook(request: pytest.FixtureRequest) -> Any:
    return read(source(request.param))


def test_there_are_assignments() -> None:
    assert "ps1-two-tasks" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_in_the_form_that_editors_write(name: str) -> None:
    text = source(name).read_text(encoding="utf-8")
    assert text == written(read(source(name)))
    assert not MACHINE_PATHS.search(text)


def test_nothing_of_a_run_is_left(notebook: Any) -> None:
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"nbgrader"}
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
    assert dict(notebook.metadata) == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


def test_names_of_cells_are_for_ever(notebook: Any) -> None:
    names = [cell.id for cell in notebook.cells]
    assert len(set(names)) == len(names)
    for cell in notebook.cells:
        assert role(cell).get("grade_id", cell.id) == cell.id


def test_what_nbgrader_is_told_is_complete(notebook: Any) -> None:
    for cell in notebook.cells:
        told = role(cell)
        if not told:
            assert "### BEGIN" not in cell.source
            continue
        graded = {"points"} if told["grade"] else set()
        assert set(told) == NBGRADER_KEYS | graded
        assert told["schema_version"] == 3
        assert not told["task"]
        assert told["locked"] is not told["solution"]
        assert cell.source.count("### BEGIN SOLUTION") == told["solution"]
        assert cell.source.count("### END SOLUTION") == told["solution"]
        tested = bool(told["grade"] and cell.cell_type == "code")
        hidden = cell.source.count("### BEGIN HIDDEN TESTS")
        assert hidden == cell.source.count("### END HIDDEN TESTS") <= tested
        assert cell.source.endswith("\nmarks.total()") == tested


def test_the_points_are_those_that_the_text_promises(notebook: Any) -> None:
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    points = [role(cell)["points"] for cell in notebook.cells if role(cell).get("grade")]
    promised = re.findall(r"^##.*\((\d+) points?\b.*\)$", text, re.MULTILINE)
    assert [int(number) for number in promised] == points
    total = re.search(r"(\d+) points\.", text)
    assert total and int(total[1]) == sum(points)
