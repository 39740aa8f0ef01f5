"""The stage as Python draws it: escaped, complete, and true to the trace."""

from __future__ import annotations

import re

import pytest

from oomlab import explore, play, run
from oomlab.engine.trace.events import Event
from oomlab.figures.stage import draw_stage, played_of
from oomlab.figures.stage.frames import Program
from oomlab.figures.stage.lines import program_of
from oomlab.figures.things import STYLES, styles_of
from oomlab.listings import LISTINGS

FOUND = explore("h1-two-task-cycle")
SCHEDULE = FOUND.replay.rsplit("/", 1)[1]


def test_it_is_too_late_where_the_explorer_says_so() -> None:
    trace = play("h1-two-task-cycle", "mainline", {}, SCHEDULE)
    told = draw_stage(trace, decided_at=FOUND.point_of_no_return).html
    (left,) = re.findall(r'data-sign="decided" style="left:([\d.]+)%', told)
    played = played_of(trace, FOUND.point_of_no_return)
    assert float(left) == pytest.approx(100 * played.scale.x(5) / played.scale.right, abs=0.01)


def test_a_run_is_decided_when_its_circle_closes_for_good() -> None:
    deadlock = played_of(run("h1-two-task-cycle"))
    assert deadlock.decided is not None
    assert deadlock.frames[-1].circle and not deadlock.frames[0].circle
    rescued = played_of(run("h2-three-task-poll", "mainline", {"give_back_pages": 1}))
    assert rescued.decided is None and any(frame.circle for frame in rescued.frames)


def test_pages_are_neither_lost_nor_made() -> None:
    for remedy in ("mainline", "offload", "allocate-outside"):
        frames = played_of(run("h1-two-task-cycle", remedy)).frames
        assert len({sum(frame.pages) for frame in frames}) == 1


def test_the_line_is_that_of_the_lock_or_the_call() -> None:
    frames = played_of(play("h1-two-task-cycle", "mainline", {}, SCHEDULE)).frames
    fs_task, worker = frames[-1].programs
    for program, line in ((fs_task, "mutex_lock(&balloon_lock);"), (worker, "reclaim")):
        assert line in LISTINGS[program.listing].code.splitlines()[program.line]


@pytest.mark.parametrize("remedy", ["offload", "offload-sequence", "offload-repaired"])
def test_nobody_stands_in_the_lines_of_another_remedy(remedy: str) -> None:
    """Remedies name their routines alike; an event has the name alone."""
    frames = played_of(run("h1-two-task-cycle", remedy)).frames
    seen = {program.listing for frame in frames for program in frame.programs}
    theirs = {name for name in seen if name and LISTINGS[name].remedy}
    assert len(theirs) == 2 and {LISTINGS[name].remedy for name in theirs} == {remedy}


WITHOUT_LINES = {
    "optional_task": "one request and nothing else; its allocator has lines",
    "moom_callback": "a key press that waits for oom_lock and nothing else",
}
"""Outermost functions of foreground tasks that have no listing of their own, and why."""


@pytest.mark.parametrize("remedy", ["mainline", "allocate-outside", "offload", "offload-repaired"])
@pytest.mark.parametrize(
    "scenario", ["h1-two-task-cycle", "h2-three-task-poll", "h3a-virtqueue-add"]
)
def test_each_step_of_a_foreground_task_has_a_line(scenario: str, remedy: str) -> None:
    trace = run(scenario, remedy)
    foreground = {task.name for task in trace.tasks if task.foreground}
    stands: dict[str, Program] = {}
    for event in trace.events:
        at = program_of(event, stands.get(event.task, Program()), remedy)
        stands[event.task] = at
        if event.task in foreground and event.stack[0] not in WITHOUT_LINES:
            assert at.listing and LISTINGS[at.listing].code.splitlines()[at.line], event


def test_a_second_lock_of_the_same_mutex_is_the_later_line() -> None:
    stack, listing = ("request_and_wait",), "the repaired asker"
    code = LISTINGS[listing].code.splitlines()
    at, places = Program(), []
    for op in ("mutex_lock", "mutex_unlock", "mutex_lock", "mutex_unlock", "mutex_lock"):
        event = Event(0, "task", stack, op, "a mutex", "done")
        at = program_of(event, at, "offload-repaired")
        places.append(at.line)
    first, second = (n for n, line in enumerate(code) if "mutex_lock(" in line)
    assert places[0::2] == [first, second, first] and places[1] < places[2] < places[3]


def test_a_run_with_many_moments_keeps_those_that_matter() -> None:
    played = played_of(run("h1-two-task-cycle", "offload", {"fault_tasks": 16}))
    assert 5 < len(played.frames) <= 62
    assert played.frames[-1].x == 100.0


def test_a_lock_has_one_face() -> None:
    assert styles_of(["fs_lock", "oom_lock"])["oom_lock"] == STYLES["oom_lock"]
    own = styles_of(["oom_lock", "a", "b", "c"])
    assert len(set(own.values())) == 4
    assert own == styles_of(["oom_lock", "a", "b", "c"])


def test_the_names_in_the_circle_of_the_report_are_whole() -> None:
    told = draw_stage(run("h2-three-task-poll")).html
    nodes = re.findall(r'data-who="\d+" data-thing="(.*?)".*?<text [^>]*>(.*?)</text>', told, re.S)
    assert "balloon_worker" in dict(nodes) and all(name == text for name, text in nodes)
