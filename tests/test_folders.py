"""The folders of the tests mirror those of the package: who knows one finds the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.suite import NEIGHBOURS
from tools.paths import ROOT

PACKAGE, TESTS = ROOT / "oomlab", ROOT / "tests"
ASIDE = {Path("kernel/real")}
"""What asks the thing itself that a room is a model of."""

ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_its_folder_of_tests(room: str) -> None:
    own = TESTS / room
    assert list(own.rglob("test_*.py")), f"put the tests of oomlab/{room} into tests/{room}"
    assert NEIGHBOURS.get(room, (room,))[0] == room


@pytest.mark.parametrize("room", ROOMS)
def test_a_folder_of_tests_within_it_is_one_of_the_room(room: str) -> None:
    within = {test.parent.relative_to(TESTS) for test in (TESTS / room).rglob("test_*.py")} - ASIDE
    strangers = [str(folder) for folder in within if not (PACKAGE / folder).is_dir()]
    assert not strangers, f"there is no oomlab/{strangers}; name the tests after what they test"


def test_whose_neighbours_are_tested_is_a_room_or_a_second_opinion() -> None:
    named = {folder for folders in NEIGHBOURS.values() for folder in folders}
    assert named <= {*ROOMS, "second_opinions"}
    assert all(Path(TESTS, folder).is_dir() for folder in named)
