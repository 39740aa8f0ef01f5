from __future__ import annotations

import pytest

from oomlab import run
from oomlab.analysis import (
    Edge,
    first_cycle_us,
    wait_for_graph,
    waiting_sentence,
)
from oomlab.engine.slots import Facts
from oomlab.errors import InputError
from oomlab.scenarios import SCENARIOS
from oomlab.scenarios.reclaim_round import reclaim_round
from oomlab.views.slow_path import run_machine
from tests.analysis.handmade import RWSEM_FREE, Story, three_tasks_polling, two_tasks_deadlocked


def test_two_tasks_with_each_others_lock_are_a_cycle() -> None:
    trace = two_tasks_deadlocked().trace(10, ["a", "b"], verdict="deadlock")
    graph = wait_for_graph(trace, 10)
    there, back = Edge("a", "b", "B", "lock"), Edge("b", "a", "A", "lock")
    assert graph.edges == (there, back)
    assert graph.cycle == (there, back)
    assert wait_for_graph(trace, 9).edges == ()
    assert first_cycle_us(trace) == 10


def test_a_polling_edge_closes_a_cycle_and_stays_recognisable() -> None:
    trace = three_tasks_polling().trace(500, ["hog", "writer", "worker"])
    cycle = wait_for_graph(trace, 500).cycle
    assert [(e.waiter, e.holder, e.kind) for e in cycle] == [
        ("hog", "worker", "lock"),
        ("worker", "writer", "lock"),
        ("writer", "hog", "poll"),
    ]


def test_the_cycle_is_gone_when_the_polled_lock_is_released() -> None:
    story = three_tasks_polling()
    story.now = 900
    story.lets_go("hog", "oom_lock")
    trace = story.trace(1_000, ["writer", "worker"])
    assert wait_for_graph(trace, 899).cycle
    graph = wait_for_graph(trace, 900)
    assert graph.cycle == ()
    assert graph.edges == (Edge("worker", "writer", "fs_lock", "lock"),)
    assert graph.nodes == ("writer", "worker")


def test_waiting_for_an_answer_is_an_edge_to_the_only_task_that_can_give_it() -> None:
    story = Story(
        ["caller"],
        background=["oom_notifier"],
        mutexes=["L"],
        queues=["oom_notifier_response_queue"],
        facts={
            "oom_notifier_response_queue": Facts(
                "answered", answered_by="oom_notifier", gives="an answer"
            )
        },
    )
    story.waits("oom_notifier", "oom_notifier_request_queue")
    story.takes("caller", "L")
    story.waits("caller", "oom_notifier_response_queue")
    story.is_woken("oom_notifier", "oom_notifier_request_queue")
    story.blocks("oom_notifier", "L")
    trace = story.trace(0, ["caller", "oom_notifier"])
    assert [e.kind for e in wait_for_graph(trace, 0).cycle] == ["event", "lock"]


def test_an_event_that_nobody_is_known_to_bring_about_makes_no_edge() -> None:
    story = Story(["a"], queues=["somewhere"])
    story.waits("a", "somewhere")
    assert wait_for_graph(story.trace(0, ["a"]), 0).edges == ()


def test_a_task_can_wait_for_itself() -> None:
    story = Story(["a"], mutexes=["L"])
    story.takes("a", "L")
    story.blocks("a", "L")
    assert wait_for_graph(story.trace(0, ["a"]), 0).cycle == (Edge("a", "a", "L", "lock"),)


def test_a_writer_waits_for_all_readers_and_readers_wait_behind_it() -> None:
    story = Story(["r", "s", "w", "late"], rwsems=["sem"], mutexes=["L"])
    value = {"readers": ["r", "s"], "writer": "", "queued": ["w"]}
    story.takes("w", "L")
    story.tell("w", "announce_write", "sem", changes={"sem": value})
    story.tell("w", "down_write", "sem", "blocked")
    story.tell("late", "down_read", "sem", "blocked")
    story.blocks("s", "L")
    graph = wait_for_graph(story.trace(0, ["r", "s", "w", "late"]), 0)
    assert Edge("w", "r", "sem", "lock") in graph.edges
    assert Edge("late", "w", "sem", "lock") in graph.edges
    assert {e.waiter for e in graph.cycle} == {"w", "s"}


