"""A step in which an answer is taken that is none says so, and is worth stopping at."""

from __future__ import annotations

import pytest

from oomlab import play, replay, run
from oomlab.analysis.milestones import schedule_milestones
from oomlab.engine.trace import Trace
from oomlab.engine.trace.misgivings import misgiving
from oomlab.engine.trace.narration import tell_step
from oomlab.evidence import FINDINGS

TO_THE_READ = ",oom_notifier:2,fs_task:3,oom_notifier:10,fs_task:3"
"""After the shortest schedule of R2: the second walk, and the caller that reads the counter."""

UNSERVED = ", although no walk was begun for"


def misgivings(trace: Trace) -> dict[int, str]:
    found = [(event.at_us, misgiving(trace, event)) for event in trace.events]
    return {at: said for at, said in found if said}


def stale() -> Trace:
    """R2, as far as the step at which the count of the walk before is taken."""
    schedule = FINDINGS["R2"].show().ways[0].replay.split("/", 3)[3]
    given = {"host_answers": 1, "oom_caller": 0, "ghosts": 0}
    return play("h5-host-never-answers", "offload", given, schedule + TO_THE_READ)


def test_a_count_of_the_walk_before_is_called_what_it_is() -> None:
    trace = stale()
    assert misgivings(trace) == {56: ", although the walk for it found 0"}
    said = tell_step(trace, 56)
    assert "reads 1 from the counter of freed pages, although the walk for it found 0" in said
    assert "sets the counter of freed pages to 1" in tell_step(trace, 36)
    stones = schedule_milestones(trace)
    assert stones[56 - 1].matters
    assert stones[36 - 1].matters


@pytest.mark.parametrize(
    ("finding", "remedy", "where"),
    [("R4", "offload", [41, 43]), ("R4", "offload-sequence", [46])],
)
def test_an_answer_without_a_walk_is_called_so(finding: str, remedy: str, where: list[int]) -> None:
    (way,) = FINDINGS[finding].show(remedy).ways
    trace = replay(way.replay)
    found = misgivings(trace)
    assert list(found) == where
    assert all(said.startswith(UNSERVED) for said in found.values())
    assert all(schedule_milestones(trace)[step - 1].matters for step in where)


def test_a_sum_that_is_not_whole_is_called_so() -> None:
    partial = FINDINGS["R3"].show().ways[-1]
    trace = replay(partial.replay)
    assert misgivings(trace) == {partial.steps: ", although the walk for it is not over"}


@pytest.mark.parametrize("remedy", ["mainline", "offload", "offload-sequence", "offload-repaired"])
def test_nothing_is_said_of_an_answer_that_is_one(remedy: str) -> None:
    trace = run("h3a-virtqueue-add", remedy)
    assert trace.verdict == "completed"
    assert misgivings(trace) == {}


@pytest.mark.parametrize("finding", ["R1", "R15"])
def test_the_step_at_which_the_watch_notes_a_mistake_is_told_and_matters(finding: str) -> None:
    for way in FINDINGS[finding].show().ways:
        trace = replay(way.replay)
        told = [step for step in range(1, way.steps + 1) if way.label in tell_step(trace, step)]
        assert len(told) == 1
        assert schedule_milestones(trace)[told[0] - 1].matters
