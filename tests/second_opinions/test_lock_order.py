"""The rules by which the lock-order graph learns, one by one."""

from __future__ import annotations

import pytest

from oomlab import run as timed_run
from oomlab.analysis.lock_learning import lock_order_graph
from oomlab.analysis.lock_order import (
    RECLAIM,
    Annotation,
    LockOrderGraph,
    cycle_sentence,
    edge_sentence,
)
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError
from oomlab.gfp import flags
from oomlab.listeners.pseries_cmm import CMM_GFP
from oomlab.scenarios import SCENARIOS
from tests.analysis.handmade import Story
from tests.second_opinions.lab import Row, evidence


def apart(tasks: dict[str, str], reclaim: str = "") -> Trace:
    """The run in which the tasks of scripts take turns."""
    return evidence(Row("made up", tasks, False, "quiet", "quiet", "", reclaim)).apart


def orders(trace: Trace, annotation: Annotation = "4.14") -> set[tuple[str, str]]:
    graph = lock_order_graph([trace], annotation)
    return {(edge.held, edge.taken) for edge in graph.edges}


# --- locks --------------------------------------------------------------------------------------


def test_an_order_is_learned_when_a_lock_is_asked_for_though_it_is_never_had() -> None:
    story = Story(["a", "b"], mutexes=["A", "B"])
    story.takes("b", "B")
    story.takes("a", "A")
    story.blocks("a", "B")
    assert orders(story.trace(0, ["a", "b"])) == {("A", "B")}


def test_a_writer_asks_when_it_queues() -> None:
    story = Story(["a"], mutexes=["A"], rwsems=["S"])
    story.takes("a", "A")
    story.tell("a", "announce_write", "S", changes={"S": {"queued": ["a"]}})
    assert orders(story.trace(0, ["a"])) == {("A", "S")}


def test_a_failed_trylock_leaves_no_trace() -> None:
    story = Story(["a", "b"], mutexes=["A", "B", "C"])
    story.takes("b", "B")
    story.takes("a", "A")
    story.tries("a", "B")
    story.takes("a", "C")
    assert orders(story.trace(0)) == {("A", "C")}


def test_a_lock_that_was_tried_has_edges_from_it_but_none_to_it() -> None:
    assert orders(apart({"one": "A O? B -B -O -A"})) == {("O", "B"), ("A", "B")}


def test_the_search_goes_past_tried_locks_to_the_first_other_and_no_further() -> None:
    assert orders(apart({"one": "A B O? P? C -C -P -O -B -A"})) == {
        ("A", "B"),
        ("B", "C"),
        ("O", "C"),
        ("P", "C"),
    }


def test_readers_make_orders_like_writers() -> None:
    reading = orders(apart({"one": "r:R A r:S -r:S -A -r:R"}))
    assert reading == {("R", "A"), ("A", "S")}
    assert reading == orders(apart({"one": "w:R A w:S -w:S -A -w:R"}))


def test_what_is_released_out_of_order_is_no_longer_held() -> None:
    assert orders(apart({"one": "A B -A C -C -B"})) == {("A", "B"), ("B", "C")}


def test_tasks_do_not_mix() -> None:
    story = Story(["a", "b"], mutexes=["A", "B"])
    story.takes("a", "A")
    story.takes("b", "B")
    assert orders(story.trace(0)) == set()


# --- memory -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_word", "counts"),
    [("kernel", True), ("inflate", True), ("nofs", False), ("nowait", False)],
)
@pytest.mark.parametrize("annotation", ["4.13", "4.14", "4.18"])
def test_a_lock_is_held_over_requests_that_may_enter_filesystem_reclaim(
    request_word: str, counts: bool, annotation: Annotation
) -> None:
    trace = apart({"one": f"A {request_word} -A"})
    assert orders(trace, annotation) == ({("A", RECLAIM)} if counts else set())


def test_4_13_marks_what_is_taken_in_reclaim_and_keeps_the_plain_order_as_well() -> None:
    trace = apart({"one": "short A inflate -A"}, "B -B")
    assert orders(trace, "4.13") == {("A", RECLAIM), ("A", "B"), (RECLAIM, "B")}


@pytest.mark.parametrize("annotation", ["4.14", "4.18"])
def test_the_pseudo_lock_stands_between_the_two(annotation: Annotation) -> None:
    trace = apart({"one": "short A inflate -A"}, "B -B")
    assert orders(trace, annotation) == {("A", RECLAIM), (RECLAIM, "B")}


def test_4_14_forgets_reclaim_for_requests_without_nomemalloc() -> None:
    trace = apart({"one": "short A kernel -A"}, "B -B")
    assert orders(trace, "4.14") == {("A", RECLAIM), ("A", "B")}
    assert orders(trace, "4.18") == {("A", RECLAIM), (RECLAIM, "B")}


