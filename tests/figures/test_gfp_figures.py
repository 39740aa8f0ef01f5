"""The pictures of GFP masks: sound for every named mask, and showing what the model says."""

from __future__ import annotations

import pytest

from oomlab.figures.gfp_exits import draw_exits
from oomlab.figures.gfp_mask import draw_mask
from oomlab.figures.gfp_pair import draw_pair
from oomlab.gfp.equivalence import compare, void_flags
from oomlab.gfp.paths import path
from oomlab.gfp.predicates import Request, request
from oomlab.gfp.tables import VERSIONS, table
from tests.figures.drawings import check_sound, parsed, texts

EVERY_FLAG = [(version, name) for version in VERSIONS for name in table(version).bits]
LONG = "GFP_HIGHUSER_MOVABLE | __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN | __GFP_ZERO"


def named(version: str) -> list[tuple[str, Request]]:
    numbers = table(version)
    return [(name, Request(value, numbers)) for name, value in numbers.composites.items()]


def cells(asked: Request) -> dict[str, int]:
    """How many cells are filled, struck through, or empty, but for those of the legend."""
    root = parsed(draw_mask(asked, "mask"))
    groups = [g for g in root.iter() if g.tag.endswith("}g") and "transform" not in g.attrib]
    found = {"oom-runs": 0, "oom-sleeps": 0, "oom-muted": 0}
    for group in groups:
        if [child.tag.rsplit("}")[1] for child in group][:1] == ["rect"]:
            found[group.attrib["class"]] += 1
    legend = 3 if void_flags(asked) else 2
    found["oom-runs"] -= 1
    found["oom-muted"] -= 1
    found["oom-sleeps"] -= legend - 2
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_pictures_of_all_named_masks_are_sound(version: str) -> None:
    for name, asked in named(version):
        check_sound(draw_mask(asked, name))
        check_sound(draw_exits(asked, name))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_mask_of_all_flags_and_one_of_none_are_sound(version: str) -> None:
    numbers = table(version)
    for mask in (numbers.all_bits, 0):
        check_sound(draw_mask(Request(mask, numbers), LONG))
        check_sound(draw_exits(Request(mask, numbers), LONG))
        check_sound(draw_pair(Request(mask, numbers), Request(0, numbers), (LONG, "0")))


def test_each_set_bit_is_a_cell_of_its_own() -> None:
    asked = request("GFP_KERNEL & ~__GFP_DIRECT_RECLAIM")
    assert cells(asked) == {"oom-runs": 1, "oom-sleeps": 2, "oom-muted": 25}
    assert cells(request("0x14310ca")) == {
        "oom-runs": 9,
        "oom-sleeps": 0,
        "oom-muted": 19,
    }


def test_the_digits_are_those_of_the_number() -> None:
    shown = texts(draw_mask(request("0x14310ca"), "mask"))
    assert shown[1:8] == list(reversed("14310ca"))


def test_flags_are_listed_from_the_highest_bit_down() -> None:
    asked = request("GFP_KERNEL")
    shown = texts(draw_mask(asked, "mask"))
    listed = [text for text in shown if text.startswith("__GFP_")]
    assert listed == list(reversed(asked.table.flags(asked.mask)))
    assert "bit 22" in shown


def test_the_twin_names_every_flag_and_says_which_have_no_effect() -> None:
    asked = request("GFP_KERNEL & ~__GFP_DIRECT_RECLAIM")
    twin = draw_mask(asked, "mask").twin
    assert "0x80 is __GFP_FS: no effect here" in twin
    assert "0x1000000 is __GFP_KSWAPD_RECLAIM: wakes kswapd" in twin


@pytest.mark.parametrize("expression", ["GFP_KERNEL", "GFP_NOWAIT", "GFP_NOFS", "GFP_DMA"])
def test_exits_show_every_station_and_those_reached_with_their_answers(expression: str) -> None:
    asked = request(expression)
    shown, twin = texts(draw_exits(asked, expression)), draw_exits(asked, expression).twin
    for station in path(asked):
        assert station.question in shown
        reached = station.passage != "never comes here"
        assert not reached or station.answer in shown
    assert twin.count("it never comes here") == sum(
        station.passage == "never comes here" for station in path(asked)
    )


def test_what_is_not_reached_differs_by_more_than_colour() -> None:
    dashed = [
        node
        for node in parsed(draw_exits(request("GFP_NOWAIT"), "mask")).iter()
        if node.attrib.get("stroke-dasharray") == "2 4"
    ]
    never = [s for s in path(request("GFP_NOWAIT")) if s.passage == "never comes here"]
    assert len(dashed) == 2 * len(never) > 0


def test_a_pair_marks_the_bits_that_differ_and_says_whether_they_count() -> None:
    one, other = request("GFP_KERNEL & ~__GFP_DIRECT_RECLAIM"), request("GFP_NOWAIT")
    figure = draw_pair(one, other, ("one", "other"))
    check_sound(figure)
    bars = [n for n in parsed(figure).iter() if n.attrib.get("height") == "4"]
    assert len(bars) == 2 * (one.mask ^ other.mask).bit_count()
    assert "Same behaviour." in texts(figure)
    assert figure.description == compare(one, other).reason
    different = draw_pair(one, request("GFP_ATOMIC"), ("one", "other"))
    assert "Different behaviour." in texts(different)
    assert "Different behaviour." in different.twin
