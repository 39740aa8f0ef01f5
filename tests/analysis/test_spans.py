from __future__ import annotations

from itertools import pairwise

import pytest

from oomlab import run
from oomlab.analysis import Held, Span, held_spans, span_at, task_spans
from oomlab.engine.trace.events import Trace
from tests.analysis.handmade import RWSEM_FREE, Story, three_tasks_polling, two_tasks_deadlocked

RUNS = [
    ("h1-two-task-cycle", "mainline", {}),
    ("h1-two-task-cycle", "offload", {}),
    ("h1-two-task-cycle", "offload", {"fault_tasks": 3}),
    ("h1-two-task-cycle", "allocate-outside", {}),
    ("h2-three-task-poll", "mainline", {}),
    ("h2-three-task-poll", "mainline", {"give_back_pages": 512}),
    ("h2-three-task-poll", "offload", {}),
]


def brief(trace: Trace, task: str) -> list[tuple[str, int, int, str]]:
    return [(s.state, s.start_us, s.end_us, s.on) for s in task_spans(trace) if s.task == task]


@pytest.mark.parametrize(("scenario", "remedy", "given"), RUNS)
def test_the_spans_of_each_task_cover_the_run_without_gap_or_overlap(
    scenario: str, remedy: str, given: dict[str, int]
) -> None:
    trace = run(scenario, remedy, given)
    spans = task_spans(trace)
    for task in trace.tasks:
        mine = [span for span in spans if span.task == task.name]
        assert mine[0].start_us == 0
        assert mine[-1].end_us == trace.ended_at_us
        for earlier, later in pairwise(mine):
            assert earlier.end_us == later.start_us
            assert earlier.start_us < earlier.end_us


@pytest.mark.parametrize(
    ("scenario", "remedy", "given"),
    [RUNS[2], RUNS[5], RUNS[6]],
)
def test_skipped_polls_make_the_same_spans_as_polls_that_were_simulated(
    scenario: str, remedy: str, given: dict[str, int]
) -> None:
    parked, naive = run(scenario, remedy, given), run(scenario, remedy, given, park=False)
    assert len(parked.events) < len(naive.events)
    assert task_spans(parked) == task_spans(naive)


def test_a_lock_is_waited_for_and_taken() -> None:
    story = Story(["a", "b"], mutexes=["L"])
    story.takes("a", "L")
    story.computes("a", 300)
    story.blocks("b", "L", "fill_balloon")
    story.now = 300
    story.lets_go("a", "L")
    story.takes("b", "L")
    story.computes("b", 500)
    story.now = 500
    story.lets_go("b", "L")
    trace = story.trace(500)
    assert brief(trace, "a") == [("runs", 0, 300, ""), ("done", 300, 500, "")]
    assert brief(trace, "b") == [
        ("blocked", 0, 300, "L"),
        ("runs", 300, 500, ""),
        ("done", 500, 500, ""),
    ]
    assert span_at(task_spans(trace), "b", 299).function == "fill_balloon"
    assert held_spans(trace) == (
        Held("L", "a", 0, 300, "owns"),
        Held("L", "b", 300, 500, "owns"),
    )


def test_polling_is_one_span_with_its_naps_and_reclaim_and_counts_every_try() -> None:
    story = Story(["p", "q"], mutexes=["L"])
    story.takes("q", "L")
    story.naps("q", 20_000)
    story.tries("p", "L")
    story.naps("p", 4_000)
    story.now = 4_000
    story.computes("p", 4_500)
    story.now = 4_500
    story.tries("p", "L")
    story.tell("p", "poll", "L", "polling")
    story.now = 20_000
    story.lets_go("q", "L")
    story.tell("p", "poll", "L", "polled", result=3)
    story.now = 20_500
    story.tell("p", "mutex_trylock", "L", result=True, changes={"L": "p"})
    story.computes("p", 21_000)
    trace = story.trace(21_000)
    assert brief(trace, "p") == [
        ("polls", 0, 20_500, "L"),
        ("runs", 20_500, 21_000, ""),
        ("done", 21_000, 21_000, ""),
    ]
    assert task_spans(trace)[0].polls == 5


