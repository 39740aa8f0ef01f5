"""Episodes of traces written by hand: nested, unfinished, cut short by a kill, kept once."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import pytest

from oomlab import run
from oomlab.analysis.episodes import (
    Kill,
    Walk,
    allocation_requests,
    calls,
    failed_try,
    holders_at,
    holds,
    kills,
    lock_waits,
    walks,
)
from oomlab.analysis.outcome import downtime_us, failed_allocations, longest_request_us, oom_calls
from oomlab.analysis.rounds import longest_wait_us, tries_in_vain
from oomlab.analysis.wait_for import wait_for_graph
from oomlab.engine.ops import LOCKING_KINDS
from oomlab.engine.slots import Facts
from oomlab.engine.trace.events import Event
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS
from tests.analysis.handmade import RWSEM_FREE, Story

SLOW = "alloc_page alloc_pages_slowpath"
IN_CALLBACK = f"{SLOW} out_of_memory blocking_notifier_call_chain tell_host"
OOM = {
    "chain": Facts("chain"),
    "freed": Facts("freed"),
    "SIGKILL for hog": Facts("kill", of="hog"),
    "answer": Facts("answer"),
}


def oom_story() -> Story:
    return Story(
        ["a", "b"],
        mutexes=["L"],
        rwsems=["chain"],
        words=["freed", "number", "answer", "SIGKILL for hog"],
        facts=OOM,
    )


# --- requests -----------------------------------------------------------------------------------


def test_a_request_ends_with_its_page_and_not_with_what_follows() -> None:
    story = Story(["a"])
    story.asks_for_a_page("a", False, gfp=7)
    story.now = 40
    story.looks_for_a_page("a", True, SLOW)
    story.now = 90
    story.tell("a", "cost", inside=SLOW)
    (made,) = allocation_requests(story.trace(100))
    assert (made.gfp, made.end, made.began_us, made.ended_us) == (7, "page", 0, 40)
    assert longest_request_us(story.trace(100)) == 40


def test_two_failures_with_nothing_in_between_are_two() -> None:
    story = Story(["a"])
    for story.now in (0, 30):
        story.asks_for_a_page("a", False)
        story.looks_for_a_page("a", False, SLOW)
    story.now = 50
    story.tell("a", "cost")
    trace = story.trace(60)
    assert failed_allocations(trace) == 2
    assert longest_request_us(trace) == 30
    assert [made.ended_us for made in allocation_requests(trace)] == [30, 50]


def test_a_request_that_is_the_last_a_task_does_has_failed_only_if_the_task_is_over() -> None:
    story = Story(["a"])
    story.asks_for_a_page("a", False)
    story.now = 20
    story.looks_for_a_page("a", False, SLOW)
    over, not_over = story.trace(50), story.trace(50, ["a"])
    assert (failed_allocations(over), longest_request_us(over)) == (1, 20)
    assert (failed_allocations(not_over), longest_request_us(not_over)) == (0, None)


def test_a_callback_may_ask_within_a_request() -> None:
    story = oom_story()
    story.asks_for_a_page("a", False, gfp=3)
    story.now = 10
    story.asks_for_a_page("a", False, gfp=5, outside=IN_CALLBACK)
    story.now = 20
    story.looks_for_a_page("a", True, f"{IN_CALLBACK} {SLOW}")
    story.now = 70
    story.looks_for_a_page("a", True, SLOW)
    outer, inner = allocation_requests(story.trace(80))
    assert (outer.gfp, outer.within, outer.began_us, outer.ended_us) == (3, False, 0, 70)
    assert (inner.gfp, inner.within, inner.began_us, inner.ended_us) == (5, True, 10, 20)
    assert failed_allocations(story.trace(80)) == 0


# --- the OOM killer and the chain ---------------------------------------------------------------


def a_walk(story: Story, freed: int) -> None:
    """a walks the chain from inside a request."""
    walk = f"{SLOW} out_of_memory blocking_notifier_call_chain"
    story.tell("a", "down_read", "chain", inside=walk)
    story.tell("a", "read", "freed", result=0, inside=walk)
    story.tell("a", "write", "freed", changes={"freed": freed}, inside=walk)
    story.now += 5
    story.tell("a", "up_read", "chain", inside=walk)


def test_a_walk_knows_what_it_has_brought() -> None:
    story = oom_story()
    story.now = 10
    a_walk(story, 256)
    assert walks(story.trace(20)) == (Walk("a", 10, 15, 256),)


def test_a_walk_that_waits_for_the_semaphore_has_not_begun() -> None:
    story = oom_story()
    walk = f"{SLOW} out_of_memory blocking_notifier_call_chain"
    story.tell("a", "down_read", "chain", "blocked", inside=walk)
    assert walks(story.trace(20, ["a"])) == ()
    story.now = 5
    story.tell("a", "down_read", "chain", inside=walk)
    assert walks(story.trace(20, ["a"])) == (Walk("a", 0, None, 0),)


def test_calls_within_a_call_are_calls_of_their_own() -> None:
    story = Story(["a"])
    for inside, story.now in (("f", 0), ("f g f", 1), ("f g", 2), ("f", 3), ("g", 4), ("f", 5)):
        story.tell("a", "cost", inside=inside)
    found = calls(story.trace(9, ["a"]), "f")
    assert [(c.began_us, c.ended_us) for c in found] == [(0, 4), (1, 2), (5, None)]
    assert [len(c.steps) for c in found] == [4, 1, 1]


@pytest.mark.parametrize(("number", "progressed"), [(1, True), (0, False)])
def test_an_answer_is_credited_to_whoever_has_asked_for_it(number: int, progressed: bool) -> None:
    story = oom_story()
    story.tell("a", "write", "number", changes={"number": 1}, inside="out_of_memory notify")
    story.tell("a", "read", "answer", result=[number, 256], inside="out_of_memory notify")
    story.tell("a", "cost")
    assert [call.progressed for call in oom_calls(story.trace(9))] == [progressed]


def test_the_thread_with_sequence_numbers_makes_progress() -> None:
    """Under both offloads the same pages come back from the same walk: no downtime in either."""
    for remedy in ("offload", "offload-sequence"):
        trace = run("h3a-virtqueue-add", remedy)
        assert {call.progressed for call in oom_calls(trace)} == {True}, remedy
        assert downtime_us(trace) is None, remedy


def test_a_kill_has_a_sender_and_a_victim() -> None:
    story = oom_story()
    story.now = 3
    story.tell("a", "read", "SIGKILL for hog")
    story.tell("a", "write", "SIGKILL for hog", changes={"SIGKILL for hog": 1})
    story.tell("b", "write", "SIGKILL for hog")
    assert kills(story.trace(9)) == (Kill(3, "a", "hog"), Kill(3, "b", "hog"))


def test_downtime_ends_with_a_page_for_one_who_waits() -> None:
    story = oom_story()
    story.asks_for_a_page("a", False)
    story.now = 10
    story.tell("a", "cost", inside=f"{SLOW} out_of_memory")
    story.now = 20
    story.asks_for_a_page("b", True)  # had it at once
    story.now = 30
    story.asks_for_a_page("b", False)  # came later, and waits as well
    story.now = 70
    story.looks_for_a_page("b", True, SLOW)
    story.now = 90
    story.looks_for_a_page("a", True, SLOW)
    assert downtime_us(story.trace(95)) == 60


# --- locks --------------------------------------------------------------------------------------


def test_a_wait_that_a_kill_has_ended_has_not_got_the_lock() -> None:
    story = Story(["a", "b"], mutexes=["L"])
    story.takes("a", "L")
    story.now = 5
    story.tell("b", "mutex_lock_killable", "L", "blocked")
    story.now = 25
    story.tell("b", "mutex_lock_killable", "L", result=False)
    (wait,) = lock_waits(story.trace(40))
    assert (wait.task, wait.lock, wait.began_us, wait.ended_us, wait.got) == (
        "b",
        "L",
        5,
        25,
        False,
    )
    assert longest_wait_us(story.trace(40), "b", "L") == 20


def test_a_wait_may_be_under_way_at_the_end() -> None:
    story = Story(["a", "b"], mutexes=["L"])
    story.takes("a", "L")
    story.now = 5
    story.blocks("b", "L")
    (wait,) = lock_waits(story.trace(40, ["a", "b"]))
    assert (wait.ended_us, wait.got) == (None, False)
    assert longest_wait_us(story.trace(40, ["a", "b"]), "b", "L") == 35


def test_who_had_a_lock_before_an_event_also_for_no_time_at_all() -> None:
    story = Story(["a", "b"], mutexes=["L"])
    story.takes("a", "L")
    story.lets_go("a", "L")
    story.takes("b", "L")
    trace = story.trace(10, ["b"])
    assert [holders_at(trace, "L", n) for n in range(4)] == [(), ("a",), (), ("b",)]
    assert [held.to_the_end for held in holds(trace)["L"]] == [False, True]


VAIN = [
    ("mutex_trylock", "L", False),
    ("mutex_trylock_recursive", "L", "failed"),
    ("down_read_trylock", "S", False),
]
NOT_VAIN = [
    ("mutex_trylock", "L", True),
    ("mutex_trylock_recursive", "L", "success"),
    ("mutex_trylock_recursive", "L", "recursive"),
    ("mutex_lock_killable", "L", False),
]


@pytest.mark.parametrize(("op", "lock", "result"), VAIN)
def test_whoever_tries_in_vain_polls_whatever_the_lock(op: str, lock: str, result: object) -> None:
    story = Story(["a", "b"], mutexes=["L"], rwsems=["S"], queues=["q"])
    story.takes("a", "L")
    story.tell("a", "down_write", "S", changes={"S": {**RWSEM_FREE, "writer": "a"}})
    story.now = 10
    story.tell("b", op, lock, result=result)
    story.naps("b", 14)
    trace = story.trace(20, ["a", "b"])
    assert tries_in_vain(trace, lock) == 1
    (edge,) = wait_for_graph(trace, 12).edges
    assert (edge.waiter, edge.holder, edge.what, edge.kind) == ("b", "a", lock, "poll")


@pytest.mark.parametrize(("op", "lock", "result"), NOT_VAIN)
def test_what_is_no_try_in_vain(op: str, lock: str, result: object) -> None:
    assert not failed_try(Event(0, "a", ("f",), op, lock, "done", result))


def test_the_recursive_owner_is_in_a_cycle() -> None:
    """R16: the thread polls a lock that its caller has, and the caller waits for the thread."""
    found = wait_for_graph(run("r16-recursive-owner", "offload"), 1_000_000)
    assert {edge.kind for edge in found.cycle} == {"poll", "event"}


# --- once ---------------------------------------------------------------------------------------


def test_episodes_are_read_once_and_go_with_the_trace() -> None:
    trace = run("h1-two-task-cycle")
    assert allocation_requests(trace) is allocation_requests(trace)
    assert calls(trace, "alloc_page") is not calls(trace, "out_of_memory")
    assert allocation_requests(replace(trace)) is not allocation_requests(trace)
    gone = weakref.ref(trace)
    del trace
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("remedy", REMEDIES)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_episodes_of_every_run_fit_together(scenario: str, remedy: str) -> None:
    trace = run(scenario, remedy)
    requests = allocation_requests(trace)
    gets = [e for e in trace.events if e.op == "take_page" and e.result and "alloc_page" in e.stack]
    assert sum(made.end == "page" for made in requests) == len(gets)
    asked = [e.result for e in trace.events if (e.op, e.on) == ("note", "gfp")]
    assert [made.gfp for made in requests] == asked
    unfinished = {waiting.task for waiting in trace.waiting}
    assert {made.task for made in requests if made.end == "under way"} <= unfinished
    assert len(walks(trace)) == sum(
        (e.op, e.condition) == ("down_read", "done") and trace.facts(e.on).role == "chain"
        for e in trace.events
    )
    for call in oom_calls(trace):
        assert call.ended_us is None or call.began_us <= call.ended_us
    blocked = [e for e in trace.events if e.condition == "blocked" and e.op in LOCKING_KINDS]
    assert [trace.events[wait.number] for wait in lock_waits(trace)] == blocked
