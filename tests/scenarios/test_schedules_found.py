"""What the explorer says about the two-task cycle."""

from __future__ import annotations

import pytest

from oomlab import Exploration, explore, replay
from oomlab.engine.explorer.counterexample import Schedule, ScheduledMove, switches
from oomlab.engine.explorer.player import Player
from oomlab.errors import InputError
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS

SCENARIO = "h1-two-task-cycle"


@pytest.fixture(scope="module")
def mainline() -> Exploration:
    return explore(SCENARIO)


@pytest.fixture(scope="module")
def offload() -> Exploration:
    return explore(SCENARIO, "offload")


def test_mainline_locks_up_and_nobody_can_move(mainline: Exploration) -> None:
    assert mainline.verdict.word == "lockup"
    assert mainline.verdict.blocked
    assert not mainline.verdict.livelock
    assert not mainline.verdict.panic


def test_the_counterexample_has_one_context_switch(mainline: Exploration) -> None:
    assert switches(mainline.schedule) == 1


def test_the_counterexample_ends_stuck_with_each_waiting_for_the_other(
    mainline: Exploration,
) -> None:
    trace = replay(mainline.replay)
    assert trace.verdict == "stuck"
    waits = {(w.task, w.waits_for, w.held_by) for w in trace.waiting}
    assert waits == {
        ("fs_task", "balloon_lock", "balloon_worker"),
        ("balloon_worker", "fs_lock", "fs_task"),
    }
    assert trace.ended_at_us == len(mainline.schedule)


def single_steps(found: Exploration) -> list[str]:
    """The schedule's tasks, one by one."""
    names: list[str] = []
    for part in found.replay.rsplit("/", 1)[1].split(","):
        name, _, times = part.partition(":")
        names += [name] * int(times or 1)
    return names


def test_no_step_of_the_counterexample_can_be_left_out(mainline: Exploration) -> None:
    head = mainline.replay.rsplit("/", 1)[0]
    steps = single_steps(mainline)
    for left_out in range(len(steps)):
        shorter = ",".join(steps[:left_out] + steps[left_out + 1 :])
        try:
            verdict = replay(f"{head}/{shorter}").verdict
        except InputError:
            continue
        assert verdict != "stuck", f"step {left_out + 1} is not needed"


def test_the_point_of_no_return_lies_within_the_schedule(mainline: Exploration) -> None:
    taken = mainline.point_of_no_return
    assert taken is not None
    assert 0 < taken <= len(mainline.schedule)


def test_up_to_the_point_of_no_return_everybody_can_still_finish(mainline: Exploration) -> None:
    """One step before it, some way on leads to the end; with it, none does."""
    scenario = SCENARIOS[SCENARIO]
    settings = scenario.settle(mainline.settings, "explorer")
    taken = mainline.point_of_no_return
    assert taken is not None

    def can_end(steps: int) -> bool:
        """Depth first over all ways on, by playing each from the start."""
        seen = set()
        stack: list[Schedule] = [mainline.schedule[:steps]]
        while stack:
            path = stack.pop()
            player = Player(scenario.build(settings, REMEDIES["mainline"]))
            for choice in path:
                player.step(choice)
            if player.ended:
                return True
            here = player.fingerprint()
            if here in seen:
                continue
            seen.add(here)
            stack += [(*path, ScheduledMove(task)) for task in player.ready()]
        return False

    assert can_end(taken - 1)
    assert not can_end(taken)


def test_allocating_outside_the_lock_is_clean() -> None:
    found = explore(SCENARIO, "allocate-outside")
    assert found.verdict.word == "exhausted-clean"
    assert not found.verdict.blocked
    assert not found.verdict.livelock
    assert found.schedule == ()
    assert found.replay == ""


@pytest.mark.parametrize("timeouts", ["any", "idle"])
def test_offloading_beats_for_ever_and_nobody_is_stuck(timeouts: str) -> None:
    found = explore(SCENARIO, "offload", timeouts=timeouts)
    assert found.verdict.word == "lockup"
    assert found.verdict.livelock
    assert not found.verdict.blocked


def test_the_schedule_of_a_livelock_ends_with_one_round(offload: Exploration) -> None:
    assert 0 < offload.circle < len(offload.schedule)
    assert replay(offload.replay).verdict == "repeats"
    head, steps = offload.replay.rsplit("/", 1)[0], single_steps(offload)
    before_the_round = replay(f"{head}/{','.join(steps[: -offload.circle])}")
    twice = replay(f"{head}/{','.join(steps + steps[-offload.circle :])}")
    assert before_the_round.verdict == "open"
    assert twice.verdict == "repeats"


def test_in_the_round_the_caller_times_out_and_asks_again(offload: Exploration) -> None:
    trace = replay(offload.replay)
    began = trace.ended_at_us - offload.circle
    round_ = [event for event in trace.events if event.at_us > began]
    assert {event.task for event in round_ if event.condition != "blocked"} == {"fs_task"}
    assert any(e.condition == "timeout" and "response" in e.on for e in round_)
    assert any(e.op == "mutex_trylock" and e.on == "oom_lock" for e in round_)
