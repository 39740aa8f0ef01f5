"""The share of time in which somebody is stalled on memory."""

from __future__ import annotations

import pytest

from oomlab import play, run
from oomlab.analysis.pressure import memory_pressure
from oomlab.errors import InputError
from tests.analysis.handmade import Story

SECOND = 1_000_000


def _polls(story: Story, task: str, reclaims_us: int, period_us: int) -> None:
    """Two equal rounds, and then so for ever: a round of reclaim, a try, a nap."""
    for _ in range(2):
        story.tell(task, "cost", "", "sleeps", until=story.now + reclaims_us,
                   inside="alloc_page try_to_free_pages")  # fmt: skip
        story.now += reclaims_us
        story.tries(task, "oom_lock")
        ends = story.now - reclaims_us + period_us
        story.naps(task, ends)
        story.now = ends
    story.tell(task, "cost", "", "sleeps", until=story.now + reclaims_us,
               inside="alloc_page try_to_free_pages")  # fmt: skip
    story.now += reclaims_us
    story.tries(task, "oom_lock")
    story.tell(task, "poll", "oom_lock", "polling")


def test_whoever_sleeps_in_a_callback_is_not_stalled() -> None:
    story = Story(["x"], mutexes=["M"])
    story.blocks("x", "M", "out_of_memory blocking_notifier_call_chain notify")
    assert memory_pressure(story.trace(0, ["x"], verdict="deadlock"), 30) == 0


def test_whoever_is_stuck_inside_a_round_of_reclaim_is_stalled_all_the_time() -> None:
    story = Story(["x"], mutexes=["fs_lock"])
    story.now = SECOND
    story.blocks("x", "fs_lock", "alloc_page try_to_free_pages")
    found = memory_pressure(story.trace(SECOND, ["x"], verdict="deadlock"), 10)
    assert found == pytest.approx(0.9)


def test_whoever_polls_is_stalled_while_it_reclaims() -> None:
    story = Story(["x"], mutexes=["oom_lock"])
    _polls(story, "x", 2000, 8000)
    trace = story.trace(story.now, ["x"], verdict="livelock")
    assert memory_pressure(trace, 30) == pytest.approx(0.25, abs=0.001)


def test_two_who_poll_are_stalled_together_more_of_the_time_but_not_twice() -> None:
    story = Story(["x", "y"], mutexes=["oom_lock"])
    _polls(story, "x", 4000, 8000)
    story.now = 0
    _polls(story, "y", 4000, 8000)
    trace = story.trace(story.now, ["x", "y"], verdict="livelock")
    assert memory_pressure(trace, 1000) == pytest.approx(0.75, abs=0.001)


def test_what_is_over_counts_for_as_long_as_it_was() -> None:
    story = Story(["x"])
    story.tell("x", "cost", "", "sleeps", until=SECOND, inside="alloc_page try_to_free_pages")
    story.now = SECOND
    story.tell("x", "log")
    assert memory_pressure(story.trace(SECOND), 2) == pytest.approx(0.5)


@pytest.mark.parametrize("until_s", [0, -1])
def test_a_time_that_cannot_be(until_s: float) -> None:
    with pytest.raises(InputError, match=r"valid: more than 0"):
        memory_pressure(run("witness"), until_s)


def test_a_replayed_schedule_has_no_seconds() -> None:
    with pytest.raises(InputError, match="no seconds"):
        memory_pressure(play("h1-two-task-cycle", "mainline", {}, "fs_task:3"), 10)
