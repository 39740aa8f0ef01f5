from __future__ import annotations

import random

import pytest

from oomlab import run
from oomlab.analysis import Edge, first_cycle_us, wait_for_graph
from oomlab.engine.trace.events import Trace
from oomlab.figures import Figure, draw_wait_for
from oomlab.figures.svg import WIDTH
from oomlab.figures.wait_layout import lay_out
from tests.analysis.handmade import Story, three_tasks_polling, two_tasks_deadlocked
from tests.figures.drawings import Rectangle, check_sound, parsed, text_rectangles, texts

DASHED, DOTTED = "8 5", "0.1 6"


def dashes(figure: Figure) -> set[str]:
    return {node.attrib.get("stroke-dasharray", "") for node in parsed(figure).iter()}


def arrows_of_cycle(figure: Figure) -> list[str]:
    """The lines that are thicker and of the colour of the cycle, but for the legend's sample."""
    groups = [node for node in parsed(figure).iter() if node.attrib.get("class") == "oom-blocked"]
    lines = [path for node in groups for path in node if path.attrib.get("stroke-width") == "3.2"]
    return [path.attrib["d"] for path in lines if "M1.0 0.0" not in path.attrib["d"]]


def crowd(seed: int) -> Trace:
    """Up to eight tasks, each with a lock, most of which want another's: any shape of graph."""
    draw = random.Random(seed)
    names = [f"task_number_{i}" for i in range(draw.randint(1, 8))]
    story = Story(names, mutexes=[f"lock_of_{name}" for name in names])
    for name in names:
        story.takes(name, f"lock_of_{name}")
    story.now = 1
    for name in names:
        lock = f"lock_of_{draw.choice(names)}"
        match draw.randrange(4):
            case 0:
                story.tries(name, lock)
            case 1 | 2:
                story.blocks(name, lock, "some_kernel_function_with_a_name")
    return story.trace(1, names, verdict="stuck")


def queues_behind_a_cycle() -> Trace:
    """a and b wait for each other; four wait for a in different ways, two for one of those."""
    story = Story(list("abcdefgh"), mutexes=[f"lock_of_{name}" for name in "abcdefgh"])
    for name in "abcdefgh":
        story.takes(name, f"lock_of_{name}")
    for waiter, holder in ("ab", "ba", "ca", "dc", "fb", "hf"):
        story.blocks(waiter, f"lock_of_{holder}")
    for waiter, holder in ("ec", "ga"):
        story.tries(waiter, f"lock_of_{holder}")
    return story.trace(1, list("abcdefgh"), verdict="deadlock")


@pytest.mark.parametrize("seed", [-1, *range(60)])
def test_no_box_or_label_covers_another(seed: int) -> None:
    trace = crowd(seed) if seed >= 0 else queues_behind_a_cycle()
    graph = wait_for_graph(trace, 1)
    layout = lay_out(graph, dict.fromkeys(graph.nodes, "in some_kernel_function"), 34)
    boxes = [
        Rectangle(b.left, b.y - b.height / 2, b.right, b.y + b.height / 2) for b in layout.boxes
    ]
    assert sorted(task for box in layout.boxes for task in box.tasks) == sorted(graph.nodes)
    for number, box in enumerate(boxes):
        assert box.left >= 0
        assert box.right <= WIDTH
        assert box.bottom <= layout.height
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])
    figure = draw_wait_for(trace, 1)
    check_sound(figure)
    names = {line for box in layout.boxes for line in box.lines}
    for text, place in text_rectangles(figure):
        if text not in names and not text.startswith("in "):
            assert not any(place.overlaps(box) for box in boxes), text


@pytest.mark.parametrize("seed", range(60))
def test_every_edge_has_an_arrow_that_ends_at_its_holder(seed: int) -> None:
    graph = wait_for_graph(crowd(seed), 1)
    layout = lay_out(graph, {}, 34)
    box_of = {task: box for box in layout.boxes for task in box.tasks}
    drawn = {(box_of[a.edge.waiter], box_of[a.edge.holder]) for a in layout.arrows}
    for edge in graph.edges:
        assert (box_of[edge.waiter], box_of[edge.holder]) in drawn
    for arrow in layout.arrows:
        for task, (x, y) in (
            (arrow.edge.waiter, arrow.points[0]),
            (arrow.edge.holder, arrow.points[-1]),
        ):
            box = box_of[task]
            on_side = x in (box.left, box.right) and abs(y - box.y) <= box.height / 2
            on_edge = abs(y - box.y) == box.height / 2 and box.left <= x <= box.right
            assert on_side or on_edge
        assert arrow.label_at is not None


def test_a_writer_that_waits_for_two_readers_has_two_arrows() -> None:
    story = Story(["w", "r", "s"], rwsems=["sem"])
    value = {"readers": ["r", "s"], "writer": "", "queued": ["w"]}
    story.tell("w", "down_write", "sem", "blocked", changes={"sem": value})
    trace = story.trace(0, ["w", "r", "s"])
    layout = lay_out(wait_for_graph(trace, 0), {}, 34)
    assert {(a.edge.waiter, a.edge.holder) for a in layout.arrows} == {("w", "r"), ("w", "s")}
    check_sound(draw_wait_for(trace, 0))


def test_the_two_task_cycle_in_words() -> None:
    trace = two_tasks_deadlocked().trace(10, ["a", "b"], verdict="deadlock")
    assert draw_wait_for(trace, 10).twin.splitlines() == [
        "Who waits for whom at 10 µs in a-scenario under a-remedy.",
        "a waits for B, held by b (part of the cycle).",
        "b waits for A, held by a (part of the cycle).",
        "There is a cycle: a → b → a.",
    ]


