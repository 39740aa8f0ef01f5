"""What ghosts see of the RFC and of its two repairs: of the second, nothing."""

from __future__ import annotations

from functools import cache

import pytest

from oomlab import Exploration, explore, run
from oomlab.engine.explorer.properties import schedule_to, violated
from oomlab.engine.ops.ghosts import SEEN
from oomlab.kernel.oom_watch import (
    ASKS_ITSELF,
    LABELS,
    PENDING_AT_ENTRY,
    RELEASED_UNSERVED,
    STALE_CREDIT,
    WAITS_UNDER_OOM_LOCK,
)

H1 = "h1-two-task-cycle"


@cache
def seen(scenario: str, remedy: str, timeouts: str = "any", budget: int = 120_000) -> Exploration:
    given = {"total_sg": 2} if scenario.startswith("h3a") else {}
    return explore(scenario, remedy, {**given, "ghosts": 1}, timeouts=timeouts, budget=budget)


def labels(scenario: str, remedy: str, timeouts: str = "any") -> set[str]:
    return set(violated(seen(scenario, remedy, timeouts).graph))


def test_the_rfc_has_all_the_defects_that_one_caller_can_show() -> None:
    assert labels(H1, "offload") == {
        PENDING_AT_ENTRY,
        STALE_CREDIT,
        RELEASED_UNSERVED,
        WAITS_UNDER_OOM_LOCK,
    }


def test_the_thread_of_the_rfc_can_wait_for_itself() -> None:
    assert ASKS_ITSELF in labels("h3a-virtqueue-add", "offload")


def test_numbers_alone_do_not_help_to_check_and_then_to_clear() -> None:
    """The first repair: a request between the check and the clearing is answered unserved."""
    found = seen(H1, "offload-sequence")
    assert RELEASED_UNSERVED in violated(found.graph)
    schedule = schedule_to(found.graph, RELEASED_UNSERVED)
    names = [found.graph.space.model.task_name(choice.task) for choice in schedule]
    assert set(names) >= {"fs_task", "oom_notifier"}


@pytest.mark.parametrize("timeouts", ["any", "idle"])
@pytest.mark.parametrize(
    "scenario",
    [H1, "h3a-virtqueue-add", "h3b-ccw-config-write", "h5-host-never-answers",
     "h5-gpu-never-idles", "h5-rcu-previous-round"],
)  # fmt: skip
def test_of_the_second_repair_nothing_is_seen(scenario: str, timeouts: str) -> None:
    found = seen(scenario, "offload-repaired", timeouts)
    assert found.graph.complete
    assert violated(found.graph) == {}


def test_of_the_second_repair_nothing_is_seen_with_three_tasks_either() -> None:
    """As far as the budget goes; the other two show several defects within it."""
    budget = 60_000
    assert violated(seen("h2-three-task-poll", "offload-repaired", budget=budget).graph) == {}
    assert violated(seen("h2-three-task-poll", "offload", budget=budget).graph) != {}


def test_without_a_watch_nothing_is_seen_and_there_is_no_way_to_it() -> None:
    found = explore(H1, "offload")
    assert violated(found.graph) == {}
    with pytest.raises(ValueError, match="property"):
        schedule_to(found.graph, PENDING_AT_ENTRY)


def test_watching_changes_nothing() -> None:
    """Neither a run nor a verdict; only the ghosts' own steps and words are added."""
    for remedy in ("mainline", "offload", "offload-sequence", "offload-repaired"):
        with_ghosts = run(H1, remedy, {"fault_tasks": 1, "ghosts": 1})
        without = run(H1, remedy, {"fault_tasks": 1})
        kept = [e for e in with_ghosts.events if "ghost" not in e.on]
        assert kept == list(without.events)
        assert with_ghosts.verdict == without.verdict


def test_labels_are_all_reachable_or_need_two_threads() -> None:
    shown = labels(H1, "offload") | labels("h3a-virtqueue-add", "offload")
    (left,) = set(LABELS) - shown
    assert left == "two walks of the chain run at once"  # needs racing registrations


def test_the_repair_costs_one_timeout_where_the_rfc_costs_two() -> None:
    """Nobody pays again for a job that is overdue."""
    ends = {
        remedy: run(H1, remedy, {"fault_tasks": 1}).ended_at_us
        for remedy in ("offload", "offload-repaired")
    }
    assert 10_000_000 < ends["offload"] < 11_000_000
    assert 5_000_000 < ends["offload-repaired"] < 6_000_000


def test_a_later_event_does_not_wait_at_all_while_the_job_is_overdue() -> None:
    trace = run("h5-rcu-previous-round", "offload-repaired", {"oom_caller": 0, "ghosts": 1})
    waits = [e for e in trace.events if e.op == "sleep_on" and e.condition == "timeout"]
    assert len(waits) == 1
    assert trace.values_at(trace.ended_at_us)[SEEN] == []


def test_nobody_sleeps_for_an_answer_with_oom_lock_held() -> None:
    for remedy, holders in (("offload", {"fs_task", "fault_task0"}), ("offload-repaired", set())):
        trace = run(H1, remedy, {"fault_tasks": 1})
        owner = ""
        found = set()
        for event in trace.events:
            owner = event.changes.get("oom_lock", owner)
            if event.op == "sleep_on" and event.condition == "blocked" and owner == event.task:
                found.add(event.task)
        assert found == holders
