"""Bars of what explains how much: with their intervals, and a paler one for what may be nothing."""

from __future__ import annotations

import pytest

from oomlab.figures.contributions import Contribution, draw_contributions
from tests.figures.drawings import SVG, check_sound, parsed, texts

SOURCES = [
    Contribution("Chance", "", 0.6, 0.1, True),
    Contribution("A number & another <one>", "1 to 3 ms", 0.3, 0.05, True),
    Contribution("Nothing", "", -0.01, 0.024, False),
]


def test_the_picture_is_sound_and_its_words_say_the_numbers() -> None:
    figure = draw_contributions(SOURCES, "From where")
    check_sound(figure)
    assert "Chance: 60 %, 50 to 70" in texts(figure)
    assert figure.twin.splitlines() == [
        "From where.",
        "Chance: 60 %, 50 to 70.",
        "A number & another <one>, 1 to 3 ms: 30 %, 25 to 35.",
        "Nothing: at most 2 %.",
    ]


def test_bars_are_as_long_as_their_shares_and_none_where_there_is_nothing() -> None:
    found = [
        float(node.attrib["width"])
        for node in parsed(draw_contributions(SOURCES, "From where")).iter(f"{SVG}rect")
        if node.get("class") == "oom-runs" and node.get("height") == "12"
    ]
    assert found == [pytest.approx(2 * found[1], abs=0.2), found[1]]


def test_what_may_be_nothing_is_paler() -> None:
    pale = draw_contributions([Contribution("Perhaps", "", 0.02, 0.03, False)], "From where").svg
    dark = draw_contributions([Contribution("Surely", "", 0.2, 0.03, True)], "From where").svg
    assert pale.count('fill-opacity="0.22"') == dark.count('fill-opacity="0.22"') + 1


def test_an_interval_stays_in_the_picture() -> None:
    ends = [Contribution("All", "", 1.0, 0.2, True), Contribution("No", "", 0.0, 0.2, False)]
    check_sound(draw_contributions(ends, "T"))
