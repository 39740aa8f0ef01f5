"""Bars of shares: as long as they say, and none where there is nothing."""

from __future__ import annotations

import pytest

from oomlab.figures.shares import draw_shares
from tests.figures.drawings import SVG, check_sound, parsed, texts

NAME = "Time in which all are stalled on memory"


def test_the_picture_is_sound_and_its_words_say_the_numbers() -> None:
    figure = draw_shares(
        {"6.1": {"model": [0.3], "kernel": [0.0, 0.42]}, "7.3": {"kernel": [1.0]}}, NAME
    )
    check_sound(figure)
    assert {"30 %", "0 to 42 %", "100 %", "not asked"} <= set(texts(figure))
    assert figure.twin.splitlines()[1:] == [
        "6.1, the model, 1 run: 30 %.",
        "6.1, the kernel, 2 runs: 0 to 42 %.",
        "7.3, the model, not asked.",
        "7.3, the kernel, 1 run: 100 %.",
    ]


@pytest.mark.parametrize(("share", "bars"), [(0.0, 0), (0.004, 0), (0.25, 1), (1.0, 1)])
def test_a_bar_is_as_long_as_its_share(share: float, bars: int) -> None:
    figure = draw_shares({"7.3": {"kernel": [share], "model": [0.5]}}, NAME)
    found = [
        float(node.attrib["width"])
        for node in parsed(figure).iter(f"{SVG}rect")
        if node.get("class") == "oom-polls"
    ]
    assert len(found) == bars + 1
    assert found[-1] == pytest.approx(found[0] * (2 * share if bars else 1), abs=0.1)


def test_runs_with_the_same_share_are_one_bar() -> None:
    svg = draw_shares({"7.3": {"kernel": [0.301, 0.302, 0.4]}}, NAME).svg
    assert svg.count('class="oom-polls"') - svg.count("<pattern") == 2
