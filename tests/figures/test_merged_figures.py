"""The array of page numbers, and how far a balloon grew."""

from __future__ import annotations

import re

import pytest

from oomlab.figures.growth import Growth, draw_growth
from oomlab.figures.pfn_array import draw_pfn_array
from oomlab.listeners.pfn_array import ARRAY_PFNS_MAX, announce
from tests.figures.drawings import check_sound, parsed, texts

BATCHES = [(1, 1), (48, 1), (256, 1), (1, 16), (16, 16)]


def cells(svg: str, style: str) -> int:
    """How many cells are drawn in a style, the legend's sample left out."""
    paths = re.findall(rf'class="oom-{style}" d="([^"]*)"', svg)
    return max((path.count("h10.0v10.0") for path in paths), default=0)


@pytest.mark.parametrize("advance", ["before", "after"])
@pytest.mark.parametrize(("pages", "per_page"), BATCHES)
def test_every_entry_is_drawn_once_in_its_state(pages: int, per_page: int, advance: str) -> None:
    told = announce(range(4096, 4096 + pages * per_page, per_page), per_page, advance)
    figure = draw_pfn_array(told, "a batch")
    check_sound(figure)
    stale, untold, over = len(told.stale), len(told.untold), len(told.overrun)
    assert cells(figure.svg, "blocked") == stale
    assert cells(figure.svg, "waits") == untold - over
    assert cells(figure.svg, "polls") == over
    assert cells(figure.svg, "runs") == told.length - stale
    free = ARRAY_PFNS_MAX - told.length - (untold - over)
    assert cells(figure.svg, "muted") == free


def test_the_twin_says_what_the_host_reads_wrongly() -> None:
    twin = draw_pfn_array(announce(range(100, 356), 1, "before"), "a batch").twin
    assert "Entry 0 is read although it was not written: it says 0." in twin
    assert "1 of 256 units lent are not in what the host reads: 100." in twin
    assert "Entries 256 lie behind the end of the array." in twin
    good = draw_pfn_array(announce([7], 1, "after"), "a batch").twin
    assert "It reads all 1 units lent and nothing else." in good


def test_a_growth_is_split_where_pages_went_back() -> None:
    figure = draw_growth([Growth("shrinker", 2000, 1500), Growth("notifier", 2000, 0)], "growth")
    check_sound(figure)
    assert "shrinker: gained 500 of 2,000" in texts(figure)
    widths = [
        float(node.attrib["width"])
        for node in parsed(figure).iter()
        if node.attrib.get("class") in ("oom-runs", "oom-muted") and node.tag.endswith("rect")
    ]
    kept, back, whole, *_samples = widths
    assert kept + back == pytest.approx(whole, abs=0.2)
    assert kept * 4 == pytest.approx(whole, abs=0.5)
    assert "the worker took 2,000 pages, 1,500 went back meanwhile" in figure.twin


def test_a_balloon_that_got_nothing_or_less_can_be_drawn() -> None:
    for run in (Growth("nothing", 0, 0), Growth("less", 10, 400)):
        check_sound(draw_growth([run], "growth"))
