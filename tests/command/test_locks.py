"""`oomlab locks`: who has and who wants each lock of a run."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from oomlab import play, run
from oomlab.analysis import LockUse, lock_uses
from oomlab.command import main

H1, H2, NAP = "h1-two-task-cycle", "h2-three-task-poll", "h6-nap-under-lock"


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["locks", *arguments]) == 0
    return capsys.readouterr().out


def test_the_circle_of_two_can_be_read_off(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, H1).splitlines()
    at = lines.index("balloon_lock:")
    assert lines[at + 1 : at + 3] == [
        "  balloon_worker has it, from 0 on, still at the end",
        "  fs_task waits for it, from 0.5 ms on, still at the end",
    ]
    at = lines.index("fs_lock:")
    assert "  fs_task has it, from 0 on, still at the end" in lines[at:]
    assert lines[0] == f"{H1} under mainline, seed 0: deadlock at 0.5 ms"


def test_json_says_the_same_in_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(said(capsys, H1, "--json"))
    locks = {each["lock"]: each["uses"] for each in report["locks"]}
    assert (report["verdict"], report["ended_at_s"]) == ("deadlock", 0.0005)
    assert locks["balloon_lock"] == [
        {"task": "balloon_worker", "use": "owns", "from_s": 0.0, "until_s": None, "times": 1},
        {"task": "fs_task", "use": "waits", "from_s": 0.0005, "until_s": None, "times": 1},
    ]
    modes = {use["use"] for use in locks["oom_notify_list rwsem"]}
    assert modes == {"reads"}


def test_settings_remedy_and_seed_are_those_of_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, H2, "--remedy", "offload", "--set", "fault_tasks=1", "--seed", "3")
    assert text.startswith(f"{H2} under offload, seed 3: recovered at ")
    assert any(
        "fault_task0 tries it in vain (" in line and " times), from " in line
        for line in text.splitlines()
    )


@pytest.mark.parametrize("scenario", [H1, H2, NAP, "h3b-ccw-config-write"])
def test_a_lock_has_one_owner_at_a_time_and_whoever_gets_it_stops_waiting(scenario: str) -> None:
    for uses in lock_uses(run(scenario)).values():
        owners = [use for use in uses if use.use == "owns"]
        for one, after in pairwise(owners):
            assert one.end_us is not None and one.end_us <= after.start_us
        for wait in uses:
            if wait.use == "waits" and wait.end_us is not None:
                assert any((o.task, o.start_us) == (wait.task, wait.end_us) for o in owners)


def test_a_use_that_ended_has_a_length_and_one_that_did_not_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = [line for line in said(capsys, NAP).splitlines()[1:] if line.startswith("  ")]
    assert lines and all(" for " in line and "still" not in line for line in lines)
    assert any(line.endswith(" for no time") for line in lines)


def test_a_schedule_has_steps_and_its_locks_are_told_as_well() -> None:
    uses = lock_uses(play(H1, "mainline", {}, "balloon_worker:4"))
    assert uses["balloon_lock"] == (LockUse("balloon_worker", "owns", 1, None),)
    assert uses["oom_lock"] == ()


def test_a_lock_that_nobody_wants_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "h5-host-never-answers", "--set", "deflate_on_oom=0")
    assert "balloon_lock: nobody wants it" in text.splitlines()
