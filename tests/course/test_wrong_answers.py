"""No wrong answer gets the points, and each gets a sentence that is true of it."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.course.assignments import read, role, source
from tests.course.played import play_check
from tools import assignments

ANSWERS = tomllib.loads(Path(__file__).with_name("wrong_answers.toml").read_text("utf-8"))
PS5 = "ps5-a-safe-listener"


def _named(each: dict[str, Any]) -> str:
    number = each["set"].partition("-")[0]
    return f"{number}-{each['said'][:30]}"


@pytest.mark.parametrize("wrong", ANSWERS["wrong"], ids=_named)
def test_a_wrong_answer_gets_its_points_and_its_sentence(wrong: dict[str, Any]) -> None:
    check = f"{wrong['cell'].removesuffix('-answer')}-test"
    played = play_check(wrong["set"], check, {wrong["cell"]: wrong["answer"]})
    assert wrong["said"] in played.said[check]
    assert played.points[check] == pytest.approx(wrong["points"], abs=0.01)
    assert played.points[check] < _full(wrong["set"], check)


def test_every_set_has_wrong_answers() -> None:
    counts = Counter(wrong["set"] for wrong in ANSWERS["wrong"])
    assert all(counts[one.name] >= 4 for one in assignments.sets())


@pytest.mark.parametrize("hostile", ANSWERS["hostile"], ids=lambda each: each["what"])
def test_what_is_no_routine_is_told_so_in_the_students_words(hostile: dict[str, str]) -> None:
    lines = "\n".join(f"    {line}" for line in hostile["body"].split("\n"))
    answer = f"import random\nimport time\n\n\ndef callback(driver):\n{lines}"
    played = play_check(PS5, "callback-test", {"callback-answer": answer})
    assert hostile["said"] in played.said["callback-test"]
    assert "Traceback" not in played.said["callback-test"]
    assert played.points["callback-test"] == 0


@pytest.mark.parametrize("right", ANSWERS["right"], ids=lambda each: each["what"])
def test_a_right_answer_that_is_not_ours_is_right(right: dict[str, str]) -> None:
    name, cell = right.get("set", PS5), right.get("cell", "callback-answer")
    check = f"{cell.removesuffix('-answer')}-test"
    played = play_check(name, check, {cell: right["answer"]})
    assert played.points[check] == _full(name, check), played.said[check]


def _full(name: str, check: str) -> float:
    return float(next(role(c)["points"] for c in read(source(name)).cells if c.id == check))
