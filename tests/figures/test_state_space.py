"""Every state as a dot."""

from __future__ import annotations

import re

import pytest

from oomlab import explore
from oomlab.figures.state_space import draw_states

H1 = "h1-two-task-cycle"


@pytest.mark.parametrize("remedy", ["mainline", "allocate-outside"])
def test_every_state_is_drawn_once(remedy: str) -> None:
    found = explore(H1, remedy)
    figure = draw_states(found)
    dots = [path.count("M") for path in re.findall(r'd="((?:M[\d. ]+h0)+)"', figure.svg)]
    ends = figure.svg.count("<circle")
    lost = sum(found.verdict.lockups)
    assert sum(dots) + ends == len(found.graph)
    assert ends == sum(found.graph.goal)
    assert dots[1:] == ([lost] if lost else [])
    assert (f"Squares are lost: {lost}." if lost else "None is lost.") in figure.twin
    assert f"In rings everybody has finished: {ends}." in figure.twin


def test_no_two_dots_lie_on_each_other() -> None:
    figure = draw_states(explore(H1))
    places = re.findall(r"M([\d.]+ [\d.]+)h0", figure.svg)
    assert len(set(places)) == len(places) > 300


def test_too_many_states_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 2000 states"):
        draw_states(explore(H1, "offload"))
