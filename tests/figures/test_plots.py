from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable
from itertools import pairwise, product

import pytest

from oomlab import views
from oomlab.evidence.sweep.named import BYSTANDERS, KILLERS, SEEDS, TIMEOUTS_S
from oomlab.evidence.sweep.store import stored
from oomlab.evidence.sweep.summaries import (
    Curve,
    Tradeoff,
    at_most,
    crowd,
    downtimes,
    fair_draw,
    rounds,
    tradeoff,
    typical_rounds,
)
from oomlab.figures import Figure, plots
from oomlab.figures.style import PALETTE
from oomlab.figures.svg import WIDTH
from oomlab.views import statistics

HOSTILE = "<script>alert(1)</script> & so on"

DRAWN: dict[str, Callable[[str], Figure]] = {
    "strips": lambda title: plots.strips(
        {0.5: [0.5, 0.5, 1.5], 5.0: [5.0, 10.0, 40.0]}, Counter({1: 3, 2: 1, 3: 1, 8: 1}), title
    ),
    "bars": lambda title: plots.bars({1: 6, 2: 3, 9: 1}, [0.5, 0.25, 0.25], title),
    "tradeoff": lambda title: plots.tradeoff_curve(
        [Tradeoff(0.1, 0.1, 1.0), Tradeoff(5, 15.0, 0.8)], title
    ),
    "curves": lambda title: plots.curves(
        [Curve(("a", "b"), ((0, 1), (2, 3))), Curve(("c",), ((0, 5), (2, 5)))], "X", title, title
    ),
}


@pytest.mark.parametrize("kind", DRAWN)
def test_a_plot_is_one_safe_picture_in_the_books_language(kind: str) -> None:
    figure = DRAWN[kind](HOSTILE)
    root = ElementTree.fromstring(figure.svg)
    assert root.get("class") == "oom-figure"
    assert root.get("role") == "img"
    assert (root.get("viewBox") or "").startswith(f"0 0 {WIDTH} ")
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert "script" not in tags
    assert "metadata" not in tags
    assert len([e for e in root.iter() if e.tag.endswith("style")]) == 1
    assert figure.title == HOSTILE

    body = figure.svg.partition("</style>")[2]
    known = {ink.light for ink in PALETTE.values()}
    assert set(re.findall("#[0-9a-f]{6}", body)) <= known, "a colour that knows no dark page"
    assert not re.findall(r"(?<!,)#[0-9a-f]{6}", body), "a colour that is not a property"
    assert "font-family" not in body
    assert "http" not in body
    sizes = re.findall(r"font-size: ([\d.]+)px", body)
    assert sizes and min(map(float, sizes)) >= 14


def test_the_marks_of_an_axis_are_what_they_stand_for() -> None:
    """Numbers are shortened where they are coordinates, and nowhere else."""
    svg = plots.curves([Curve(("a",), ((0, 0.0), (1, 0.75)))], "X", "Y", "").svg
    marks = [float(text) for text in re.findall(r">([\d.]+)</text>", svg)]
    assert {0.15, 0.3, 0.45, 0.6, 0.75} <= set(marks)


@pytest.mark.parametrize("kind", DRAWN)
def test_the_same_numbers_give_the_same_bytes_and_others_other_ids(kind: str) -> None:
    once, again, other = DRAWN[kind]("A"), DRAWN[kind]("A"), DRAWN[kind]("B")
    assert once == again
    ids = [set(re.findall(' id="([^"]+)"', figure.svg)) for figure in (once, other)]
    assert ids[0]
    for figure, own in zip((once, other), ids, strict=True):
        used = set(re.findall(r'(?:href="|url\()#([^")]+)', figure.svg))
        assert used <= own, "a reference that leads nowhere"


def test_the_twin_has_every_number() -> None:
    twin = DRAWN["strips"]("").twin
    assert "Time limit 5 s, 3 runs: downtime at least 5 s, at most 40 s." in twin
    assert "In half of all 6 runs there are 2 rounds at most: 10 s with this limit." in twin
    assert DRAWN["bars"]("").twin.splitlines()[-1] == (
        "3 or more rounds: 10% of 10 runs; a fair draw would give 25%."
    )
    assert "c: 5 at 0, 5 at 2" in DRAWN["curves"]("").twin
    assert "80 needless kills in 100 late callbacks" in DRAWN["tradeoff"]("").twin


def test_no_dot_is_beyond_its_limit() -> None:
    """The picture's claim, tied to the numbers: dots lie on the far side of the dashes."""
    for killers, others in product(KILLERS, BYSTANDERS):
        found = downtimes(crowd(stored("five-seconds"), killers, others))
        for limit, values in found.items():
            assert values[0] > limit * 0.99 - 0.004


def test_the_views_of_a_crowd_agree_with_each_other() -> None:
    """Its runs with all limits are one sample: of the rounds, the downtimes and the trade-off."""
    results = stored("five-seconds")
    for killers, others in product(KILLERS, BYSTANDERS):
        counts = rounds(crowd(results, killers, others))
        typical = typical_rounds(counts)
        assert counts.total() == SEEDS * len(TIMEOUTS_S)
        points = tradeoff(results, killers, others)
        assert [p.downtime_s for p in points] == [limit * typical for limit in TIMEOUTS_S]
        assert all(a.downtime_s < b.downtime_s for a, b in pairwise(points))
        sentence = statistics.downtime(killers, others).sentence
        assert f"the rounds of all {counts.total()} runs" in sentence
        assert f"at most {5 * typical} s in half of them" in sentence
        assert f"costs {5 * typical} s in half" in statistics.tradeoff(killers, others).sentence


def test_shares() -> None:
    assert fair_draw(1, 0, 3) == [0.5, 0.25, 0.25]
    assert sum(fair_draw(4, 8)) == pytest.approx(1)
    assert at_most([1, 2, 3, 4], 0.5) == 3
    assert at_most([7], 0.9) == 7


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("downtime", {"killers": 3, "others": 0}, "number of fault_tasks 3; valid: 1, 4, 16"),
        ("rounds", {"killers": 1, "others": 1}, "number of nofs_tasks 1; valid: 0, 2, 8"),
        ("price_of_load", {"measure": "joy"}, "unknown measure 'joy'; valid: lent, failed"),
    ],
)
def test_a_view_refuses_what_was_not_computed(
    name: str, values: dict[str, int | str], message: str
) -> None:
    assert message in views.answer(f"oomlab.views.statistics:{name}", values)["error"]
