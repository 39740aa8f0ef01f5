"""One course for all tests: made once, released once, handed in once, graded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.assignments import nbgrader, new_course, points_given
from tests.course.submissions import CELL_SECONDS, DAMAGED, students

PS1 = "ps1-two-tasks"


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose assignment has been released."""
    folder = new_course(tmp_path_factory.mktemp("course") / "course")
    with (folder / "nbgrader_config.py").open("a", encoding="utf-8") as settings:
        settings.write(f"\nc.TakeAnswers.cell_seconds = {CELL_SECONDS}\n")
    nbgrader(folder, "generate_assignment", PS1)
    return folder


@pytest.fixture(scope="session")
def release(course: Path) -> Path:
    """What students get."""
    return course / "release" / PS1 / f"{PS1}.ipynb"


@pytest.fixture(scope="session")
def report(course: Path, release: Path) -> str:
    """What nbgrader says while it grades all submissions at once."""
    source = course / "source" / PS1 / f"{PS1}.ipynb"
    for student, submission in students().items():
        submission.hand_in(course / "submitted" / student / PS1, release, source)
    damaged = course / "submitted" / DAMAGED / PS1 / f"{PS1}.ipynb"
    damaged.parent.mkdir(parents=True)
    damaged.write_text("{", encoding="utf-8")
    # Status 1 is nbgrader's way to say that one of them could not be graded.
    return nbgrader(course, "autograde", PS1, status=1)


@pytest.fixture(scope="session")
def scores(course: Path, report: str) -> dict[str, dict[str, float]]:
    """student -> grade_id -> points given by the machine."""
    return points_given(course, PS1, students())
