"""What a page has of a game before any script."""

from __future__ import annotations

import re

import pytest

from oomlab.widgets import LEVELS, Game, Prediction


def test_one_stage_is_shown_and_the_others_wait() -> None:
    html = Game(list(LEVELS)).html
    stages = re.findall(r'<div class="oom-g-stage"[^>]*>', html)
    assert len(stages) == len(LEVELS)
    assert [" hidden" in stage for stage in stages] == [False, *[True] * (len(LEVELS) - 1)]


def test_who_has_nothing_to_do_takes_no_room() -> None:
    lanes = re.findall(
        r'<div class="oom-m-lane" data-thing="(\w+)"[^>]*?( hidden)?>', Game(["circle"]).html
    )
    assert lanes == [("fs_task", ""), ("balloon_worker", ""), ("host", " hidden")]


def test_the_score_is_there_before_the_first_move() -> None:
    assert "0 moves, 0 switches (fewest: 1)<" in Game(["circle"]).html
    assert "0 moves, 0 switches<" in Game(["merged"]).html


def test_texts_are_escaped() -> None:
    question = Prediction("<b>?", ["<i>1", "2"], right=0, because='">')
    html = Game(["circle"], title="<u>", question=question).html
    assert not [text for text in ("<b>?", "<i>1", '"">', "<u>") if text in html]


def test_a_question_says_which_option_is_right() -> None:
    with pytest.raises(ValueError, match="which option is right"):
        Game(["circle"], question=Prediction("?", ["1", "2"]))


def test_unknown_levels_and_no_levels_are_refused() -> None:
    with pytest.raises(ValueError, match="circle, delay"):
        Game(["circle", "nowhere"])
    with pytest.raises(ValueError, match="at least one level"):
        Game([])
