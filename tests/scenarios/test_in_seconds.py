"""What the timed runs say: who waits how long, who is killed when, what is left behind."""

from __future__ import annotations

import pytest

from oomlab import run
from oomlab.analysis.outcome import downtime_us, kills
from oomlab.engine.trace.events import Trace

SECOND_US = 1_000_000


LATEST_US = 5_270_000
"""When five seconds are over: a slot of the timer wheel is 256 ms wide; and a kill's report."""


@pytest.fixture(scope="module")
def h1() -> Trace:
    """The two-task cycle under the RFC, with one ordinary task that may have somebody killed."""
    return run("h1-two-task-cycle", "offload", {"fault_tasks": 1})


@pytest.fixture(scope="module")
def h2() -> Trace:
    return run("h2-three-task-poll", "offload")


def test_h1_recovers_with_a_first_kill_at_ten_seconds(h1: Trace) -> None:
    assert h1.verdict == "recovered"
    (kill,) = kills(h1)
    assert 10 * SECOND_US <= kill.at_us <= 2 * LATEST_US
    assert kill.task == "fault_task0"  # a request without __GFP_FS never kills
    assert kill.victim == "hog"


def test_h1_stalls_for_ten_seconds(h1: Trace) -> None:
    downtime = downtime_us(h1)
    assert downtime is not None
    assert 9.9 * SECOND_US <= downtime <= 2 * LATEST_US


def test_h2_recovers_at_five_seconds(h2: Trace) -> None:
    assert h2.verdict == "recovered"
    (kill,) = kills(h2)
    assert 5 * SECOND_US <= kill.at_us <= LATEST_US
    downtime = downtime_us(h2)
    assert downtime is not None
    assert 4.9 * SECOND_US <= downtime <= LATEST_US


def test_a_deflation_that_works_is_no_stall() -> None:
    for scenario in ("h1-two-task-cycle", "h2-three-task-poll"):
        trace = run(scenario, "allocate-outside")
        assert any(event.function == "leak_balloon" for event in trace.events)
        assert downtime_us(trace) is None


def test_without_anybody_who_may_kill_the_beats_never_end() -> None:
    trace = run("h1-two-task-cycle", "offload")
    assert trace.verdict == "livelock"
    assert kills(trace) == ()
    assert downtime_us(trace) is None
    (first, *_) = [event for event in trace.events if event.condition == "timeout"]
    assert 5 * SECOND_US < first.at_us <= LATEST_US


@pytest.mark.parametrize(("timeout_s", "first_kill_s"), [(1.0, 2), (2.5, 5), (7.0, 14)])
def test_the_first_kill_costs_two_timeouts(timeout_s: float, first_kill_s: int) -> None:
    trace = run("h1-two-task-cycle", "offload", {"fault_tasks": 1, "timeout_s": timeout_s})
    late = kills(trace)[0].at_us / SECOND_US - first_kill_s
    assert 0 < late < first_kill_s * 8 / 63 + 0.01


def test_the_reaper_waits_for_oom_lock_while_the_killer_naps(h1: Trace) -> None:
    (kill,) = kills(h1)
    (blocked,) = [
        e
        for e in h1.events
        if e.task == "oom_reaper" and (e.op, e.condition) == ("mutex_lock", "blocked")
    ]
    (taken,) = [
        e
        for e in h1.events
        if e.task == "oom_reaper" and (e.op, e.condition) == ("mutex_lock", "done")
    ]
    naps = [
        e for e in h1.events if (e.task, e.op, e.function) == (kill.task, "sleep", "out_of_memory")
    ]
    assert blocked.on == "oom_lock"
    assert [nap.at_us for nap in naps] == [kill.at_us]
    assert blocked.at_us <= kill.at_us + 1 < taken.at_us
    assert naps[0].until_us == taken.at_us
    assert taken.at_us - blocked.at_us <= 2 * SECOND_US // 250  # to the second tick


@pytest.mark.parametrize("scenario", ["h1-two-task-cycle", "h2-three-task-poll"])
def test_the_chain_ends_too_late_and_leaves_its_credit_behind(scenario: str) -> None:
    """The next OOM, whenever it comes, will be told that 256 pages were just freed."""
    given = {"fault_tasks": 1} if scenario.startswith("h1") else {}
    trace = run(scenario, "offload", given)
    left = trace.values_at(trace.ended_at_us)
    assert left["oom_notifier_freed"] == 256
    assert left["oom_notifier_requested"] == 0


def test_free_memory_does_not_help_two_tasks_but_three() -> None:
    given = {"give_back_pages": 512, "give_back_s": 2.0}
    assert run("h1-two-task-cycle", "mainline", given).verdict == "deadlock"
    h2 = run("h2-three-task-poll", "mainline", given)
    assert h2.verdict == "completed"
    downtime = downtime_us(h2)
    assert downtime is not None
    assert 1.9 * SECOND_US <= downtime <= 2.1 * SECOND_US


def test_in_h2_the_lock_holder_only_polls() -> None:
    trace = run("h2-three-task-poll")
    how = {w.task: (w.how, w.waits_for, w.held_by) for w in trace.waiting}
    assert how == {
        "hog": ("blocks", "balloon_lock", "balloon_worker"),
        "fs_task": ("polls", "oom_lock", "hog"),
        "balloon_worker": ("blocks", "fs_lock", "fs_task"),
    }


def test_noretry_fails_but_only_after_its_reclaim_came_back() -> None:
    """The balloon's request gives up after one round, and is stuck inside that round."""
    trace = run("h1-two-task-cycle")
    (blocked,) = [
        e for e in trace.events if e.task == "balloon_worker" and e.condition == "blocked"
    ]
    assert blocked.function == "try_to_free_pages"
    assert not any("page allocation failure" in str(e.result) for e in trace.events)


@pytest.mark.parametrize("remedy", ["mainline", "offload"])
def test_a_nap_with_the_lock_held_is_everybodys_nap(remedy: str) -> None:
    """Without any cycle: the worker out of pages naps 200 ms, and the OOM path with it."""
    trace = run("h2-three-task-poll", remedy, {"reclaim_meets_fs": 0})
    assert trace.verdict == "completed"
    downtime = downtime_us(trace)
    assert downtime is not None
    assert 200_000 <= downtime <= 208_000


def test_kills_wait_for_memory_that_is_not_back_yet() -> None:
    """While a victim is neither reaped nor gone, nobody else is chosen."""
    trace = run("h1-two-task-cycle", "offload", {"fault_tasks": 3, "touches": 3, "timeout_s": 0.1})
    assert len(kills(trace)) == 1
