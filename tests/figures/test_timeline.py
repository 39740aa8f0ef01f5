from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from oomlab import run
from oomlab.analysis.rounds import tries_in_vain
from oomlab.engine.slots import Facts
from oomlab.figures import Figure, draw_timeline
from oomlab.figures.lanes import MAX_LANES
from tests.analysis.handmade import Story, three_tasks_polling, two_tasks_deadlocked
from tests.figures.drawings import check_sound, height_of, parsed, texts

CASES: list[tuple[str, str, dict[str, Any]]] = [
    ("h1-two-task-cycle", "mainline", {}),
    ("h1-two-task-cycle", "mainline", {"fault_tasks": 1}),
    ("h1-two-task-cycle", "mainline", {"give_back_pages": 512}),
    ("h1-two-task-cycle", "offload", {}),
    ("h1-two-task-cycle", "offload", {"fault_tasks": 1}),
    ("h1-two-task-cycle", "offload", {"fault_tasks": 12, "timeout_s": 0.5}),
    ("h1-two-task-cycle", "allocate-outside", {}),
    ("h2-three-task-poll", "mainline", {}),
    ("h2-three-task-poll", "mainline", {"give_back_pages": 512}),
    ("h2-three-task-poll", "offload", {}),
    ("h2-three-task-poll", "offload", {"timeout_s": 60, "hz": 100}),
    ("h2-three-task-poll", "allocate-outside", {}),
]


def figure_of(scenario: str, remedy: str, given: dict[str, Any]) -> Figure:
    return draw_timeline(run(scenario, remedy, given))


@pytest.mark.parametrize(("scenario", "remedy", "given"), CASES)
def test_every_timeline_is_sound_and_fits_on_a_screen(
    scenario: str, remedy: str, given: dict[str, Any]
) -> None:
    figure = figure_of(scenario, remedy, given)
    check_sound(figure)
    assert height_of(figure) < 760


@pytest.mark.parametrize(("scenario", "remedy", "given"), CASES)
def test_the_twin_names_every_task_and_lock_in_the_picture(
    scenario: str, remedy: str, given: dict[str, Any]
) -> None:
    trace = run(scenario, remedy, given)
    figure = draw_timeline(trace)
    names = [task.name for task in trace.tasks]
    names += [slot.name for slot in trace.slots if slot.kind in ("mutex", "rwsem")]
    drawn = [name for name in names if any(name in text for text in texts(figure))]
    assert len(drawn) >= 4
    for name in drawn:
        assert name in figure.twin
    for name in (task.name for task in trace.tasks):
        assert name in figure.twin


def test_same_trace_same_bytes_and_another_key_other_ids() -> None:
    trace = run(*CASES[4])
    again = draw_timeline(run(*CASES[4]))
    assert draw_timeline(trace) == again
    first, second = (
        set(re.findall(r' id="([^"]+)"', draw_timeline(trace, key=key).svg)) for key in ("1", "2")
    )
    assert first
    assert not first & second


def test_two_pictures_share_no_id() -> None:
    one, other = (draw_timeline(run(*case)).svg for case in CASES[:2])
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in (one, other)]
    assert not ids[0] & ids[1]


def test_the_two_task_deadlock_in_words() -> None:
    trace = two_tasks_deadlocked().trace(10, ["a", "b"], verdict="deadlock")
    assert draw_timeline(trace).twin.splitlines() == [
        "Timeline of a-scenario under a-remedy. Verdict deadlock: nothing will ever happen again.",
        "a (plays a):",
        "  from 0 for 10 µs: runs (in work)",
        "  from 10 µs to the end: waits for B, held by b (in leak_balloon)",
        "b (plays b):",
        "  from 0 for 10 µs: runs (in work)",
        "  from 10 µs to the end: waits for A, held by a (in try_to_free_pages)",
        "A:",
        "  from 0 to the end: is held by a",
        "B:",
        "  from 0 to the end: is held by b",
    ]


def test_kills_and_timeouts_are_labelled_at_their_moment() -> None:
    figure = figure_of(*CASES[4])
    shown = texts(figure)
    assert "timeout" in shown
    assert {"timeout", "kill hog"} <= set(shown)
    assert {"5.1 s", "10.3 s"} <= set(shown)
    assert "At 10.3 s: kill hog (fault_task0)." in figure.twin


def test_labels_of_moments_close_to_each_other_stand_in_rows() -> None:
    victims = {f"SIGKILL for victim{i}": Facts("kill", f"victim{i}") for i in range(5)}
    story = Story(["a", "b"], words=[*victims], facts=victims)
    for number in range(5):
        story.now = 5_000_000 + 700 * number
        slot = f"SIGKILL for victim{number}"
        story.tell("a", "write", slot, changes={slot: 1})
        story.computes("a", story.now + 700)
    figure = draw_timeline(story.trace(story.now + 700))
    check_sound(figure)
    assert [text for text in texts(figure) if text.startswith("kill")] == [
        f"kill victim{number}" for number in range(5)
    ]