def test_a_reader_waits_for_the_writer_alone() -> None:
    story = Story(["r", "w"], rwsems=["sem"])
    story.tell("w", "down_write", "sem", changes={"sem": {**RWSEM_FREE, "writer": "w"}})
    story.tell("r", "down_read", "sem", "blocked")
    graph = wait_for_graph(story.trace(0, ["r", "w"]), 0)
    assert graph.edges == (Edge("r", "w", "sem", "lock"),)


def test_the_shortest_of_several_cycles_is_reported() -> None:
    story = Story(["a", "b", "c", "w"], rwsems=["sem"], mutexes=["A", "B", "C", "W"])
    for task in "abcw":
        story.takes(task, task.upper())
    story.tell(
        "w",
        "down_write",
        "sem",
        "blocked",
        changes={"sem": {"readers": ["a", "c"], "writer": "", "queued": ["w"]}},
    )
    story.blocks("a", "B")
    story.blocks("b", "W")
    story.blocks("c", "W")
    cycle = wait_for_graph(story.trace(0, ["a", "b", "c", "w"]), 0).cycle
    assert [edge.waiter for edge in cycle] == ["c", "w"]


@pytest.mark.parametrize(
    ("edge", "sentence"),
    [
        (
            Edge("fs_task", "balloon_worker", "balloon_lock", "lock"),
            "fs_task waits for balloon_lock, held by balloon_worker",
        ),
        (Edge("fs_task", "hog", "oom_lock", "poll"), "fs_task polls oom_lock, held by hog"),
        (
            Edge("fs_task", "oom_notifier", "oom_notifier_response_queue", "event", "an answer"),
            "fs_task waits for an answer from oom_notifier",
        ),
        (Edge("a", "b", "a queue", "event"), "a waits on a queue"),
    ],
)
def test_sentences(edge: Edge, sentence: str) -> None:
    assert waiting_sentence(edge) == sentence


def test_a_negative_moment_is_refused_with_the_valid_ones() -> None:
    trace = two_tasks_deadlocked().trace(10, ["a", "b"])
    with pytest.raises(InputError, match="valid: 0 to 10"):
        wait_for_graph(trace, -1)


@pytest.mark.parametrize(
    ("scenario", "remedy", "kinds"),
    [
        ("h1-two-task-cycle", "mainline", {"lock"}),
        ("h1-two-task-cycle", "offload", {"lock", "event"}),
        ("h1-two-task-cycle", "allocate-outside", set()),
        ("h2-three-task-poll", "mainline", {"lock", "poll"}),
        ("h2-three-task-poll", "offload", {"lock", "poll", "event"}),
    ],
)
def test_the_cycles_of_the_thread(scenario: str, remedy: str, kinds: set[str]) -> None:
    trace = run(scenario, remedy)
    at_us = first_cycle_us(trace)
    assert (at_us is not None) == bool(kinds)
    if at_us is not None:
        assert {edge.kind for edge in wait_for_graph(trace, at_us).cycle} == kinds


def test_who_is_said_to_answer_is_there_wherever_somebody_waits_for_it() -> None:
    traces = [run(scenario, "offload") for scenario in SCENARIOS]
    traces.append(run_machine(reclaim_round("throttle", 4.13)))
    answerers = set()
    for trace in traces:
        waited = {trace.facts(e.on).answered_by for e in trace.events if e.condition == "blocked"}
        answerers |= waited - {""}
        assert waited - {""} <= {task.name for task in trace.tasks}
    assert answerers == {"oom_notifier", "host", "gpu", "kswapd", "rcu"}
