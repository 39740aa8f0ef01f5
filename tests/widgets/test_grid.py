from __future__ import annotations

import itertools
from typing import Any

import pytest

from oomlab import views
from oomlab.figures.svg import NARROW, WIDTH
from oomlab.widgets import Choice, Slider
from oomlab.widgets.controls import Control
from oomlab.widgets.grid import MAX_POINTS, Grid
from tests.widgets.demo import BAR, COLOUR, FAST, PAGES, REMEDY, SAME


def test_every_stored_point_gives_what_the_view_gives() -> None:
    controls: list[Control] = [PAGES, REMEDY, COLOUR, FAST]
    grid = Grid(BAR, controls, {"note": "!"})
    assert len(grid.points) == 3 * 4 * 2 * 2
    for point in itertools.product(*(control.stored for control in controls)):
        values = dict(zip(("pages", "remedy", "colour", "fast"), point, strict=True))
        assert grid.at(values) == views.call(BAR, {**values, "note": "!"})


def test_equal_results_are_kept_once() -> None:
    grid = Grid(SAME, [PAGES, REMEDY], {})
    assert len(grid.points) == 12
    assert len(grid.pictures) == len(grid.twins) == 1
    assert grid.sentences == [f"Always {remedy}." for remedy in REMEDY.stored]


def test_a_refused_point_is_kept_as_its_sentence() -> None:
    grid = Grid(BAR, [Slider("pages", "P", 0, 10, 1, stored=[2, 7])], {})
    assert grid.points[1] == [0]
    assert grid.at({"pages": 7}) == {"error": "Seven pages are never drawn; choose another number"}


def test_a_defect_at_a_stored_point_is_not_hidden() -> None:
    with pytest.raises(RuntimeError, match="the bar broke") as caught:
        Grid(BAR, [Slider("pages", "P", 0, 10, 1, stored=[2, 9])], {"note": "!"})
    assert caught.value.__notes__ == [f"while {BAR} was drawn for {{'note': '!', 'pages': 9}}"]


def test_there_must_be_a_first_picture() -> None:
    with pytest.raises(ValueError, match=r"refuses the start values.*Seven pages"):
        Grid(BAR, [Slider("pages", "P", 0, 10, 1, stored=[7, 2])], {})


def many(count: int) -> list[Any]:
    return [
        Slider("pages", "P", 1, 1000, 1, stored=range(1, count + 1)),
        Choice("remedy", "R", {"a": "A", "b": "B"}),
    ]


def test_a_grid_has_a_limit_and_says_how_to_keep_it() -> None:
    assert len(Grid(SAME, many(MAX_POINTS // 2), {}).points) == MAX_POINTS
    with pytest.raises(ValueError, match=r"402 results \(201 x 2\), more than 400: .*'pages' has"):
        Grid(SAME, many(MAX_POINTS // 2 + 1), {})


def test_room_is_kept_for_the_tallest_picture() -> None:
    assert Grid(BAR, [PAGES], {}).tallest() == (300, 140)


def test_room_is_kept_for_both_layouts_of_a_picture() -> None:
    slider = Slider("free", "Free pages", 0, 1, 1, stored=[0, 1], start=0)
    grid = Grid("oomlab.views.slow_path:marks", [slider], {"kernel": 4.13})
    wide, narrow = grid.tallest(0), grid.tallest(1)
    assert wide and narrow
    assert (wide[0], narrow[0]) == (WIDTH, NARROW)
    assert narrow[1] > 100
