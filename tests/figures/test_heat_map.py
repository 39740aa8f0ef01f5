"""The heat map: a shape, a letter and a link for each outcome, and the same in words."""

from __future__ import annotations

import re

import pytest

from oomlab.errors import InputError
from oomlab.figures.heat_map import SIGNS, MapColumn, MapRow, draw_heat_map
from oomlab.widgets import scripts

COLUMNS = (MapColumn("mainline", "As it was", own=True), MapColumn("offload", "A thread"))
ROWS = (
    MapRow("h1", "Two <b>tasks</b>", ("deadlock", "kill"), (False, False)),
    MapRow("h2,a=1", "Another", ("livelock", "livelock"), (False, True)),
)


def test_each_cell_is_a_link_with_its_letter_and_its_word() -> None:
    html = draw_heat_map(COLUMNS, ROWS, "4.13", "matrix.html").html
    cells = re.findall(
        r'<td role="gridcell"><a href="([^"]*)" data-v="(\w+)"([^>]*)>(.*?)</a>', html
    )
    assert [(link, outcome, "same" in more) for link, outcome, more, _ in cells] == [
        ("matrix.html?cell=h1/mainline/4.13", "deadlock", False),
        ("matrix.html?cell=h1/offload/4.13", "kill", False),
        ("matrix.html?cell=h2,a=1/mainline/4.13", "livelock", False),
        ("matrix.html?cell=h2,a=1/offload/4.13", "livelock", True),
    ]
    for _, outcome, _, inner in cells:
        sign = SIGNS[outcome][0]
        assert inner == f'<i aria-hidden="true">{sign}</i><span class="oom-hidden">{outcome}</span>'
    assert 'href="matrix.html?cell=h1/all/4.13">Two &lt;b&gt;tasks&lt;/b&gt;</a>' in html
    assert html.count("data-own") == 2  # the column, and the legend's sample


def test_outcomes_differ_in_letter_and_in_shape() -> None:
    assert len({sign for sign, _ in SIGNS.values()}) == len(SIGNS)
    sheet = scripts.sheet("heat")
    for outcome in SIGNS:
        assert f'[data-v="{outcome}"] > i' in sheet


def test_the_legend_names_what_there_is() -> None:
    html = draw_heat_map(COLUMNS, ROWS[:1], "4.13").html
    assert "a process is killed" in html and "deadlock: everybody waits" in html
    assert "livelock: tasks" not in html and "pale" not in html


def test_the_words_say_what_the_picture_says() -> None:
    drawn = draw_heat_map(COLUMNS, ROWS, "4.13")
    assert drawn.twin.splitlines()[:3] == [
        "Hazards and remedies on Linux 4.13.",
        "Two <b>tasks</b>: deadlock: As it was; kill: A thread.",
        "Another: livelock: As it was, A thread.",
    ]
    assert drawn.description == (
        "2 hazards in 2 columns. Squares and discs never end; the fewest stand under A thread:"
        " 1 each."
    )


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError, match="one outcome for each column"):
        draw_heat_map(COLUMNS, (MapRow("a", "A", ("kill",), (False,)),), "4.13")
    with pytest.raises(InputError, match="'fast' is no outcome; valid: deadlock"):
        draw_heat_map(COLUMNS, (MapRow("a", "A", ("kill", "fast"), (False, False)),), "4.13")
