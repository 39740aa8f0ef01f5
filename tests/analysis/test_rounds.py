from __future__ import annotations

import pytest

from oomlab import run
from oomlab.analysis.outcome import kills
from oomlab.analysis.rounds import longest_wait_us, rounds, tries_in_vain
from oomlab.remedies import REMEDIES

H1, H2 = "h1-two-task-cycle", "h2-three-task-poll"
SHORT = {"timeout_s": 0.2, "fault_tasks": 2, "nofs_tasks": 1, "optional_tasks": 1}


def test_rounds_end_with_the_first_kill() -> None:
    assert rounds(run(H1, "offload", {"fault_tasks": 1})) == 2
    assert rounds(run(H2, "offload", {"fault_tasks": 1})) == 1
    assert rounds(run(H2, "mainline")) == 1  # it is still inside


@pytest.mark.parametrize("scenario", [H1, H2])
def test_skipped_tries_are_counted_like_real_ones(scenario: str) -> None:
    parked, naive = (run(scenario, "offload", SHORT, park=park) for park in (True, False))
    tries = tries_in_vain(naive, "oom_lock")
    assert tries > 100
    assert tries_in_vain(parked, "oom_lock") == tries
    assert tries_in_vain(naive, "balloon_lock") == 0


def test_the_longest_wait_for_a_lock() -> None:
    trace = run(H2, "offload", {"fault_tasks": 1, "sysrq": 1, "rescue_s": 1.0})
    assert 4_000_000 < longest_wait_us(trace, "sysrq_f", "oom_lock") < 4_270_000
    assert longest_wait_us(trace, "sysrq_f", "balloon_lock") == 0
    assert longest_wait_us(trace, "hog", "oom_lock") == 0  # it polls, and does not sleep


def test_a_wait_that_never_ends_counts_until_the_run_is_over() -> None:
    trace = run(H2, "mainline")
    (hog,) = (waiting for waiting in trace.waiting if waiting.task == "hog")
    expected = trace.ended_at_us - hog.since_us
    assert longest_wait_us(trace, "hog", "balloon_lock") == expected > 0


def test_a_kill_by_hand_comes_last_and_kills_nobody() -> None:
    """Under the RFC the key waits for the lock, and by then the pages are on their way."""
    given = {"fault_tasks": 1, "sysrq": 1, "rescue_s": 1.0}
    for remedy, killer in (("offload", "hog"), ("offload-repaired", "sysrq_f")):
        trace = run(H2, remedy, given)
        assert [e.task for e in kills(trace)] == [killer]


def test_the_reaper_waits_for_a_callback_with_a_victim_at_hand() -> None:
    given = {"fault_tasks": 1, "earlier_victim": 1, "rescue_s": 0.1}
    waited = {r: longest_wait_us(run(H2, r, given), "oom_reaper", "oom_lock") for r in REMEDIES}
    assert 4_900_000 < waited["offload"] < 5_170_000
    assert waited["offload-repaired"] < 5_000
