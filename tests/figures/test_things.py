"""A lock has one colour and pattern in the whole book; no picture shows one for two locks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import oomlab
from oomlab import REMEDIES, SCENARIOS, InputError, run
from oomlab.analysis.lock_order import RECLAIM
from oomlab.figures.things import STYLES, face_of, styles_of

LOCKS = ("mutex", "rwsem")


def locks_of(scenario: str, remedy: str) -> list[str]:
    """The locks of a run, as a picture of it asks for their styles."""
    return [slot.name for slot in run(scenario, remedy).slots if slot.kind in LOCKS]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_lock_of_the_book_has_one_face_in_every_picture(scenario: str) -> None:
    drawn = 0
    for remedy in REMEDIES:
        try:
            locks = locks_of(scenario, remedy)
        except InputError:  # a remedy that this scenario does not take
            continue
        drawn += 1
        assert set(locks) <= STYLES.keys(), "a lock without a style of its own in the book"
        locks.append(RECLAIM)  # the lock-order graph shows it beside those of the run
        styles = styles_of(locks)
        assert styles == {name: STYLES[name] for name in locks}
        assert len(set(styles.values())) == len(styles), "one face for two locks of a picture"
    assert drawn


def test_two_locks_of_a_picture_never_share_a_face_while_there_are_enough() -> None:
    styles = styles_of(["fs_lock", "fs_lock 2", "fs_lock 3", "balloon_lock", "oom_lock"])
    assert styles["fs_lock"] == STYLES["fs_lock"]
    assert len(set(styles.values())) == len(styles)


def test_nothing_but_a_lock_has_the_colour_of_a_lock() -> None:
    """Sources that name a style of a lock: where the styles are made and given out."""
    makers = {"style.py", "things.py", "language.py", "machine.css"}
    root = Path(oomlab.__file__).parent
    files = [
        *root.glob("figures/**/*.py"),
        *root.glob("widgets/*.css"),
        *root.glob("views/**/*.py"),
    ]
    assert len(files) > 50
    found = [
        file.name
        for file in files
        if file.name not in makers and re.search(r"\block\d\b", file.read_text(encoding="utf-8"))
    ]
    assert found == []
    sheet = (root / "widgets/machine.css").read_text(encoding="utf-8")
    for line in sheet.splitlines():  # there the six faces only
        assert not re.search(r"--m-lock\d", line) or re.fullmatch(r"  color: .*;", line), line


def test_every_task_of_a_scenario_has_a_face_in_the_text() -> None:
    names = {task.name for name in SCENARIOS for task in run(name).tasks}
    assert {face_of(name) for name in names} == {"task"}
    assert face_of("fault_task11") == "task"
    assert face_of("oom_lock") == STYLES["oom_lock"]
    assert face_of("fill_balloon") == face_of("fill_balloon()") == "code"
    assert face_of("GFP_KERNEL") == ""