def test_what_is_tried_in_reclaim_is_not_used_in_it() -> None:
    for annotation in ("4.13", "4.14", "4.18"):
        assert orders(apart({"one": "short inflate"}, "B~"), annotation) == set()


def test_what_follows_upon_reclaim_is_outside() -> None:
    trace = apart({"one": "short inflate B -B"}, "A -A")
    assert orders(trace) == {(RECLAIM, "A")}


def test_one_request_after_another_from_elsewhere_is_another_request() -> None:
    assert orders(apart({"one": "A nofs kernel -A"})) == {("A", RECLAIM)}


# --- the whole graph ----------------------------------------------------------------------------


def two_halves() -> LockOrderGraph:
    """AB in one run, BA in another, both finished."""
    return lock_order_graph([apart({"one": "A B -B -A"}), apart({"two": "B A -A -B"})], "4.14")


def test_halves_from_different_runs_make_a_whole() -> None:
    graph = two_halves()
    (cycle,) = graph.cycles()
    assert cycle.locks == ("B", "A")
    assert cycle.runs == {0, 1}
    assert (cycle.closing.held, cycle.closing.witness.run) == ("B", 1)
    assert cycle_sentence(cycle) == (
        "possible deadlock: B -> A -> B; complete when two, holding B since perform, asked for A "
        "in perform (at step 2, run 2); seen in 2 different runs, whether or not anything ever "
        "locked up"
    )


def test_the_first_occasion_is_the_witness() -> None:
    story = Story(["a"], mutexes=["A", "B"])
    for story.now, inside in ((7, "first"), (9, "second")):
        story.takes("a", "A", inside)
        story.takes("a", "B", f"{inside}_inner")
        story.lets_go("a", "B")
        story.lets_go("a", "A")
    (edge,) = lock_order_graph([story.trace(9)]).edges
    assert edge_sentence(edge) == (
        "a, holding A since first, asked for B in first_inner (at 7 µs, run 1)"
    )


def test_sentences_about_reclaim_and_about_oneself() -> None:
    graph = lock_order_graph([apart({"one": "short A inflate"}, "B B")], "4.14")
    assert [edge_sentence(edge) for edge in graph.edges] == [
        "one, holding A since perform, asked in asks for a page with leave to enter "
        "filesystem reclaim (at step 3, run 1)",
        "one, inside direct reclaim (try_to_free_pages), asked for B in perform (at step 4, run 1)",
        "one, holding B since perform, asked for it again in perform (at step 4, run 1)",
    ]


def test_of_several_circles_a_shortest_is_told_where_it_closes() -> None:
    tasks = {"one": "A B C -C -B -A", "two": "A C -C -A", "three": "C A -A -C"}
    (cycle,) = lock_order_graph([apart(tasks)], "4.14").cycles()
    assert cycle.locks == ("C", "A")


def test_a_way_between_two_locks() -> None:
    graph = lock_order_graph([apart({"one": "A B C -C -B -A", "two": "D -D"})], "4.14")
    assert [(edge.held, edge.taken) for edge in graph.way("A", "C")] == [("A", "B"), ("B", "C")]
    assert graph.way("C", "A") == ()
    assert graph.way("D", "A") == ()


def test_runs_are_named_by_what_they_differ_in() -> None:
    traces = [timed_run("h1-two-task-cycle", given={"batch": n}) for n in (8, 9)]
    assert lock_order_graph(traces).runs == (
        "h1-two-task-cycle under mainline, seed 0, batch=8",
        "h1-two-task-cycle under mainline, seed 0, batch=9",
    )


# --- refusals and notes -------------------------------------------------------------------------


def test_an_unknown_annotation_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(InputError, match=r"4\.13, 4\.14, 4\.18"):
        lock_order_graph([], "6.7")  # type: ignore[arg-type]


def test_every_page_of_the_book_is_asked_for_with_a_note() -> None:
    noted: dict[str, set[int]] = {}
    for scenario in SCENARIOS.values():
        trace = timed_run(scenario.name)
        for task in trace.tasks:
            inside = False
            for event in trace.events:
                if event.task == task.name and event.op == "note":
                    noted.setdefault(event.stack[-2], set()).add(event.result)
                    inside = True
                elif event.task == task.name and "try_to_free_pages" in event.stack:
                    assert inside, event
    assert noted == {
        "balloon_page_alloc": {flags.BALLOON_INFLATE},
        "cmm_mem_going_offline": {CMM_GFP},
        "driver_task": {flags.GFP_KERNEL},
        "kmalloc": {
            flags.GFP_KERNEL,
            flags.DMA | flags.GFP_KERNEL,
            flags.GFP_NOWAIT | flags.NOWARN,
        },
        "filesystem_task": {flags.GFP_NOFS},
        "page_faulting_task": {flags.GFP_HIGHUSER_MOVABLE},
    }
