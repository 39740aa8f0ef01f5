"""Who else stands behind oom_lock while a callback is stuck, and under which remedy nobody does."""

from __future__ import annotations

import pytest

from oomlab import explore, run
from oomlab.analysis.outcome import kills
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError
from oomlab.scenarios import SCENARIOS
from oomlab.scenarios.rescuers import RESCUER_PARAMETERS

H1, H2 = "h1-two-task-cycle", "h2-three-task-poll"
WAITER = {
    "sysrq": "sysrq_f",
    "memcg_oom": "memcg_task",
    "suspend": "pm_suspend",
    "fault_oom": "driver_fault",
    "earlier_victim": "oom_reaper",
}
"""Parameter -> the task that should get past oom_lock."""

ALL = dict.fromkeys(WAITER, 1)


def behind_oom_lock(trace: Trace) -> dict[str, str]:
    return {w.task: w.how for w in trace.waiting if w.waits_for == "oom_lock"}


@pytest.mark.parametrize("scenario", [H1, H2])
def test_in_the_released_kernel_all_of_them_are_stuck(scenario: str) -> None:
    found = behind_oom_lock(run(scenario, "mainline", ALL))
    blocked = {task for task, how in found.items() if how == "blocks"}
    assert blocked == {"sysrq_f", "memcg_task", "pm_suspend", "oom_reaper"}
    assert found["driver_fault"] == "polls"


@pytest.mark.parametrize("parameter", WAITER)
def test_each_of_them_by_itself(parameter: str) -> None:
    trace = run(H1, "mainline", {parameter: 1})
    assert trace.verdict == "deadlock"
    assert list(behind_oom_lock(trace)) == [WAITER[parameter]]


@pytest.mark.parametrize("remedy", ["allocate-outside", "nowait-both"])
def test_without_the_cycle_all_of_them_pass(remedy: str) -> None:
    trace = run(H1, remedy, ALL)
    assert trace.verdict == "recovered"  # the group, at least, has somebody killed
    assert not behind_oom_lock(trace)
    assert not [w for w in trace.waiting if w.task in WAITER.values()]


def test_before_oom_lock_lets_the_rescuers_pass_and_helps_nobody() -> None:
    trace = run(H1, "before-oom-lock", ALL)
    assert trace.verdict == "deadlock"
    assert not behind_oom_lock(trace)
    assert {w.task for w in trace.waiting} == {"fs_task", "balloon_worker"}


def test_since_4_19_the_reaper_passes() -> None:
    trace = run(H1, "mainline", {"earlier_victim": 1, "kernel": 4.19})
    assert not behind_oom_lock(trace)


def test_the_group_kills_inside_and_calls_no_listener() -> None:
    trace = run(H1, "allocate-outside", {"memcg_oom": 1})
    mine = [e for e in trace.events if e.task == "memcg_task"]
    assert not any("blocking_notifier_call_chain" in e.stack for e in mine)
    assert [k.victim for k in kills(trace) if k.task == "memcg_task"] == ["contained"]


def test_in_no_order_does_the_key_get_past_a_stuck_callback() -> None:
    """In H1 with a sleeping callback no schedule lets SysRq-f come after it and finish."""
    found = explore(H1, "mainline", {"sysrq": 1})
    assert found.verdict.word == "lockup"
    assert explore(H1, "allocate-outside", {"sysrq": 1}).verdict.word == "exhausted-clean"


def test_every_scenario_can_be_given_all_of_them() -> None:
    names = {p.name for p in RESCUER_PARAMETERS}
    for scenario in SCENARIOS.values():
        assert names <= {p.name for p in scenario.parameters}


def test_a_parameter_that_is_not_0_or_1_is_refused() -> None:
    with pytest.raises(InputError, match="sysrq cannot be 2; valid: 0, 1"):
        run(H1, "mainline", {"sysrq": 2})
