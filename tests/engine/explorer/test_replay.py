"""Schedules as strings: out and back, and one clear line for whatever is not one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oomlab import explore, play, replay
from oomlab.engine.explorer.counterexample import ScheduledMove
from oomlab.engine.explorer.player import ImpossibleStep, Player
from oomlab.engine.explorer.schedules import read_schedule, write_schedule
from oomlab.errors import InputError
from oomlab.experiment import Experiment
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS

H1 = "h1-two-task-cycle"
MODEL = SCENARIOS[H1].build(SCENARIOS[H1].settle({}, "explorer"), REMEDIES["offload"])
CHOICES = st.builds(ScheduledMove, st.integers(0, len(MODEL.actors) - 1), st.integers(0, 3))


@given(st.lists(CHOICES).map(tuple))
def test_a_schedule_written_and_read_is_the_same(schedule: tuple[ScheduledMove, ...]) -> None:
    assert read_schedule(Player(MODEL), write_schedule(MODEL, schedule)) == schedule


def test_runs_are_written_short() -> None:
    schedule = (ScheduledMove(0),) * 3 + (ScheduledMove(1),) + (ScheduledMove(0, 1),) * 2
    names = [actor.name for actor in MODEL.actors]
    text = write_schedule(MODEL, schedule)
    assert text == f"{names[0]}:3,{names[1]},{names[0]}@1,{names[0]}@1"


@pytest.mark.parametrize("remedy", ["mainline", "offload"])
def test_what_the_explorer_prints_plays_back(remedy: str) -> None:
    found = explore(H1, remedy, {"batch": 2, "balloon_pages": 3})
    trace = replay(found.replay)
    assert "balloon_pages=3" in found.replay
    assert "batch=2" in found.replay
    assert trace.parameters == found.settings
    assert trace.ended_at_us == len(found.schedule)
    assert trace.verdict in ("stuck", "repeats")


def test_parameters_as_usual_are_left_out() -> None:
    scenario = SCENARIOS[H1]
    settings_ = scenario.settle({}, "explorer")
    assert (
        Experiment.of(H1, "mainline", settings_, engine="explorer").replay_line(())
        == f"{H1}/mainline//"
    )


def test_an_empty_schedule_is_open() -> None:
    trace = replay(f"{H1}/mainline//")
    assert trace.verdict == "open"
    assert trace.ended_at_us == 0


def test_a_schedule_may_be_played_in_part() -> None:
    found = explore(H1)
    schedule = found.replay.rsplit("/", 1)[1]
    whole = play(H1, "mainline", {}, schedule)
    for steps in range(whole.ended_at_us + 1):
        part = play(H1, "mainline", {}, schedule, steps=steps)
        assert part.ended_at_us == steps
        known = [e for e in whole.events if e.at_us <= steps]
        assert list(part.events) == known


def test_a_schedule_that_can_be_followed_is_followed_to_its_end() -> None:
    found = explore(H1)
    schedule = found.replay.rsplit("/", 1)[1]
    trace, why = Experiment.of(H1).follow(schedule)
    assert why == ""
    assert trace.events == play(H1, "mainline", {}, schedule).events


def test_a_run_to_the_end() -> None:
    """One task after the other: nobody is ever in anybody's way."""
    scenario = SCENARIOS[H1]
    model = scenario.build(scenario.settle({}, "explorer"), REMEDIES["mainline"])
    player = Player(model)
    schedule: list[ScheduledMove] = []
    while not player.ended:
        schedule.append(ScheduledMove(player.ready()[0]))
        player.step(schedule[-1])
    text = write_schedule(model, tuple(schedule))
    trace = replay(f"{H1}/mainline//{text}")
    assert trace.verdict == "ended"
    assert [w.task for w in trace.waiting if w.how == "blocks"] == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has the form SCENARIO/REMEDY/"),
        ("h1-two-task-cycle", "has the form"),
        ("a/b/c/d/e", "has the form"),
        (f"{H1}/mainline//nobody", "unknown task 'nobody'; valid: oom_reaper"),
        (f"{H1}/mainline//fs_task:0", "'fs_task:0' is not a step"),
        (f"{H1}/mainline//fs_task:-1", "is not a step"),
        (f"{H1}/mainline//fs_task:999999999", "more than 100000 steps"),
        (f"{H1}/mainline//fs_task@1000", "is not a step"),
        (f"{H1}/mainline//fs task", "'fs task' is not a step; valid: task, task:times"),
        (f"{H1}/mainline/batch/fs_task", "'batch' is not a parameter; valid: name=value"),
        (f"{H1}/mainline/batch=x/fs_task", "batch cannot be 'x'; valid: a whole number"),
        (f"{H1}/mainline/sets=1/fs_task", "unknown parameter 'sets'; valid: fault_tasks"),
        (f"{H1}/luck//fs_task", "unknown remedy 'luck'; valid: mainline"),
        ("h9/mainline//fs_task", "unknown scenario 'h9'; valid: h1-two-task-cycle"),
    ],
)
def test_broken_strings_are_answered_in_one_line(text: str, says: str) -> None:
    with pytest.raises(InputError) as error:
        replay(text)
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("schedule", "step", "why"),
    [
        ("fs_task@1", 1, "fs_task has no outcome 1 there"),
        ("balloon_worker:4,fs_task:11", 15, "waits for balloon_lock, held by balloon_worker"),
        ("oom_reaper", 1, "oom_reaper waits for oom_reaper_wait"),
    ],
)
def test_the_first_step_that_is_impossible_is_named(schedule: str, step: int, why: str) -> None:
    with pytest.raises(ImpossibleStep) as error:
        replay(f"{H1}/mainline//{schedule}")
    assert error.value.step == step
    assert why in str(error.value)


TASKS = st.sampled_from([actor.name for actor in MODEL.actors])
STEPS = st.builds(
    lambda name, mark, number: f"{name}{mark}{number}",
    TASKS,
    st.sampled_from(["", ":", "@"]),
    st.one_of(st.just(""), st.integers(0, 3).map(str)),
)


@settings(max_examples=150)
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(STEPS, max_size=12).map(lambda s: f"{H1}/offload//{','.join(s)}"),
        st.builds("/".join, st.lists(st.sampled_from([H1, "mainline", "batch=1", ""]), max_size=5)),
        st.text("/:,@=h1-\n", max_size=30),
    )
)
def test_whatever_is_typed_plays_or_is_answered_in_one_line(text: str) -> None:
    try:
        trace = replay(text)
    except InputError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert trace.engine == "schedule"
