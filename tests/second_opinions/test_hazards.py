"""What each detector sees of the thread's hazards, in the same real runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import pytest

from oomlab import run
from oomlab.analysis import first_cycle_us, wait_for_graph
from oomlab.analysis.lock_learning import ANNOTATIONS, lock_order_graph
from oomlab.analysis.lock_order import RECLAIM, Annotation, cycle_sentence
from oomlab.engine.trace.events import Trace

H1 = "h1-two-task-cycle"
H2 = "h2-three-task-poll"
CHAIN = "oom_notify_list rwsem"

PLENTY_EARLY: Mapping[str, object] = {
    "give_back_pages": 512,
    "give_back_s": 0,
    "inflate_pages": 1024,
    "rounds": 4,
}
"""Pages come back before anybody is short of them; the inflater uses them up and then reclaims,
when the filesystem task has long been served."""


def oom_half() -> Trace:
    """H1 without the inflater's reclaim meeting the filesystem's lock."""
    return run(H1, given={"reclaim_meets_fs": 0})


def reclaim_half() -> Trace:
    """H1 without the filesystem task running out of memory."""
    return run(H1, given=PLENTY_EARLY)


def kinds_of_waiting(trace: Trace) -> set[str]:
    """Kinds of the edges in the first circle of waiting; empty if there never is one."""
    at_us = first_cycle_us(trace)
    return set() if at_us is None else {e.kind for e in wait_for_graph(trace, at_us).cycle}


@pytest.mark.parametrize("annotation", ANNOTATIONS)
def test_h1_is_warned_of_by_two_runs_that_completed(annotation: Annotation) -> None:
    halves = [oom_half(), reclaim_half()]
    for half in halves:
        assert half.verdict == "completed"
        assert kinds_of_waiting(half) == set()
        assert lock_order_graph([half], annotation).cycles() == ()
    cycles = lock_order_graph(halves, annotation).cycles()
    circles = [set(cycle.locks) for cycle in cycles]
    assert {"fs_lock", CHAIN, "balloon_lock", RECLAIM} in circles
    if annotation == "4.13":  # whose reclaim does not stand between the locks
        assert {"fs_lock", CHAIN, "balloon_lock"} in circles
    assert all(cycle.runs == {0, 1} for cycle in cycles)


def test_the_warning_says_where_and_when() -> None:
    (cycle,) = lock_order_graph([oom_half(), reclaim_half()]).cycles()
    assert cycle_sentence(cycle) == (
        "possible deadlock: fs_reclaim -> fs_lock -> oom_notify_list rwsem -> balloon_lock -> "
        "fs_reclaim; complete when balloon_worker, inside direct reclaim (try_to_free_pages), "
        "asked for fs_lock in try_to_free_pages (at 0.2 ms, run 2); seen in 2 different runs, "
        "whether or not anything ever locked up"
    )


def test_oom_lock_is_passed_over_and_does_not_break_the_chain() -> None:
    graph = lock_order_graph([oom_half()])
    orders = {(edge.held, edge.taken) for edge in graph.edges}
    assert ("fs_lock", CHAIN) in orders
    assert ("oom_lock", CHAIN) in orders
    assert not any(taken == "oom_lock" for _, taken in orders)


Runs: TypeAlias = tuple[Mapping[str, object], ...]

ALL_H1: Runs = ({}, {"fault_tasks": 1}, {"reclaim_meets_fs": 0}, PLENTY_EARLY)
ALL_H2: Runs = (
    {},
    {"give_back_pages": 512},
    {"touches": 20},
    {"reclaim_us": 2000},
    {"host_us": 5000},
)


@pytest.mark.parametrize(
    ("scenario", "remedy", "runs", "waiting", "warned"),
    [
        (H1, "mainline", ALL_H1, {"lock"}, True),
        (H1, "offload", ALL_H1, {"lock", "event"}, False),
        (H1, "allocate-outside", ALL_H1, set(), False),
        (H2, "mainline", ALL_H2, {"lock", "poll"}, False),
        (H2, "offload", ALL_H2, {"lock", "poll", "event"}, False),
        (H2, "allocate-outside", ALL_H2, set(), False),
    ],
)
def test_who_sees_what(
    scenario: str,
    remedy: str,
    runs: Runs,
    waiting: set[str],
    warned: bool,
) -> None:
    traces = [run(scenario, remedy, given) for given in runs]
    assert {kind for trace in traces for kind in kinds_of_waiting(trace)} == waiting
    for annotation in ANNOTATIONS:
        assert bool(lock_order_graph(traces, annotation).cycles()) == warned, annotation


def test_the_edge_that_closes_h2_is_a_failed_try_and_not_in_the_graph() -> None:
    trace = run(H2)
    assert any(e.task == "fs_task" and e.op == "poll" for e in trace.events)
    graph = lock_order_graph([trace])
    assert graph.way("balloon_lock", "fs_lock")
    assert not any(edge.held == "fs_lock" for edge in graph.edges)


def test_h2_is_warned_of_as_soon_as_the_lock_holder_enters_the_oom_path_in_some_run() -> None:
    assert lock_order_graph([run(H2)]).cycles() == ()
    assert lock_order_graph([run(H2), oom_half()]).cycles()


def test_the_offload_thread_cuts_the_chain_in_two_and_h1_goes_unseen() -> None:
    """Review finding R22: what the thread does for its waiter is in no stack of held locks."""
    mainline = lock_order_graph([run(H1, given=given) for given in ALL_H1])
    offload = lock_order_graph([run(H1, "offload", given) for given in ALL_H1])
    assert [edge.taken for edge in mainline.way("fs_lock", "balloon_lock")] == [
        CHAIN,
        "balloon_lock",
    ]
    assert offload.way("fs_lock", "balloon_lock") == ()
    (from_chain,) = [edge for edge in offload.edges if edge.taken == "balloon_lock"]
    assert (from_chain.held, from_chain.witness.task) == (CHAIN, "oom_notifier")
    assert kinds_of_waiting(run(H1, "offload"))  # and it does lock up


def test_the_merged_fix_removes_the_order_and_with_it_the_warning() -> None:
    graph = lock_order_graph([run(H1, "allocate-outside", given) for given in ALL_H1])
    assert graph.way("fs_lock", "balloon_lock")
    assert graph.way(RECLAIM, "fs_lock")
    assert graph.way("balloon_lock", RECLAIM) == ()


def test_spinlocks_and_recursive_tries_are_learned_from() -> None:
    spun = lock_order_graph([run("h7-pseries-hotplug")])
    assert spun.way(CHAIN, "pseries cmm_lock")
    assert spun.way("pseries cmm_lock", "driver_lock")
    tried = lock_order_graph([run("h4-i915-object-lock")])
    assert tried.way("struct_mutex", "mm.lock of object 0")
    assert not any(edge.taken == "struct_mutex" for edge in tried.edges)


@pytest.mark.parametrize(
    "scenario", [H2, "h3c-i915-fence-array", "h4-i915-object-lock", "h7-pseries-hotplug"]
)
def test_a_mutex_in_front_of_oom_lock_shows_what_polling_hides(scenario: str) -> None:
    """The chain before oom_lock, under a mutex that is waited for: that closes the circle for all
    to see, if in the same run that locks up."""
    polled, waited = run(scenario), run(scenario, "before-oom-lock")
    for annotation in ANNOTATIONS:
        assert not lock_order_graph([polled], annotation).cycles()
        (cycle, *_) = lock_order_graph([waited], annotation).cycles()
        assert "oom_notifier_lock" in cycle.locks
