"""Strips are as wide as their place, and what is written in them has room on a phone."""

from __future__ import annotations

import re

import pytest

from oomlab.errors import InputError
from oomlab.figures.strips import Band, Strip, draw_strips
from tests.figures.drawings import parsed, texts

TWO = (
    Strip("first", (Band(0, 0.5, "runs", "asks"), Band(0.5, 1, "waits")), thing="fs_task"),
    Strip("second", (Band(0.25, 1, "blocked", "stuck"),), crosses=(0.5,), endless=True),
)


def test_a_picture_of_strips_is_sound_and_has_no_width_of_its_own() -> None:
    figure = draw_strips(TWO, "Two strips", ("One.", "Two."), ((0, "0"), (1, "5 s")))
    root = parsed(figure)
    assert "viewBox" not in root.attrib
    assert "max(0.875rem,14px)" in root.attrib["style"]
    assert root.attrib["role"] == "img"
    assert texts(figure) == ["first", "asks", "second", "stuck", "0", "5 s"]
    assert figure.description == "One. Two."
    assert figure.twin == "Two strips.\nOne.\nTwo."
    ids = [node.attrib["id"] for node in root.iter() if "id" in node.attrib]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", figure.svg)) < set(ids)
    things = [n.attrib["data-thing"] for n in root.iter() if "data-thing" in n.attrib]
    assert things == ["fs_task"]


def test_stretches_begin_and_end_where_they_do() -> None:
    root = parsed(draw_strips(TWO[:1], "One strip", ("One.",)))
    places = [
        (float(node.attrib["x"].rstrip("%")), float(node.attrib["width"].rstrip("%")))
        for node in root.iter()
        if node.attrib.get("class") in ("oom-runs", "oom-waits") and "x" in node.attrib
    ]
    (left, width), (middle, rest) = places
    assert left + width == pytest.approx(middle, abs=0.3)
    assert middle + rest == pytest.approx(100, abs=1)


@pytest.mark.parametrize(
    ("strip", "says"),
    [
        (Strip("a", (Band(0.5, 0.4, "runs"),)), "goes from 0 to 1"),
        (Strip("a", (Band(0, 1.2, "runs"),)), "goes from 0 to 1"),
        (Strip("a", (Band(0, 0.1, "runs", "far too long"),)), "has no room"),
        (Strip("a name that is long", (), "and a note that is longer"), "do not fit"),
    ],
)
def test_what_does_not_fit_is_refused(strip: Strip, says: str) -> None:
    with pytest.raises(InputError, match=says):
        draw_strips([strip], "One", ("One.",))


def test_nothing_to_draw_is_refused() -> None:
    with pytest.raises(InputError, match="needs at least one"):
        draw_strips([], "None", ())
