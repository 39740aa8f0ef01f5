"""The same schedule under two remedies: where they part, and how far it can be followed."""

from __future__ import annotations

import pytest

from oomlab import follow, run
from oomlab.analysis.comparison import parting
from oomlab.analysis.milestones import cut_after, told_events
from oomlab.analysis.spans import span_at, task_spans
from oomlab.remedies import REMEDIES
from oomlab.views.remedies import same_schedule

H1 = "h1-two-task-cycle"
SCHEDULE = "balloon_worker:4,fs_task:10"


def test_a_schedule_does_not_part_from_itself() -> None:
    first, why = follow(H1, "mainline", {}, SCHEDULE)
    assert why == "" and first.verdict == "stuck"
    assert parting(first, first) is None


@pytest.mark.parametrize(
    ("remedy", "step", "words"),
    [
        ("allocate-outside", 1, "take_page"),
        ("nowait-fill", 2, "note"),
        ("before-oom-lock", 12, "mutex_lock_killable"),
        ("offload", 14, "write"),
    ],
)
def test_two_remedies_part_where_they_differ(remedy: str, step: int, words: str) -> None:
    base, _ = follow(H1, "mainline", {}, SCHEDULE)
    other, _ = follow(H1, remedy, {}, SCHEDULE)
    found = parting(base, other)
    assert found is not None and found.step == step
    assert found.second is not None and found.second.op == words


def test_with_trylock_nobody_is_blocked_where_mainline_is() -> None:
    base, _ = follow(H1, "mainline", {}, SCHEDULE)
    other, _ = follow(H1, "trylock", {}, SCHEDULE)
    found = parting(base, other)
    assert found is not None and found.first is not None and found.second is None
    assert (found.step, found.first.on) == (14, "balloon_lock")


def test_a_schedule_is_followed_as_far_as_it_goes() -> None:
    trace, why = follow(H1, "allocate-outside", {}, SCHEDULE)
    assert trace.ended_at_us == 4
    assert why == "step 5 is impossible: fs_task waits for fs_lock, held by balloon_worker"


def test_the_view_says_where_and_refuses_an_unknown_remedy() -> None:
    assert "They part at step 14" in same_schedule(H1, SCHEDULE, "offload").sentence
    assert (
        "Nothing in these 14 steps changes" in same_schedule(H1, SCHEDULE, "nowait-tell").sentence
    )
    twin = same_schedule(H1, SCHEDULE, "mainline").twin
    assert all(f"\n{name}: " in twin for name in REMEDIES)
    with pytest.raises(ValueError, match="valid: mainline, nowait-tell"):
        same_schedule(H1, SCHEDULE, "prayer")


def test_a_run_cut_short_shows_what_everybody_did_just_then() -> None:
    trace = run("h2-three-task-poll", "offload")
    numbers = told_events(trace)
    blocked = next(n for n in numbers if trace.events[n].task == "oom_notifier"
                   and trace.events[n].condition == "blocked")  # fmt: skip
    cut = cut_after(trace, blocked)
    now = {task.name: span_at(task_spans(cut), task.name, cut.ended_at_us) for task in cut.tasks}
    assert now["fs_task"].state != "done"
    assert (now["oom_notifier"].state, now["oom_notifier"].on) == ("blocked", "balloon_lock")
