"""What the book is given of real kernels: complete, and made with the recipe that is here."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest

from oomlab.evidence.real_kernel.cases import CASES
from tests.kernel.real.console import OUTCOMES, facts, read_console
from tests.kernel.real.results import STORED, about, recipe

DATA = json.loads(STORED.read_text(encoding="utf-8"))
RUNS: list[dict[str, Any]] = DATA["runs"]
_HEAD = {"release", "version", "case", "clock", "run", "recipe"}
_NAME = re.compile(r"[\w.+~:/-]{0,40}")
"""A release, a task, a word of ours: too short for anybody's text."""


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in _texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize(
    "run", RUNS, ids=lambda r: f"{r['version']}-{r['case']}-{r['clock']}-{r['run']}"
)
def test_a_stored_run_has_numbers_and_names_only(run: dict[str, Any]) -> None:
    case = CASES.find(run["case"])
    assert run["recipe"] == recipe(case, run["clock"]), (
        "asked otherwise now: make kernel-check STORE=1"
    )
    assert run["outcome"] in OUTCOMES
    assert set(run) == _HEAD | set(facts(read_console(""), case))
    words = set(_texts(run)) - set(OUTCOMES)
    assert all(_NAME.fullmatch(word) for word in words), words
    if run["outcome"] == "served":
        assert len(run["stall_ms"]) == case.module.get("rounds", 1)
    assert run["kills"] == len(run["killed"]) == len(run["killed_at_ms"])


def test_no_run_is_stored_twice_and_the_recipe_stands_beside_them() -> None:
    counted = Counter(
        tuple(run[key] for key in ("release", "case", "clock", "run")) for run in RUNS
    )
    assert max(counted.values()) == 1
    assert DATA["recipe"] == about()


def test_three_releases_have_answered() -> None:
    assert len({run["release"] for run in RUNS}) >= 3


def test_both_clocks_tell_the_same_outcome() -> None:
    """What the README says of them: neither is the reason for a lockup or for a way out of it."""
    told: dict[tuple[str, str], dict[str, set[str]]] = {}
    for run in RUNS:
        clocks = told.setdefault((run["release"], run["case"]), {})
        clocks.setdefault(run["clock"], set()).add(run["outcome"])
    both = [clocks for clocks in told.values() if len(clocks) == 2]
    assert both
    assert all(clocks["counted"] & clocks["host"] for clocks in both)
