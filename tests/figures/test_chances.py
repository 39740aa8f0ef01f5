"""A curve of probabilities: it is where they are, and never says that something is certain."""

from __future__ import annotations

import re

import pytest

from oomlab.figures.chances import draw_chances, percent
from tests.figures.drawings import SVG, check_sound, layouts, texts

POINTS = [(0.0, 0.0), (1.0, 0.0), (2.0, 0.5), (3.0, 0.75), (4.0, 0.9)]


@pytest.mark.parametrize("steps", [True, False])
def test_the_picture_is_sound_and_its_words_say_the_numbers(steps: bool) -> None:
    figure = draw_chances(POINTS, "How likely", "moves", steps=steps)
    check_sound(figure)
    assert {"0 %", "50 %", "100 %", "moves", "90 %"} <= set(texts(figure))
    assert "After 2 moves: 50 %." in figure.twin and "After 4 moves: 90 %." in figure.twin


def test_the_curve_rises_as_the_numbers_do() -> None:
    for drawing in layouts(draw_chances(POINTS, "How likely", "ms", steps=False)):
        (curve,) = (p for p in drawing.iter(f"{SVG}path") if p.get("class") == "oom-blocked")
        places = re.findall(r"[ML]([\d.]+) ([\d.]+)", curve.attrib["d"])
        x, y = ([float(place[n]) for place in places] for n in (0, 1))
        assert len(x) == len(POINTS)
        across, up = x[-1] - x[0], (y[0] - y[-1]) / 0.9
        for at, high, (when, chance) in zip(x, y, POINTS, strict=True):
            assert at - x[0] == pytest.approx(across * when / 4, abs=0.1)
            assert y[0] - high == pytest.approx(up * chance, abs=0.1)


def test_between_two_moves_nothing_happens() -> None:
    figure = draw_chances(POINTS, "How likely", "moves", steps=True)
    assert figure.svg.count("H") >= len(POINTS) - 1


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (0, "0 %"), (1e-6, "almost 0"), (0.5, "50 %"), (0.9683, "96.8 %"),
        (0.99999, "almost 100 %"), (1, "100 %"),
    ],
)  # fmt: skip
def test_only_what_is_certain_is_said_to_be(chance: float, words: str) -> None:
    assert percent(chance) == words
