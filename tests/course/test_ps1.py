"""Problem set 1 as instructors and students meet it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.assignments import nbval, read, role
from tests.course.conftest import PS1

pytestmark = pytest.mark.notebook


def test_the_instructor_version_passes(course: Path) -> None:
    notebook = course / "source" / PS1 / f"{PS1}.ipynb"
    results = nbval(notebook)
    assert len(results) == sum(cell.cell_type == "code" for cell in read(notebook).cells)
    assert [text for outcome, text in results if outcome != "passed"] == []


def test_the_release_gives_nothing_away(release: Path) -> None:
    text = release.read_text(encoding="utf-8")
    for word in ("SOLUTION", "HIDDEN", "later.ok", "fs_task:10", "Marks:", "check_held("):
        assert word not in text
    for cell in read(release).cells:
        if role(cell).get("solution"):
            stub = "# YOUR CODE HERE" if cell.cell_type == "code" else "Your answer here"
            assert stub in cell.source


def test_nothing_in_a_stub_can_stand_in_the_way_of_an_answer(release: Path) -> None:
    for cell in read(release).cells:
        if role(cell).get("solution") and cell.cell_type == "code":
            assert all(line.startswith("#") for line in cell.source.splitlines())


def test_the_release_fails_at_its_first_unanswered_check_and_not_before(release: Path) -> None:
    code = [cell for cell in read(release).cells if cell.cell_type == "code"]
    checks = [number for number, cell in enumerate(code) if role(cell).get("grade")]
    results = nbval(release)
    failed = [number for number, (outcome, _) in enumerate(results) if outcome == "failed"]
    assert failed == checks
    for number in checks:
        assert "there is no answer yet; write it in the cell above" in results[number][1]
