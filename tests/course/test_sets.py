"""Every set: its text, its solution for fifty students, and that neighbours have different sets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest

import oomlab.experiment
from tests.course.played import play_set
from tools import assignments, teaching_tables
from tools.paths import ROOT

SETS = {one.name: one for one in assignments.sets()}
STUDENTS = range(50)
SLOW = ("ps5-a-safe-listener", "ps7-choosing-the-limit", "ps8-reviewing-the-patch")
"""About half a second each: ten students here, all fifty in `make course`."""


@pytest.fixture(autouse=True)
def explored_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A solution has the explorer asked what its check asks again: it answers the same."""
    for name in ("explore", "run"):
        monkeypatch.setattr(oomlab.experiment, name, _remembering(name))
    yield


@lru_cache
def _remembering(name: str) -> Any:
    ask = getattr(oomlab.experiment, name)
    known: dict[str, Any] = {}

    def remembered(*given: Any, **more: Any) -> Any:
        key = repr((given, more))
        if key not in known:
            known[key] = ask(*given, **more)
        return known[key]

    return remembered


def test_the_notebooks_are_what_the_texts_say() -> None:
    assert assignments.stale() == []


def test_the_pages_about_the_sets_say_what_the_sets_say() -> None:
    for page in (teaching_tables.PAGE, teaching_tables.FOR_STUDENTS):
        text = page.read_text(encoding="utf-8")
        assert teaching_tables.written_page(text) == text
        assert text.count("](sets/ps") == len(SETS)


def test_there_are_ten_sets_and_a_warm_up() -> None:
    assert [name.partition("-")[0] for name in SETS] == [f"ps{n}" for n in range(11)]


@pytest.mark.parametrize("name", SETS)
def test_a_set_says_what_it_is_about(name: str) -> None:
    one = SETS[name]
    assert one.points == 20
    assert 10 <= one.by_machine <= 17
    assert 45 <= one.head["minutes"] <= 90
    assert len(one.head["goals"]) >= 3 and len(one.head["mistakes"]) >= 3
    pages = [*one.head["chapters"], *(each["page"] for each in one.head["mistakes"])]
    for page in pages:
        assert (ROOT / "book" / f"{page}.md").is_file(), page


@pytest.mark.parametrize("name", SETS)
def test_the_solution_is_right_for_every_student(name: str) -> None:
    for number in STUDENTS[::5] if name in SLOW else STUDENTS:
        played = play_set(name, number=number)
        wrong = [said for said in played.said.values() if "Not yet" in said]
        assert played.total == SETS[name].by_machine, (number, wrong)


@pytest.mark.parametrize("name", SETS)
def test_neighbours_have_different_sets(name: str) -> None:
    """What is printed at the top; more is drawn than is said there."""
    seen = {_introduction(name, number) for number in range(20)}
    assert len(seen) >= 5


def _introduction(name: str, number: int) -> str:
    first = next(
        cell.name for cell in SETS[name].cells if cell.kind == "answer" and cell.name != "number"
    )
    return play_set(name, number=number, until=first).printed
