from __future__ import annotations

import pytest

from oomlab import explore, run
from oomlab.analysis.milestones import Milestone
from oomlab.views.runs import moments, state_at
from oomlab.views.schedules import milestones, state_after
from oomlab.widgets import Stepper
from oomlab.widgets.controls import shown_value

H1 = "h1-two-task-cycle"
STONES = [Milestone("worker", True), Milestone("worker", False), Milestone("fs", True)]


def test_a_stepper_knows_its_steps_its_tasks_and_where_to_stop() -> None:
    stepper = Stepper("step", "Steps", STONES, start=1)
    assert stepper.stored == (0, 1, 2, 3)
    assert stepper.tasks == ("worker", "fs")
    assert stepper.spec()["by"] == [0, 0, 1]
    assert stepper.spec()["stops"] == [1, 3]
    assert shown_value(stepper, 2) == "2 of 3"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"milestones": []}, "has no steps"),
        ({"start": 4}, "step goes from 0 to 3; 4 is not among them"),
        ({"start": -1}, "-1 is not among them"),
        ({"start": "1"}, "start of Stepper must be a whole number"),
        ({"label": " "}, "no label"),
    ],
)
def test_a_stepper_checks_its_definition(given: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Stepper(**{"name": "step", "label": "Steps", "milestones": STONES, **given})  # type: ignore[arg-type]


def test_every_step_of_a_schedule_has_a_mover_and_a_state() -> None:
    found = explore(H1)
    schedule = found.replay.rsplit("/", 1)[1]
    stones = milestones(H1, "mainline", schedule)
    assert [stone.task for stone in stones] == ["balloon_worker"] * 4 + ["fs_task"] * 10
    # The first step takes balloon_lock; the next ones only look for a page.
    assert [stone.matters for stone in stones[:4]] == [True, False, False, False]
    assert stones[4].matters, "here fs_lock is taken"
    last = state_after(H1, "mainline", schedule, len(stones))
    assert "balloon_lock: held by balloon_worker; fs_task waits." in last.twin
    assert "The circle is closed" in last.sentence
    assert "cycle of 2 tasks" in last.picture


def test_a_timed_run_can_be_gone_through_as_well() -> None:
    stones = moments("h2-three-task-poll", "offload")
    killer = [stone.task for stone in stones if stone.matters]
    assert "hog" in killer
    trace = run("h2-three-task-poll", "offload")
    told = [state_at("h2-three-task-poll", "offload", i).sentence for i in range(len(stones) + 1)]
    assert sum("has hog killed" in sentence for sentence in told) == 1
    assert len(stones) < len(trace.events)
    with pytest.raises(ValueError, match=f"has {len(stones)} moments"):
        state_at("h2-three-task-poll", "offload", len(stones) + 1)
