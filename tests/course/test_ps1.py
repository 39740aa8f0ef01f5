"""Problem set 1 as instructors and students meet it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.assignments import nbval, read, role
from tests.course.conftest import PS1

pytestmark = pytest.mark.notebook

MACHINE_MARKED = {
    "warm-up-test": 1,
    "lockup-test": 3,
    "one-switch-test": 3,
    "edges-test": 2,
    "memory-test": 1,
    "stop-test": 2,
    "held-test": 1,
}
READ_BY_A_PERSON = {"argument-answer": 4, "fix-argument-answer": 3}

Scores = dict[str, dict[str, tuple[float, float]]]


def test_the_instructor_version_passes(course: Path) -> None:
    notebook = course / "source" / PS1 / f"{PS1}.ipynb"
    results = nbval(notebook)
    assert len(results) == sum(cell.cell_type == "code" for cell in read(notebook).cells)
    assert [text for outcome, text in results if outcome != "passed"] == []


def test_the_release_gives_nothing_away(release: Path) -> None:
    text = release.read_text(encoding="utf-8")
    for word in (
        "SOLUTION",
        "HIDDEN",
        "verdict ==",
        "fs_task:10",
        "Marks:",
        "oomlab import course",
    ):
        assert word not in text
    for cell in read(release).cells:
        if role(cell).get("solution"):
            stub = "raise NotImplementedError" if cell.cell_type == "code" else "Your answer here"
            assert stub in cell.source


def test_the_release_fails_at_its_first_stub_and_not_before(release: Path) -> None:
    code = [cell for cell in read(release).cells if cell.cell_type == "code"]
    stubs = [number for number, cell in enumerate(code) if role(cell).get("solution")]
    results = nbval(release)
    failed = [number for number, (outcome, _) in enumerate(results) if outcome == "failed"]
    assert failed[0] == stubs[0]
    said = results[stubs[0]][1]
    assert "NotImplementedError" in said and "write your answer here" in said
    assert set(stubs) <= set(failed)


def test_the_instructors_answers_get_every_point_the_machine_gives(scores: Scores) -> None:
    full = {name: (points, points) for name, points in MACHINE_MARKED.items()}
    unread = {name: (0, points) for name, points in READ_BY_A_PERSON.items()}
    assert scores["solved"] == {**full, **unread}


def test_an_untouched_release_gets_nothing(scores: Scores) -> None:
    assert {given for given, _ in scores["untouched"].values()} == {0}


def test_a_wrong_answer_costs_its_own_points_only(scores: Scores) -> None:
    lost = {name for name in MACHINE_MARKED if not scores["one-step-short"][name][0]}
    assert lost == {"lockup-test", "memory-test"}


def test_a_check_of_ones_own_gets_no_points(scores: Scores) -> None:
    given = scores["own-check"]
    for name in ("lockup-test", "one-switch-test", "edges-test", "stop-test", "held-test"):
        assert given[name][0] == 0
    assert given["warm-up-test"] == (1, 1)
