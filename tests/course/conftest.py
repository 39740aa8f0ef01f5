"""One course for all tests: made once, released once, graded once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.course.assignments import nbgrader, new_course, solve, written

PS1 = "ps1-two-tasks"

STUDENTS: Mapping[str, Mapping[str, str] | None] = {
    "solved": {},
    "untouched": None,
    "one-step-short": {
        "lockup-answer": 'schedule = "fs_task:9,balloon_worker:4"',
        "memory-answer": "memory_helps = True",
    },
    "own-check": {
        "lockup-answer": (
            "from oomlab.course import Answer\n"
            "check_lockup = lambda *schedule, **options: Answer(True, 'trust me')\n"
            'schedule = "fs_task:9"'
        ),
        "one-switch-answer": (
            'worker_first = "balloon_worker,fs_task"\nfs_task_first = "fs_task,balloon_worker"'
        ),
    },
}
"""Who hands in what: other answers than the instructor's; None for the release as it came."""


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose assignment has been released."""
    folder = new_course(tmp_path_factory.mktemp("course") / "course")
    nbgrader(folder, "generate_assignment", PS1)
    return folder


@pytest.fixture(scope="session")
def release(course: Path) -> Path:
    """What students get."""
    return course / "release" / PS1 / f"{PS1}.ipynb"


@pytest.fixture(scope="session")
def scores(course: Path, release: Path) -> dict[str, dict[str, tuple[float, float]]]:
    """student -> grade_id -> (points given by the machine, points there are)."""
    for student, changes in STUDENTS.items():
        handed_in = course / "submitted" / student / PS1 / f"{PS1}.ipynb"
        handed_in.parent.mkdir(parents=True)
        if changes is None:
            handed_in.write_bytes(release.read_bytes())
        else:
            instructors = course / "source" / PS1 / f"{PS1}.ipynb"
            handed_in.write_text(written(solve(release, instructors, changes)), encoding="utf-8")
    nbgrader(course, "autograde", PS1)
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        return {
            student: {
                grade.name: (grade.auto_score or 0.0, grade.max_score)
                for grade in book.find_submission_notebook(PS1, PS1, student).grades
            }
            for student in STUDENTS
        }
