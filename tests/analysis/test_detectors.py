"""What the kernel's detectors say of each hazard: about whom, when, and about whom never."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pytest

from oomlab import play, run
from oomlab.analysis.detectors import DETECTORS, Detector, LogLine, detector_log
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError
from oomlab.scenarios.one_request import (
    ASKER,
    FOR_EVER,
    REQUEST_CLASSES,
    RequestClass,
    one_request,
)
from oomlab.scenarios.reclaim_round import reclaim_round
from oomlab.views.slow_path import run_machine

H1, H2, H3B = "h1-two-task-cycle", "h2-three-task-poll", "h3b-ccw-config-write"
WORKER = "balloon_worker"


def log(
    scenario: str, remedy: str = "mainline", first_scan_s: float = 50, **given: float
) -> tuple[LogLine, ...]:
    return detector_log(run(scenario, remedy, {"limit_s": 300, **given}), 300, first_scan_s)


def named(messages: tuple[LogLine, ...], detector: Detector) -> set[str]:
    return {message.task for message in messages if message.detector == detector}


@pytest.mark.parametrize(
    ("scenario", "remedy", "given", "hung", "stalls", "spins"),
    [
        # The caller in the callback and the inflater sleep; pollers switch every tick.
        (H1, "mainline", {}, {"fs_task", WORKER}, set(), set()),
        (
            H1,
            "mainline",
            {"fault_tasks": 2},
            {"fs_task", WORKER},
            {"fault_task0", "fault_task1"},
            set(),
        ),
        # What should rescue the machine sleeps on oom_lock, and is reported for it.
        (
            H1,
            "mainline",
            {"sysrq": 1, "memcg_oom": 1},
            {"fs_task", WORKER, "sysrq_f", "memcg_task"},
            set(),
            set(),
        ),
        (H2, "mainline", {}, {"hog", WORKER}, {"fs_task"}, set()),
        # The task that polls for itself.
        (H3B, "mainline", {}, set(), {"hog"}, set()),
        ("h3c-i915-fence-array", "mainline", {}, set(), {"hog"}, set()),
        ("h4-i915-object-lock", "mainline", {}, {"hog"}, {"gpu_client"}, set()),
        ("h5-host-never-answers", "mainline", {}, {"hog"}, set(), set()),
        # RCU's own thread waits interruptibly.
        ("h5-rcu-previous-round", "mainline", {}, {"hog"}, {"fs_task"}, set()),
        ("h6-nap-under-lock", "mainline", {}, set(), set(), set()),
        ("h7-pseries-hotplug", "mainline", {}, {"offline"}, {"driver_task"}, {"hog"}),
        # The RFC: the waiter never, though it comes back into the loop; the thread, yes.
        (H1, "offload", {}, {"oom_notifier", WORKER}, {"fs_task"}, set()),
        (H2, "offload", {}, set(), set(), set()),
        ("h5-host-never-answers", "offload", {}, {"oom_notifier"}, set(), set()),
        (H1, "allocate-outside", {}, set(), set(), set()),
    ],
)
def test_who_is_named(
    scenario: str,
    remedy: str,
    given: Mapping[str, float],
    hung: set[str],
    stalls: set[str],
    spins: set[str],
) -> None:
    messages = log(scenario, remedy, **given)
    assert named(messages, "hung task") == hung
    assert named(messages, "allocation stall") == stalls
    assert named(messages, "workqueue watchdog") == spins
    assert named(messages, "soft lockup") == spins


def test_an_allocating_thread_of_the_rfc_stalls_like_anybody() -> None:
    messages = log(H3B, "offload", timeout_s=25)
    assert "oom_notifier" in named(messages, "allocation stall")
    assert named(messages, "hung task") == set()


@pytest.mark.parametrize("first_scan_s", [0, 1, 50, 119.5, 120])
def test_a_hung_task_is_named_between_120_and_240_s_after_it_blocked(first_scan_s: float) -> None:
    hung = [m for m in log(H1, first_scan_s=first_scan_s) if m.detector == "hung task"]
    blocked_us = {"fs_task": 500, WORKER: 0}
    for task, since_us in blocked_us.items():
        first = next(m for m in hung if m.task == task)
        assert 120_000_000 <= first.at_us - since_us <= 240_000_000
    later = [m.at_us for m in hung if m.task == "fs_task"]
    assert all(b - a == 120_000_000 for a, b in pairwise(later))


@pytest.mark.parametrize("seconds", [1, 30, 480])
def test_another_time_for_hung_tasks_is_period_and_patience(seconds: int) -> None:
    first_s = seconds / 2
    messages = detector_log(run(H1), 3.4 * seconds, first_s, seconds)
    hung = [m for m in messages if m.detector == "hung task"]
    told = [round((m.at_us / 1e6 - first_s) / seconds, 6) for m in hung]
    assert told == [1, 1, 2, 2]
    assert {m.since_us for m in hung} == {round(first_s * 1_000_000)}
    assert hung[0].text == f"INFO: task {hung[0].task} blocked for more than {seconds} seconds."


def test_a_hung_task_detector_that_is_off() -> None:
    messages = detector_log(run(H1), 3000, 0, 0)
    assert not any(m.detector == "hung task" for m in messages)


def test_every_message_says_since_when_it_counts() -> None:
    assert all(m.since_us < m.at_us for m in log(H1, fault_tasks=1))
    stalls = [m for m in log(H3B) if m.detector == "allocation stall"]
    assert {m.since_us for m in stalls} == {stalls[0].at_us - 10_004_000}


def test_ten_reports_of_hung_tasks_and_then_silence() -> None:
    trace = run(H1)
    assert len([m for m in detector_log(trace, 3000) if m.detector == "hung task"]) == 10


def test_the_pool_of_a_cpu_that_is_never_given_up_is_named_at_every_look() -> None:
    looks = [m.second for m in log("h7-pseries-hotplug") if m.detector == "workqueue watchdog"]
    assert 30 <= looks[0] <= 60 and looks[-1] > 300 - 30
    assert {later - one for one, later in pairwise(looks)} == {30}


def test_a_worker_that_sleeps_stalls_no_pool() -> None:
    trace = run(H1)
    assert any(task.name == WORKER and task.is_worker for task in trace.tasks)
    assert named(detector_log(trace, 3000), "workqueue watchdog") == set()


@pytest.mark.parametrize("every_s", [1, 7, 10, 60])
def test_a_detector_that_looks_more_often_reports_sooner_and_more_often(every_s: int) -> None:
    hung = [m for m in detector_log(run(H1), 130, 5, 60, every_s) if m.task == "fs_task"]
    first_s = 5 + 60 // every_s * every_s + (every_s if 60 % every_s else 0)
    assert hung[0].second == first_s
    assert {b.second - a.second for a, b in pairwise(hung)} == ({every_s} if hung[1:] else set())
    assert {m.since_us for m in hung} == {5_000_000}


def test_the_order_of_the_log() -> None:
    messages = log(H1, fault_tasks=1)
    first = {m.detector: m.second for m in reversed(messages)}
    assert first["allocation stall"] == 10
    assert 120 <= first["hung task"] <= 240
    assert messages == tuple(sorted(messages))


def test_a_stall_warning_every_ten_seconds_with_its_length() -> None:
    stalls = [m for m in log(H3B) if m.detector == "allocation stall"]
    assert [m.second for m in stalls] == list(range(10, 300, 10))
    assert stalls[0].text == "hog: page allocation stalls for 10004ms, order:0"
    assert stalls[2].text == "hog: page allocation stalls for 30004ms, order:0"


def test_no_stall_warning_where_the_kernel_has_none() -> None:
    assert named(log(H3B, kernel=4.14), "allocation stall") == {"hog"}
    assert named(log(H3B, kernel=4.19), "allocation stall") == set()


def test_who_polls_inside_reclaim_does_not_come_round_and_warns_of_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("oomlab.scenarios.reclaim_round.HELD_MS", 60_000)
    trace = run_machine(reclaim_round("isolated", 4.13))
    assert any(e.condition == "polled" and "isolate_lru_pages" in e.stack for e in trace.events)
    assert max(e.at_us for e in trace.events if e.task == ASKER) > 50_000_000
    assert named(detector_log(trace, 300), "allocation stall") == set()


def test_a_request_that_wants_no_warning_gets_one_for_its_stall(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quiet = RequestClass("GFP_KERNEL | __GFP_NOWARN")
    monkeypatch.setitem(REQUEST_CLASSES, "quiet", quiet)
    trace = run_machine(one_request("quiet", held_ms=FOR_EVER))
    assert named(detector_log(trace, 60), "allocation stall") == {ASKER}


def test_stall_warnings_are_rationed() -> None:
    stalls = [m for m in log(H2, fault_tasks=16) if m.second in range(10, 15)]
    assert len(stalls) == 10


def test_a_soft_lockup_is_named_once_after_20_to_24_s() -> None:
    (message,) = (m for m in log("h7-pseries-hotplug") if m.detector == "soft lockup")
    assert 20 <= message.second <= 24
    assert message.text == "BUG: soft lockup - CPU stuck for 22s! [hog]"


def test_nothing_is_said_beyond_what_is_known_of_a_run_that_was_cut_off() -> None:
    # The waiter's rounds of 5 s are recognised after two of them; this run ends before that.
    trace: Trace = run(H1, "offload", {"limit_s": 3})
    assert trace.verdict == "time-limit"
    assert detector_log(trace) == ()


def test_the_order_of_the_names_is_that_of_the_log() -> None:
    assert DETECTORS[0] == "allocation stall" and DETECTORS[-1] == "hung task"


def test_what_cannot_be_asked() -> None:
    with pytest.raises(InputError, match="valid: 0 to 120"):
        detector_log(run(H1), first_scan_s=121)
    with pytest.raises(InputError, match=r"valid: 0 \(off\) to 86400"):
        detector_log(run(H1), hung_task_s=-1)
    with pytest.raises(InputError, match="valid: 0 to 10"):
        detector_log(run(H1), first_scan_s=11, hung_task_s=10)
    with pytest.raises(InputError, match=r"0 \(once in its time\) to 86400"):
        detector_log(run(H1), look_every_s=-1)
    with pytest.raises(InputError, match="0 or more"):
        detector_log(run(H1), until_s=-1)
    with pytest.raises(InputError, match="a timed run"):
        detector_log(play(H1, "mainline", {}, "fs_task:1"))