def test_lock_poll_and_event_edges_are_drawn_differently() -> None:
    locks = two_tasks_deadlocked().trace(10, ["a", "b"])
    assert not {DASHED, DOTTED} & dashes(draw_wait_for(locks, 10))
    polls = three_tasks_polling().trace(500, ["hog", "writer", "worker"])
    assert len(arrows_of_cycle(draw_wait_for(polls, 500))) == 3
    assert dashes(draw_wait_for(polls, 500)) & {DASHED, DOTTED} == {DASHED}
    both = run("h2-three-task-poll", "offload")
    assert dashes(draw_wait_for(both, 500)) & {DASHED, DOTTED} == {DASHED, DOTTED}


def test_the_cycle_is_marked_and_its_absence_said() -> None:
    trace = two_tasks_deadlocked().trace(10, ["a", "b"])
    marked = draw_wait_for(trace, 10)
    assert "At 10 µs: a cycle of 2 tasks" in texts(marked)
    assert "part of the cycle" in texts(marked)
    assert len(arrows_of_cycle(marked)) == 2
    before = draw_wait_for(trace, 0)
    assert "At 0: nobody waits for anybody" in texts(before)
    assert "part of the cycle" not in texts(before)
    assert "Nobody waits for anybody." in before.twin


def test_alike_waiters_share_a_box() -> None:
    trace = run("h1-two-task-cycle", "mainline", {"fault_tasks": 12})
    at_us = first_cycle_us(trace)
    assert at_us is not None
    figure = draw_wait_for(trace, at_us)
    check_sound(figure)
    assert "and 10 more" in texts(figure)
    assert "fault_task11 polls oom_lock, held by fs_task." in figure.twin


def test_the_twin_names_every_task_and_lock_in_the_picture() -> None:
    trace = run("h2-three-task-poll", "offload")
    figure = draw_wait_for(trace, 500)
    for name in ("hog", "fs_task", "balloon_worker", "oom_notifier", "oom_reaper", "host"):
        assert any(name in text for text in texts(figure))
        assert name in figure.twin
    for lock in ("balloon_lock", "fs_lock"):
        assert lock in texts(figure)
        assert lock in figure.twin


def test_hostile_names_are_text_and_nothing_else() -> None:
    hostile = "<script>alert(\"&')</script>]]>\x00\ue000"
    story = Story([hostile, "b"], mutexes=[f"{hostile}L", "M"])
    story.takes(hostile, "M")
    story.takes("b", f"{hostile}L")
    story.blocks(hostile, f"{hostile}L", inside=hostile)
    story.blocks("b", "M")
    figure = draw_wait_for(story.trace(0, [hostile, "b"], scenario=hostile), 0)
    check_sound(figure)
    assert "<script" not in figure.svg
    assert len(wait_for_graph(story.trace(0, [hostile, "b"]), 0).cycle) == 2


def test_same_trace_same_bytes() -> None:
    one, other = (draw_wait_for(run("h2-three-task-poll", "offload"), 500) for _ in range(2))
    assert one == other


WAYS = ("said by nobody", "inferred", "a frame that may be stale", "guessed", "heard", "dreamt")


def known_of(trace: Trace) -> dict[Edge, str]:
    edges = wait_for_graph(trace, 1).edges
    return {edge: WAYS[n % len(WAYS)] for n, edge in enumerate(edges)}


@pytest.mark.parametrize("seed", [-1, *range(12)])
def test_how_an_edge_is_known_is_never_cut_off(seed: int) -> None:
    trace = queues_behind_a_cycle() if seed < 0 else crowd(seed)
    known = known_of(trace)
    figure = draw_wait_for(trace, 1, known=known)
    check_sound(figure)
    shown = texts(figure)
    marks = {how: shown[shown.index(how) - 1] for how in known.values()}
    assert len(set(marks.values())) == len(marks), "two ways of knowing have one mark"
    used = {text.split()[0] for text in shown}
    assert set(marks.values()) <= used
    assert all(f"({how})" in figure.twin for how in known.values())


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_a_polled_oom_lock_is_read_whole_with_its_mark(order: str) -> None:
    """Down the spine of the graph, and back up on the left."""
    one, other = order[0], order[1]
    story = Story(["a", "b"], mutexes=["oom_lock", "lock_b"])
    story.takes(one, "oom_lock")
    story.takes(other, "lock_b")
    story.blocks(one, "lock_b")
    story.tries(other, "oom_lock")
    trace = story.trace(1, ["a", "b"], verdict="deadlock")
    known = dict.fromkeys(wait_for_graph(trace, 1).edges, "inferred")
    figure = draw_wait_for(trace, 1, known=known)
    check_sound(figure)
    shown = texts(figure)
    assert not [text for text in shown if "…" in text]
    assert "polls oom_lock" in " ".join(shown)
    assert [text.split()[0] for text in shown].count("*") == len(known) + 1  # and the legend
    assert shown[shown.index("inferred") - 1] == "*"


def test_a_picture_of_which_all_is_known_has_no_mark() -> None:
    trace = queues_behind_a_cycle()
    figure = draw_wait_for(trace, 1)
    assert draw_wait_for(trace, 1, known={}).svg == figure.svg
    assert not set("*†‡§") & set("".join(texts(figure)))
