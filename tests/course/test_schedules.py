"""Lockups and context switches: what the checks say of right and wrong schedules."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from oomlab import explore
from oomlab.course import check_lockup, check_switches
from oomlab.course.attempt import attempt

WORKER_FIRST = "balloon_worker:4,fs_task:10"


@pytest.mark.parametrize(
    "schedule",
    [
        WORKER_FIRST,
        "fs_task:10,balloon_worker:4",
        " fs_task:3, balloon_worker:4,\n fs_task:7, ",
        ",".join(["balloon_worker", "fs_task"] * 4 + ["fs_task:6"]),
    ],
)
def test_a_lockup_is_right_and_shows_the_circle(schedule: str) -> None:
    answer = check_lockup(schedule)
    assert str(answer) == (
        "Right: after step 14 nobody can move. The waits form a circle: "
        "fs_task -> balloon_lock -> balloon_worker -> fs_lock -> fs_task.\n"
        "  fs_task waits for balloon_lock, held by balloon_worker\n"
        "  balloon_worker waits for fs_lock, held by fs_task"
    )


@pytest.mark.parametrize(
    ("schedule", "sentence", "detail"),
    [
        (
            "balloon_worker:5,fs_task:10",
            "step 6 is impossible: fs_task waits for fs_lock, held by balloon_worker.",
            "can happen next: balloon_worker releases fs_lock (try_to_free_pages)",
        ),
        (
            "balloon_worker:9",
            "step 9 is impossible: balloon_worker has finished.",
            "can happen next: fs_task takes fs_lock (filesystem_task)",
        ),
        (
            "balloon_worker:4,fs_task:9",
            "after step 13 the machine is not stuck: fs_task can still move.",
            "balloon_worker waits for fs_lock, held by fs_task",
        ),
        (
            "fs_task",
            "after step 1 the machine is not stuck: fs_task and balloon_worker can still move.",
            "can happen next: balloon_worker takes balloon_lock (lock_then_allocate)",
        ),
        (
            "fs_task:14",
            "after step 14 the machine is not stuck: host can still move.",
            "fs_task waits for its buffer back from host",
        ),
    ],
)
def test_a_wrong_schedule_is_told_where_it_fails(schedule: str, sentence: str, detail: str) -> None:
    answer = check_lockup(schedule)
    assert not answer.ok
    assert answer.sentence == sentence
    assert detail in answer.details


def test_who_can_move_is_not_among_those_who_wait() -> None:
    assert attempt("fs_task:2").waits() == ()
    assert attempt("fs_task:14").waits() == (
        "fs_task waits for its buffer back from host",
        "balloon_worker waits for balloon_lock, held by fs_task",
    )


def test_getting_to_the_end_is_no_lockup() -> None:
    worker = "balloon_worker:6,host:3,balloon_worker:4"
    answer = check_lockup(f"fs_task:14,host:3,fs_task:12,{worker}")
    assert not answer.ok
    assert answer.sentence == "after step 42 every task that has a job has finished it."


@pytest.mark.parametrize(
    ("schedule", "sentence"),
    [
        ("", "the schedule is empty; write who moves, for example 'fs_task:2,balloon_worker'."),
        (" , ", "the schedule is empty; write who moves, for example 'fs_task:2,balloon_worker'."),
        (None, "a schedule is a text such as 'fs_task:2,balloon_worker', not a value of type"),
        (["fs_task"], "not a value of type list."),
        ("fs_tsak:2", "unknown task 'fs_tsak'; valid: oom_reaper, fs_task, balloon_worker, host"),
        ("fs_task 2", "'fs_task 2' is not a step; valid: task, task:times or task@outcome."),
        ("fs_task:0", "'fs_task:0' is not a step"),
        ("fs_task:99999", "the schedule has more than 10000 steps, which are not played."),
    ],
)
def test_what_is_no_schedule_is_answered_not_raised(schedule: object, sentence: str) -> None:
    for answer in (check_lockup(schedule), check_switches(schedule, 3)):
        assert not answer.ok
        assert sentence in answer.sentence


def test_the_schedule_is_played_on_the_machine_that_is_asked_for() -> None:
    assert not check_lockup(WORKER_FIRST, remedy="allocate-outside").ok
    assert check_lockup(WORKER_FIRST).ok
    # With three tasks the lock's holder polls oom_lock: it can move for ever, to no end.
    polling = check_lockup("balloon_worker:4,hog:9,fs_task:14", "h2-three-task-poll")
    assert "fs_task can still move" in polling.sentence
    memory = {"give_back_pages": 512}
    assert check_lockup(f"{WORKER_FIRST},outside:2", settings=memory).ok
    assert "outside can still move" in check_lockup(WORKER_FIRST, settings=memory).sentence
    assert "unknown scenario 'h9'" in check_lockup(WORKER_FIRST, "h9").sentence


@pytest.mark.parametrize(
    ("schedule", "switches"),
    [("fs_task:14", 0), (WORKER_FIRST, 1), ("fs_task,fs_task:2,host,fs_task", 2)],
)
def test_switches_are_counted_between_tasks(schedule: str, switches: int) -> None:
    assert check_switches(schedule, switches).ok
    if switches:
        answer = check_switches(schedule, switches - 1)
        assert not answer.ok
        assert f"it can be done with {switches - 1}" in answer.sentence


def test_the_explorers_own_schedule_is_right() -> None:
    schedule = explore("h1-two-task-cycle").replay.rsplit("/", 1)[1]
    assert check_lockup(schedule).ok
    assert check_switches(schedule, 1).ok


def test_any_order_of_the_four_and_the_ten_steps_locks_up() -> None:
    """The number in the notes for instructors."""
    stuck = 0
    for workers in combinations(range(14), 4):
        order = ("balloon_worker" if n in workers else "fs_task" for n in range(14))
        stuck += not attempt(",".join(order)).ready
    assert stuck == 1001
    readme = Path(__file__).parents[2] / "book" / "assignments" / "README.md"
    assert "1,001" in readme.read_text(encoding="utf-8")
