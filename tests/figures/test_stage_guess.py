"""What a reader draws a guess into: the truth comes from the run, and is not seen before."""

from __future__ import annotations

import re

import pytest

from oomlab import explore, play, run
from oomlab.errors import InputError
from oomlab.figures.stage import draw_moment_guess, draw_wait_guess
from oomlab.figures.stage.lanes import DECIDED
from tools.paths import ROOT


def test_the_moment_is_that_of_the_explorer_and_hidden() -> None:
    found = explore("h1-two-task-cycle")
    trace = play("h1-two-task-cycle", "mainline", {}, found.replay.rsplit("/", 1)[1])
    assert found.point_of_no_return is not None
    guess = draw_moment_guess(trace, found.point_of_no_return)
    assert len(guess.words) == trace.ended_at_us + 1
    assert guess.words[guess.right].startswith("step 5: fs_task takes fs_lock")
    assert guess.html.count(DECIDED) == 1
    (truth,) = re.findall(r'<i class="oom-m-pick[^>]*data-of="truth"[^>]*>', guess.html)
    assert truth.endswith(" hidden>")
    assert "data-sign" not in guess.html
    with pytest.raises(InputError, match="nothing happens at 99; valid: 0, 1, 2"):
        draw_moment_guess(trace, 99)


def test_the_questions_of_the_report_begin_with_what_is_so() -> None:
    text = (ROOT / "book" / "report.md").read_text(encoding="utf-8")
    assert explore("h1-two-task-cycle").replay.endswith("/balloon_worker:4,fs_task:10")
    assert "The worker makes four steps, then fs_task ten." in text
    so_far = draw_wait_guess(run("h2-three-task-poll")).html.partition("So far: ")[2]
    waiting = re.findall(r"(\w+) waits for", so_far)
    assert waiting == ["hog", "balloon_worker"]
    assert "hog and the worker wait already." in text


@pytest.mark.parametrize(
    ("scenario", "right", "drawn"),
    [
        # Two waits are there already, so seven of nine are left to be drawn.
        ("h2-three-task-poll", "fs_task waits for oom_lock", 7),
        ("h1-two-task-cycle", "fs_task waits for balloon_lock", 5),
        ("h4-i915-object-lock", "hog waits for mm.lock of object 0", 5),
        ("h3a-virtqueue-add,2", "hog waits for oom_lock", 2),  # a circle of one
    ],
)
def test_the_wait_is_the_last_that_closes_the_circle(scenario: str, right: str, drawn: int) -> None:
    name, _, entries = scenario.partition(",")
    guess = draw_wait_guess(run(name, "mainline", {"total_sg": int(entries)} if entries else None))
    assert guess.words[guess.right] == right
    edges = re.findall(r'data-edge="d-\d-\d" data-kind="drawn"( data-on)?', guess.html)
    assert edges == [""] * drawn
    assert f"; {right}" not in guess.html.partition("So far: ")[2]


def test_a_run_without_a_circle_has_no_wait_to_draw() -> None:
    for remedy in ("shrinker", "trylock"):
        with pytest.raises(InputError, match="no circle of waits"):
            draw_wait_guess(run("h2-three-task-poll", remedy))
