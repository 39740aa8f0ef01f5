"""Made-up submissions, graded with the real nbgrader and the settings of the course."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from oomlab.course.grading import fence
from tests.course.assignments import nbgrader, read, role, source
from tests.course.conftest import PS1
from tests.course.submissions import DAMAGED, FENCED, STUDENTS

pytestmark = pytest.mark.notebook

Scores = Mapping[str, Mapping[str, float]]


@pytest.mark.parametrize("student", STUDENTS)
def test_everybody_gets_exactly_the_points_that_are_due(scores: Scores, student: str) -> None:
    assert scores[student] == STUDENTS[student].expected()


def test_a_student_behind_the_fence_sees_nothing_of_the_course(
    scores: Scores, course: Path
) -> None:
    if not fence.works():
        pytest.skip("bubblewrap is not installed or not allowed here")
    assert scores["knows-the-course"] == FENCED["knows-the-course"].expected()
    graded = read(course / "autograded" / "knows-the-course" / PS1 / f"{PS1}.ipynb")
    text = "\n".join(cell.source for cell in graded.cells)
    assert "schedule = \"False ['bin'" in text


def test_the_course_is_still_there(course: Path, scores: Scores) -> None:
    assert (course / "gradebook.db").stat().st_size > 0
    for folder in ("source", "release", "submitted/deletes-files", "autograded/solved"):
        assert (course / folder).is_dir()


@pytest.mark.parametrize(
    "said",
    [
        "Cell lockup-answer: it did not end within 5 seconds",
        "Cell edges-answer: it ended the process that it ran in",
        "Cell edges-answer: it ended in an error: NameError: name 'undefined' is not defined",
        "Cell lockup-answer: it ended in an error: MemoryError",
        "Cell edges-test: edges: not plain text, numbers or lists, or too long",
        "Cell edges-test: it was deleted, and has been put back",
        "Cell setup: it was deleted, and has been put back",
        f"error processing assignment '{PS1}' for student '{DAMAGED}'",
    ],
)
def test_the_instructor_is_told_what_went_wrong_in_which_cell(report: str, said: str) -> None:
    assert said in report


def test_one_damaged_submission_is_reported_and_stops_nobody(report: str, course: Path) -> None:
    assert report.count("error processing assignment '") == 1
    assert len(list(course.glob("autograded/*/*/*.ipynb"))) >= len(STUDENTS)
    assert not (course / "autograded" / DAMAGED).is_dir()


@pytest.mark.parametrize("student", ["prints-megabytes", "loops-after-the-answer", "own-cells"])
def test_what_was_handed_in_can_be_read_and_is_not_run(
    scores: Scores, course: Path, student: str
) -> None:
    path = course / "autograded" / student / PS1 / f"{PS1}.ipynb"
    assert path.stat().st_size < 100_000
    graded = read(path)
    given = [role(cell)["grade_id"] for cell in read(source(PS1)).cells if role(cell)]
    assert [role(cell)["grade_id"] for cell in graded.cells if role(cell)] == given
    for cell in graded.cells:
        if cell.cell_type == "code":
            assert role(cell), "a cell that was not given out has been run"
    told = "\n".join(cell.source for cell in graded.cells if cell.cell_type == "markdown")
    assert "As handed in" in told


def test_every_wrong_answer_gets_a_sentence(scores: Scores, course: Path) -> None:
    graded = read(course / "autograded" / "one-step-short" / PS1 / f"{PS1}.ipynb")
    said = {
        role(cell)["grade_id"]: "".join(each.get("text", "") for each in cell.outputs)
        for cell in graded.cells
        if cell.cell_type == "code" and role(cell)
    }
    assert "[0.75 of 1] Not yet: balloon_worker it is, but not because of" in said["warm-up-test"]
    assert "[1 of 2] Not yet: after step 13 the machine is not stuck" in said["lockup-test"]
    assert "[1 of 2] Not yet: what you drew is right, and there is more" in said["edges-test"]
    assert "[0 of 1] Not yet: play it in the model" in said["memory-test"]
    assert all("3 of 3 points" in said[name] for name in ("one-switch-test",))


def test_feedback_shows_no_hidden_test_and_obeys_no_html(scores: Scores, course: Path) -> None:
    shutil.rmtree(course / "feedback", ignore_errors=True)
    nbgrader(course, "generate_feedback", PS1, "--student=hostile-text")
    page = (course / "feedback" / "hostile-text" / PS1 / f"{PS1}.html").read_text(encoding="utf-8")
    for hidden in ("END HIDDEN", '<span class="n">later</span>', "Traceback (most"):
        assert hidden not in page
    assert "[0 of 1] Not yet: play it in the model" in page
    assert page.count("&lt;script&gt;alert('own')") == 2 and "<script>alert" not in page
    assert "<img src=x" not in page and "<script>own" not in page and '"javascript:own' not in page
    assert "<code>a &lt; b</code>" in page
    assert "### BEGIN HIDDEN TESTS" not in page  # a heading, in Markdown
    assert re.search(r"<h3[^>]*>BEGIN HIDDEN TESTS", page)


def test_files_of_a_learning_platform_are_collected(course: Path, release: Path) -> None:
    archive = course / "downloaded" / PS1 / "archive"
    archive.mkdir(parents=True)
    names = {
        "grace": f"grace_{PS1}.ipynb",
        "Mary Jackson": f"Mary Jackson_4711_assignsubmission_file_{PS1}.ipynb",
    }
    for name in names.values():
        shutil.copyfile(release, archive / name)
    nbgrader(course, "zip_collect", PS1)
    for student in names:
        assert (course / "submitted" / student / PS1 / f"{PS1}.ipynb").is_file()
