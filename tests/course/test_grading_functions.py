"""Answers that are functions, graded with the real nbgrader, from the release to the grades."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.course.assignments import nbgrader, points_given, read, role
from tests.course.submissions import Submission, unanswer

pytestmark = pytest.mark.notebook

PS5 = "ps5-a-safe-listener"

POINTS: Mapping[str, float] = {
    "unsafe-test": 2,
    "lockup-test": 4,
    "callback-test": 6,
    "device-test": 4,
}

_TRIES = "if not (yield mutex_trylock(driver.lock)):\n        return 0"

_SAFE = (
    f"def callback(driver):\n    {_TRIES}\n"
    "    pages = yield move(driver.pages, driver.free)\n    yield mutex_unlock(driver.lock)\n"
    "    return pages"
)

STUDENTS: Mapping[str, Submission] = {
    "1234": Submission({"number": "number = 1234"}),
    "77": Submission({"number": "number = 1234"}),
    "Grace Hopper": Submission(
        {
            "callback-answer": "import functools\nWAIT = 1\n\n\ndef give(driver):\n"
            "    pages = yield move(driver.pages, driver.free)\n    return pages\n\n\n"
            "def callback(driver):\n    for i in range(2):\n"
            "        got = yield mutex_trylock(driver.lock)\n        if got:\n            break\n"
            "        yield sleep(WAIT + i)\n    if not got:\n        return 0\n"
            "    pages = yield from give(driver)\n    yield mutex_unlock(driver.lock)\n"
            "    return pages"
        }
    ),
    "untouched": Submission(change=unanswer, points=dict.fromkeys(POINTS, 0)),
    "takes-the-lock": Submission(
        {"callback-answer": _SAFE.replace(_TRIES, "yield mutex_lock(driver.lock)")},
        points={"callback-test": 2},
    ),
    "patches-the-taking-down": Submission(
        {
            "callback-answer": "import oomlab.course.code as code\n"
            "code.written = lambda *a: \"__import__('os').system('touch /tmp/escaped')\"\n"
            "def callback(driver):\n    yield sleep(1)"
        },
        points={"callback-test": 0, "device-test": 0},
    ),
    "loops-when-it-is-called": Submission(
        {"callback-answer": "def callback(driver):\n    while True:\n        pass\n    yield 1"},
        points={"callback-test": 0},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def report(course: Path) -> str:
    """What nbgrader says while it grades them."""
    nbgrader(course, "generate_assignment", PS5)
    release = course / "release" / PS5 / f"{PS5}.ipynb"
    for student, submission in STUDENTS.items():
        source = course / "source" / PS5 / f"{PS5}.ipynb"
        submission.hand_in(course / "submitted" / student / PS5, release, source)
    return nbgrader(course, "autograde", PS5)


@pytest.fixture(scope="module")
def scores(course: Path, report: str) -> dict[str, dict[str, float]]:
    """student -> grade_id -> points given by the machine."""
    return points_given(course, PS5, STUDENTS)


@pytest.mark.parametrize("student", STUDENTS)
def test_a_function_gets_the_points_that_are_due(
    scores: Mapping[str, Mapping[str, float]], student: str
) -> None:
    assert scores[student] == {**POINTS, **STUDENTS[student].points}
    assert not Path("/tmp/escaped").exists()


def test_a_notebook_with_anothers_number_is_named(report: str) -> None:
    assert report.count("Cell number: it has 1234, and not 77") == 1
    assert "and not 1234" not in report


def test_what_is_said_is_said_in_the_students_words(
    scores: Mapping[str, Mapping[str, float]], course: Path
) -> None:
    def said(student: str) -> str:
        graded = read(course / "autograded" / student / PS5 / f"{PS5}.ipynb")
        cell = next(c for c in graded.cells if role(c).get("grade_id") == "callback-test")
        return "".join(each.get("text", "") for each in cell.outputs)

    assert "refiller waits for fs_lock, held by fs_task" in said("takes-the-lock")
    assert 'to play it: show("' in said("takes-the-lock")
    assert "it goes round 20000 times without a step" in said("loops-when-it-is-called")


def test_feedback_and_grades_come_out(
    scores: Mapping[str, Mapping[str, float]], course: Path
) -> None:
    nbgrader(course, "generate_feedback", PS5, "--student=takes-the-lock")
    page = (course / "feedback" / "takes-the-lock" / PS5 / f"{PS5}.html").read_text("utf-8")
    assert "refiller waits for fs_lock, held by fs_task" in page
    for hidden in (
        "END HIDDEN",
        'check_unsafe_places</span><span class="p">(<',
    ):
        assert hidden not in page
    nbgrader(course, "export")
    with (course / "grades.csv").open(encoding="utf-8") as table:
        rows = {row["student_id"]: row for row in csv.DictReader(table) if row["assignment"] == PS5}
    assert float(rows["1234"]["score"]) == sum(POINTS.values())
