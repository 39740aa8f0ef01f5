"""Two experiments on one axis of time."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from oomlab import Experiment, InputError, run
from oomlab.analysis.comparison import first_difference
from oomlab.figures.stage import draw_two
from oomlab.views.runs import how_it_went
from oomlab.views.sandbox import two_experiments

H2 = "h2-three-task-poll"
STUCK, TRIES = f"{H2}/mainline//0", f"{H2}/trylock//0"


def frames(html: str) -> list[list[dict[str, Any]]]:
    found = re.findall(r'class="oom-m-data">(.*?)</script>', html)
    return [json.loads(one.replace("<\\/", "</"))["frames"] for one in found]


def test_the_sentence_says_how_each_went_and_where_they_part() -> None:
    made = two_experiments(STUCK, TRIES)
    for letter, line in zip("AB", (STUCK, TRIES), strict=True):
        assert f"{letter}: {how_it_went(Experiment.read(line).run())}" in made.sentence
    assert (
        "The same until 0.5 ms; then in A hog blocks on balloon_lock (leak_balloon), and in B hog"
        " tries balloon_lock in vain"
    ) in made.sentence
    assert "the same to the end" in two_experiments(STUCK, STUCK).sentence


def test_both_have_the_same_moments_and_stand_where_they_part() -> None:
    first, second = (Experiment.read(line).run() for line in (STUCK, TRIES))
    parted = first_difference(first, second)
    assert parted is not None
    html = draw_two(first, second, ("A", "B"), parted).html
    a, b = frames(html)
    assert [one["x"] for one in a] == [one["x"] for one in b]
    assert [one["w"] for one in a] == [one["w"] for one in b]
    assert [one["k"] for one in a] == [one["k"] for one in b]
    at = re.findall(r'"at":(\d+),', html)
    assert at[0] == at[1] and 0 < int(at[0]) < len(a) - 1
    signs = re.findall(r'data-sign="parted"[^>]*style="left:([\d.]+)%"', html)
    assert len(signs) == 2 and float(signs[0]) == pytest.approx(a[int(at[0])]["x"], abs=0.02)


def test_what_one_does_while_the_other_is_done_changes_only_that() -> None:
    short, long = run("h1-two-task-cycle", "shrinker"), run(H2, "offload")
    a, b = frames(draw_two(short, long, ("A", "B"), first_difference(short, long)).html)
    assert len(a) == len(b)
    done = max(i for i, one in enumerate(a) if one["m"] >= 0)
    assert done < len(a) - 2
    assert all(one["t"] == a[done]["t"] for one in a[done:])
    assert any(one["m"] >= 0 for one in b[done + 1 :])


def test_the_first_difference_is_in_time_or_in_what_is_done() -> None:
    usual, slow = run(H2), run(H2, given={"reclaim_us": 700})
    found = first_difference(usual, slow)
    assert found is not None and found.first is not None and found.second is not None
    assert found.first.at_us < found.second.at_us and found.step == found.first.at_us
    assert first_difference(usual, usual) is None


@pytest.mark.parametrize(
    "line",
    [
        "h1-two-task-cycle/mainline//0",
        "h2-three-task-poll/nowait-fill+trylock/hz=1000,kernel=6.1/12",
        "h3a-virtqueue-add/offload/total_sg=2,timeout_s=2.0/0",
    ],
)
def test_a_line_is_read_as_it_is_written(line: str) -> None:
    tried = Experiment.read(line)
    assert Experiment.read(tried.line) == tried
    assert sorted(re.split("[/,]", tried.line)) == sorted(re.split("[/,]", line))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("h1", "has not the form SCENARIO/REMEDY"),
        ("h1/mainline//-1", "with a whole number as SEED"),
        ("h1-two-task-cycle/mainline//9999999999", "with a whole number as SEED"),
        ("h9/mainline//0", "unknown scenario"),
        ("h1-two-task-cycle/prayer//0", "unknown remedy"),
        ("h1-two-task-cycle/mainline/hz/0", "valid: name=value"),
        ("h1-two-task-cycle/mainline/hz=7/0", "hz cannot be '7'; valid: 100, 250, 1000"),
    ],
)
def test_a_line_that_means_nothing_is_refused(line: str, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        two_experiments(line, STUCK)