def test_a_page_ends_polling() -> None:
    story = Story(["p"], mutexes=["L"], words=["free"])
    story.tries("p", "L")
    story.naps("p", 4_000)
    story.now = 4_000
    story.tell("p", "take_page", "free", result=True, changes={"free": 1})
    story.computes("p", 4_200)
    trace = story.trace(4_200)
    assert brief(trace, "p")[:2] == [("polls", 0, 4_000, "L"), ("runs", 4_000, 4_200, "")]


def test_blocking_in_the_middle_of_polling_is_a_span_of_its_own() -> None:
    story = Story(["p"], mutexes=["L", "M"])
    story.tries("p", "L")
    story.naps("p", 10)
    story.now = 10
    story.blocks("p", "M")
    story.now = 30
    story.tell("p", "mutex_lock", "M", changes={"M": "p"})
    story.tries("p", "L")
    trace = story.trace(40, ["p"])
    assert brief(trace, "p") == [
        ("polls", 0, 10, "L"),
        ("blocked", 10, 30, "M"),
        ("polls", 30, 40, "L"),
    ]


def test_the_run_may_end_in_a_state_that_had_no_time_to_last() -> None:
    trace = two_tasks_deadlocked().trace(10, ["a", "b"], verdict="deadlock")
    assert brief(trace, "a") == [("runs", 0, 10, ""), ("blocked", 10, 10, "B")]
    assert held_spans(trace) == (
        Held("A", "a", 0, 10, "owns", True),
        Held("B", "b", 0, 10, "owns", True),
    )


def test_a_background_task_is_idle_where_it_first_waited_and_waits_elsewhere() -> None:
    story = Story([], background=["thread"], queues=["work", "answer"])
    story.waits("thread", "work")
    story.now = 100
    story.is_woken("thread", "work")
    story.waits("thread", "answer", "tell_host")
    story.now = 150
    story.is_woken("thread", "answer")
    story.waits("thread", "work")
    trace = story.trace(200)
    assert brief(trace, "thread") == [
        ("idle", 0, 100, ""),
        ("waits", 100, 150, "answer"),
        ("idle", 150, 200, ""),
    ]


def test_the_function_of_a_wait_is_the_one_that_wanted_to_wait() -> None:
    story = Story(["a"], queues=["answer"])
    story.waits("a", "answer", "wait_event_timeout")
    (span,) = task_spans(story.trace(5, ["a"]))
    assert span == Span("a", "waits", 0, 5, "answer", "main")


def test_a_task_that_ends_with_a_nap_is_done_when_the_nap_is_over() -> None:
    story = Story(["a"])
    story.naps("a", 70)
    assert brief(story.trace(100), "a") == [("sleeps", 0, 70, ""), ("done", 70, 100, "")]


def test_a_task_that_never_began_is_idle() -> None:
    story = Story(["late"])
    assert brief(story.trace(50, ["late"]), "late") == [("idle", 0, 50, "")]


def test_readers_and_writers_of_a_semaphore() -> None:
    story = Story(["r", "s", "w"], rwsems=["sem"])
    story.tell("r", "down_read", "sem", changes={"sem": {**RWSEM_FREE, "readers": ["r"]}})
    story.now = 10
    story.tell("s", "down_read", "sem", changes={"sem": {**RWSEM_FREE, "readers": ["r", "s"]}})
    story.now = 20
    story.tell("r", "up_read", "sem", changes={"sem": {**RWSEM_FREE, "readers": ["s"]}})
    story.now = 30
    story.tell("s", "up_read", "sem", changes={"sem": RWSEM_FREE})
    story.tell("w", "down_write", "sem", changes={"sem": {**RWSEM_FREE, "writer": "w"}})
    story.computes("w", 40)
    assert held_spans(story.trace(40, ["w"])) == (
        Held("sem", "r", 0, 20, "reads"),
        Held("sem", "s", 10, 30, "reads"),
        Held("sem", "w", 30, 40, "writes", True),
    )


def test_span_at_names_an_unknown_task() -> None:
    spans = task_spans(three_tasks_polling().trace(500, ["hog", "writer", "worker"]))
    assert span_at(spans, "writer", 10_000).state == "polls"
    with pytest.raises(KeyError, match="nobody"):
        span_at(spans, "nobody", 0)