def test_a_wait_tells_who_had_the_lock_meanwhile_and_nobody_else() -> None:
    story = Story(["first", "second", "third", "waiter"], mutexes=["L"])
    story.takes("first", "L")
    story.blocks("waiter", "L")
    story.now = 100
    story.lets_go("first", "L")
    story.takes("second", "L")
    story.now = 200
    story.lets_go("second", "L")
    story.takes("waiter", "L")
    story.lets_go("waiter", "L")
    story.takes("third", "L")
    story.now = 300
    story.lets_go("third", "L")
    twin = draw_timeline(story.trace(300)).twin
    assert "  from 0 for 0.2 ms: waits for L, held by first, then second (in work)" in twin


def test_a_task_may_wait_for_what_it_holds_itself() -> None:
    story = Story(["a"], mutexes=["L"])
    story.takes("a", "L")
    story.blocks("a", "L")
    twin = draw_timeline(story.trace(0, ["a"], verdict="deadlock")).twin
    assert "waits for L, held by a" in twin


def test_memory_that_comes_back_is_labelled() -> None:
    assert "512 pages come back" in texts(figure_of(*CASES[8]))


def test_a_deadlock_lasts_for_ever_and_a_livelock_repeats() -> None:
    assert "for ever" in texts(figure_of(*CASES[0]))
    livelock = texts(figure_of(*CASES[3]))
    assert "and so on" in livelock
    assert "…" in livelock
    assert not {"for ever", "and so on"} & set(texts(figure_of(*CASES[4])))


def test_the_legend_holds_only_what_occurs_and_no_bar_says() -> None:
    deadlock = texts(figure_of(*CASES[0]))
    assert "waits for balloon_lock" in deadlock
    assert "waits for a lock" not in deadlock
    assert not any(text.startswith("polls") for text in deadlock)
    assert "quiet time, drawn shorter" not in deadlock
    assert "quiet time, drawn shorter" in texts(figure_of(*CASES[9]))


def test_polls_are_counted_but_not_in_a_lockup_where_they_never_end() -> None:
    tries = tries_in_vain(run(*CASES[9]), "oom_lock")
    assert 600 < tries < 660
    assert f"polls oom_lock, {tries} times" in texts(figure_of(*CASES[9]))
    assert "polls oom_lock" in texts(figure_of(*CASES[7]))


def test_each_lock_has_its_own_pattern() -> None:
    figure = figure_of(*CASES[0])
    used = set(re.findall(r"url\(#[^)]*-(lock\d)\)", figure.svg))
    assert len(used) == 3


def test_a_background_task_that_gets_stuck_has_a_lane_and_others_have_not() -> None:
    shown = texts(figure_of(*CASES[3]))
    assert "oom_notifier" in shown
    assert "in the background" in shown
    assert "host" not in shown
    assert "Not drawn: oom_reaper, host, hog." in figure_of(*CASES[3]).twin


def test_a_crowd_is_counted_not_drawn() -> None:
    figure = figure_of(*CASES[5])
    lanes = [node for node in parsed(figure).iter() if node.attrib.get("class") == "oom-name"]
    assert len(lanes) == MAX_LANES
    assert any(re.fullmatch(r"and \d+ more tasks like these", text) for text in texts(figure))
    assert "fault_task11" in figure.twin


def test_hostile_names_are_text_and_nothing_else() -> None:
    hostile = "<script>alert(\"&')</script>]]>\x00\ue000"
    story = Story([hostile, "b"], mutexes=[f"{hostile}L"])
    story.takes(hostile, f"{hostile}L", inside=hostile)
    story.computes(hostile, 900)
    story.blocks("b", f"{hostile}L")
    trace = story.trace(900, ["b"], verdict="deadlock", scenario=hostile, remedy=hostile)
    figure = draw_timeline(trace)
    check_sound(figure)
    assert "<script" not in figure.svg
    assert not [node for node in parsed(figure).iter() if node.tag.endswith("script")]
    assert "<script>" in parsed(figure)[0].text  # type: ignore[operator]


def test_a_replayed_schedule_is_drawn_in_steps() -> None:
    story = three_tasks_polling()
    story.events = [replace(event, at_us=step) for step, event in enumerate(story.events)]
    trace = story.trace(
        len(story.events), ["hog", "writer", "worker"], verdict="stuck", engine="schedule"
    )
    figure = draw_timeline(trace)
    check_sound(figure)
    assert "step 0" in texts(figure)
    assert "for ever" in texts(figure)
    assert "quiet time, drawn shorter" not in texts(figure)
    assert "runs or could run" in texts(figure)
    assert "  from step 0 for 5 steps: runs or could run (in work)" in figure.twin
    assert "  from step 0 for 1 step: has not begun" in figure.twin
    assert "polls oom_lock, held by hog, once in vain" in figure.twin


def test_a_run_in_which_nothing_happens_can_be_drawn() -> None:
    check_sound(draw_timeline(Story(["a"]).trace(0)))
