"""Wait-for edges, first impossible steps, locks held, and the printed story."""

from __future__ import annotations

import pytest

from oomlab.course import check_held, check_stop, check_wait_for, show

STUCK = "balloon_worker:4,fs_task:10"
FS_WAITS = ("fs_task", "balloon_lock", "balloon_worker")
WORKER_WAITS = ("balloon_worker", "fs_lock", "fs_task")


@pytest.mark.parametrize(
    "edges",
    [
        [FS_WAITS, WORKER_WAITS],
        (WORKER_WAITS, FS_WAITS),
        {FS_WAITS, WORKER_WAITS},
        [list(FS_WAITS), list(WORKER_WAITS), list(FS_WAITS)],
    ],
)
def test_the_edges_of_the_circle_are_right_in_any_order(edges: object) -> None:
    assert str(check_wait_for(edges, STUCK)) == "Right: these are all the waits after step 14."


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        ([], "begins at balloon_worker is missing"),
        ([FS_WAITS], "begins at balloon_worker is missing"),
        ([FS_WAITS[::-1]], "it points the wrong way"),
        ([("fs_task", "balloon_lock", "host")], "wait for balloon_lock, but host does not have it"),
        ([("fs_task", "oom_lock", "host")], "fs_task waits, but not for oom_lock"),
        ([FS_WAITS, WORKER_WAITS, ("host", "fs_lock", "fs_task")], "host does not wait"),
        ([FS_WAITS, ("worker", "fs_lock", "fs_task")], "edge 2: 'worker' is not a task; the tasks"),
        ([("fs_task", "balloon", "host")], "edge 1: 'balloon' is not a lock; the locks are"),
        ([("fs_task", "balloon_lock")], "edge 1 is not of the form (who waits, for what"),
        ([([], "balloon_lock", {})], "edge 1: [] is not a task"),
        (FS_WAITS, "edge 1 is not of the form"),
        ("fs_task", "the edges must be a list"),
    ],
)
def test_a_wrong_edge_is_told_what_is_wrong_with_it(edges: object, said: str) -> None:
    answer = check_wait_for(edges, STUCK)
    assert not answer.ok
    assert said in str(answer)


def test_what_is_missing_is_not_given_away() -> None:
    answer = str(check_wait_for([FS_WAITS], STUCK))
    assert "fs_lock" not in answer


def test_the_graph_is_that_of_the_end_of_the_schedule() -> None:
    assert check_wait_for([], "fs_task:2").ok
    assert not check_wait_for([FS_WAITS], "fs_task:2").ok
    assert check_wait_for([("balloon_worker", "balloon_lock", "fs_task")], "fs_task:11").ok
    answering = [("fs_task", "acked", "host"), ("balloon_worker", "balloon_lock", "fs_task")]
    assert check_wait_for(answering, "fs_task:14").ok
    impossible = check_wait_for([FS_WAITS], f"{STUCK},fs_task")
    assert not impossible.ok
    assert impossible.sentence.startswith("step 15 is impossible: fs_task waits for balloon_lock")


@pytest.mark.parametrize(
    ("stop", "said"),
    [
        ((5, "fs_task", "fs_lock"), "Right: step 5 is impossible: fs_task waits for fs_lock"),
        ([5, "fs_task", "fs_lock"], "Right: "),
        ((4, "fs_task", "fs_lock"), "Not yet: step 4 is possible."),
        ((6, "fs_task", "fs_lock"), "Not yet: step 6 is not the first that is impossible."),
        ((5, "host", "fs_lock"), "Not yet: the step is right, but it is not a step of host."),
        ((5, "fs_task", "oom_lock"), "Not yet: fs_task it is, but not because of oom_lock."),
        ((5, "fs_task", ""), "Not yet: fs_task it is, but not because of its end."),
        (None, "Not yet: not every step of this schedule is possible."),
        (5, "Not yet: the answer must be (number of the step, 'task', 'lock')."),
        (("5", "fs_task", "fs_lock"), "Not yet: the answer must be"),
    ],
)
def test_where_the_schedule_stops_after_the_fix(stop: object, said: str) -> None:
    assert str(check_stop(stop, STUCK, remedy="allocate-outside")).startswith(said)


def test_a_schedule_that_does_not_stop() -> None:
    assert check_stop(None, STUCK).ok
    assert not check_stop((5, "fs_task", "fs_lock"), STUCK).ok
    assert check_stop((9, "balloon_worker", ""), "balloon_worker:9").ok
    assert "is not a step" in check_stop(None, "fs task").sentence


@pytest.mark.parametrize(
    ("locks", "task", "said"),
    [
        (["fs_lock"], "balloon_worker", "Right: after step 4 balloon_worker holds fs_lock."),
        ([], "fs_task", "Right: after step 4 fs_task holds no lock."),
        (
            [],
            "balloon_worker",
            "Not yet: after step 4 balloon_worker holds something else besides.",
        ),
        (["balloon_lock", "fs_lock"], "balloon_worker", "does not hold balloon_lock."),
        (["fslock"], "balloon_worker", "'fslock' is not a lock; the locks are oom_lock"),
        ("fs_lock", "balloon_worker", "the locks must be a list of names; [] for none."),
        ([], "worker", "'worker' is not a task; the tasks are"),
    ],
)
def test_who_holds_what_where_it_stops(locks: object, task: str, said: str) -> None:
    assert said in str(check_held(locks, task, STUCK, remedy="allocate-outside"))


def test_a_lock_held_for_reading_counts() -> None:
    held = ["fs_lock", "oom_lock", "oom_notify_list rwsem"]
    assert check_held(held, "fs_task", STUCK).ok


def test_the_story_tells_every_step_and_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    show(STUCK)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "h1-two-task-cycle under mainline"
    assert lines[1] == "   1  balloon_worker takes balloon_lock (lock_then_allocate)."
    assert [line[:6] for line in lines[1:15]] == [f"{step:4}  " for step in range(1, 15)]
    assert "leak_balloon" in lines[14]
    assert lines[15:] == [
        "After step 14:",
        "  fs_task holds fs_lock, oom_lock, oom_notify_list rwsem",
        "  balloon_worker holds balloon_lock",
        "  fs_task waits for balloon_lock, held by balloon_worker",
        "  balloon_worker waits for fs_lock, held by fs_task",
        "  nobody can move",
    ]


def test_the_story_ends_at_the_first_impossible_step(capsys: pytest.CaptureFixture[str]) -> None:
    show(STUCK, remedy="allocate-outside")
    lines = capsys.readouterr().out.splitlines()
    assert lines[5] == "   5  impossible: fs_task waits for fs_lock, held by balloon_worker"
    assert lines[6] == "After step 4:"
    show("fs_task:14,host:3,fs_task:12,balloon_worker:6,host:3,balloon_worker:4")
    assert capsys.readouterr().out.endswith("\n  every task that has a job finished it\n")
    show("fs_task:x")
    assert capsys.readouterr().out.startswith("Not a schedule: 'fs_task:x' is not a step; valid:")
