"""Small multiples: what stands in a cell, on which axis, and that the words say the same."""

from __future__ import annotations

import re

import pytest

from oomlab.errors import InputError
from oomlab.figures import Figure
from oomlab.figures.multiples import AXIS_ENDS_S, MOST_OF_THE_MODEL, axis_end_s, draw_multiples
from oomlab.figures.multiples_runs import BothSides, Multiple, RunBar
from oomlab.figures.multiples_twin import runs_text
from tests.figures.drawings import SVG, check_sound, parsed, texts

QUICK = RunBar((0.05,), kills_s=(0.01,), calls=3)
SLOW = RunBar((10.3,), kills_s=(5.2, 10.3), calls=2)
STUCK = RunBar(locked_up=True, reports_s=(10.0, 20.0), calls=1)


def drawn(*cells: BothSides, title: str = "the callback sleeps") -> Figure:
    return draw_multiples([Multiple(title, cells)], "Callbacks")


def bars(figure: Figure, style: str) -> list[tuple[float, float]]:
    """Left and right ends of the bars of a style, without those of the legend."""
    nodes = [n for n in parsed(figure).iter(f"{SVG}rect") if n.get("class") == f"oom-{style}"]
    found = [(float(n.attrib["x"]), float(n.attrib["width"])) for n in nodes]
    return [(x, x + width) for x, width in found if x > 20]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_picture_is_sound_for_any_number_of_releases(count: int) -> None:
    cells = [BothSides(f"6.{n}", (QUICK,), (QUICK, SLOW, STUCK, STUCK)) for n in range(count)]
    check_sound(drawn(*cells, title="a rather long name of a case that needs a second line " * 2))


def test_a_wait_is_as_long_as_it_took_on_the_same_axis_in_all_cells() -> None:
    figure = drawn(
        BothSides("6.1", (RunBar((5.0,)),), (RunBar((10.0,)),)),
        BothSides("7.3", (), (RunBar((10.0,)),)),
    )
    widths = [right - left for left, right in bars(figure, "waits")]
    assert widths == [pytest.approx(w, abs=0.2) for w in (widths[1] / 2, widths[1], widths[1])]
    assert texts(figure).count("12 s") == 2


def test_a_lockup_runs_off_the_edge_and_one_that_ended_does_not() -> None:
    figure = drawn(BothSides("6.1", (), (STUCK, SLOW)))
    ((_, edge),) = bars(figure, "blocked")
    axis = max(float(d) for d in re.findall(r"L([\d.]+)", figure.svg) if float(d) < 470)
    assert edge == pytest.approx(axis, abs=0.2)
    assert all(right < edge for _, right in bars(figure, "waits"))
    assert 'class="oom-blocked" fill="currentColor"' in figure.svg


def test_what_is_too_short_to_be_seen_is_seen() -> None:
    ((left, right),) = bars(
        drawn(BothSides("6.1", (), (RunBar((0.001,)), RunBar(kills_s=(10.0,))))), "waits"
    )
    assert right - left == pytest.approx(3)


def test_rounds_stand_one_behind_the_other() -> None:
    first, second = bars(drawn(BothSides("6.1", (), (RunBar((5.0, 6.0)),))), "waits")
    assert first[1] == pytest.approx(second[0], abs=0.2)


def test_every_kill_and_every_report_has_a_mark() -> None:
    def marks(lane: RunBar) -> tuple[int, int]:
        svg = drawn(BothSides("6.1", (), (lane,))).svg
        return svg.count('r="5"'), svg.count('class="oom-polls"')

    assert marks(RunBar((10.3,))) == (0, 0)
    assert marks(SLOW) == (3, 0)  # two and the legend's
    assert marks(STUCK) == (0, 3)


def test_each_run_of_a_kernel_is_drawn_and_the_ends_of_many_of_the_model() -> None:
    figure = drawn(BothSides("6.1", (SLOW, SLOW), (SLOW, SLOW, SLOW)))
    assert len(bars(figure, "waits")) == 4
    assert "6.1, the model, 2 runs: 10.3 s; 2 kills, 2 calls of the chain" in figure.twin
    many = tuple(RunBar((float(s),)) for s in (5, 9, 1, 7, 3, 2, 8))
    figure = drawn(BothSides("6.1", many))
    lengths = [right - left for left, right in bars(figure, "waits")]
    assert len(lengths) == MOST_OF_THE_MODEL
    assert lengths[0] / lengths[-1] == pytest.approx(1 / 9, abs=0.01)
    assert "7 runs: 1–9 s" in figure.twin
    assert len(bars(drawn(BothSides("6.1", (*many, STUCK))), "blocked")) == 1


@pytest.mark.parametrize(
    ("lanes", "said"),
    [
        ((QUICK,), "50 ms; 1 kill, 3 calls of the chain"),
        ((QUICK, SLOW), "50 ms–10.3 s; 1–2 kills, 2–3 calls of the chain"),
        ((STUCK, STUCK), "locked up"),
        ((STUCK, SLOW), "1 of 2 locked up, else 10.3 s"),
        ((RunBar(kills_s=(0.0,), calls=28),), "nobody waits; 1 kill, 28 calls of the chain"),
        ((RunBar((0.013,)), RunBar((0.021,))), "13–21 ms; 0 kills, 0 calls of the chain"),
    ],
)
def test_the_words_say_what_the_bars_show(lanes: tuple[RunBar, ...], said: str) -> None:
    figure = drawn(BothSides("6.1", (), lanes))
    assert f"the kernel, {len(lanes)} run{'s' * (len(lanes) > 1)}: {said}" in figure.twin
    assert said in texts(figure)


def test_the_twin_has_the_moments_of_the_marks() -> None:
    twin = drawn(BothSides("6.1", (SLOW,), (STUCK,))).twin
    assert "killed at 5.2 s, 10.3 s." in twin
    assert "locked up; reported as hung after 10 s, 20 s." in twin


def test_who_was_not_asked_is_said() -> None:
    figure = drawn(BothSides("6.1", (QUICK,), ()), BothSides("7.3", (), (QUICK,)))
    assert "not asked" in texts(figure)
    assert "6.1, the kernel, not asked." in figure.twin
    assert "7.3, the model, not asked." in figure.twin


def test_the_axis_ends_behind_everything_that_is_known() -> None:
    assert axis_end_s(iter([QUICK])) == 0.1
    assert axis_end_s(iter([SLOW])) == 12.0
    assert axis_end_s(iter([STUCK])) == 30.0
    assert axis_end_s(iter([RunBar((500.0,))])) > 500
    assert list(AXIS_ENDS_S) == sorted(AXIS_ENDS_S)


def test_rows_with_other_releases_are_refused() -> None:
    one, other = (Multiple(r, (BothSides(r),)) for r in ("6.1", "7.3"))
    for rows in ([], [one, other]):
        with pytest.raises(InputError, match="same releases"):
            draw_multiples(rows, "Callbacks")
    with pytest.raises(InputError, match="at least one run"):
        drawn(BothSides("6.1"))


def test_a_picture_of_one_side_names_no_other() -> None:
    figure = drawn(BothSides("4.13", (STUCK,)), BothSides("7.3", (QUICK,)))
    check_sound(figure)
    assert "kernel" not in " ".join(texts(figure)) and "kernel" not in figure.twin
    assert figure.title == "Callbacks"
    assert {"locked up", "50 ms, 1 kill"} <= set(texts(figure))


def test_a_summary_in_words() -> None:
    assert runs_text([SLOW, SLOW]) == "10.3 s, 2 kills"
    assert runs_text([STUCK]) == "locked up"
    assert runs_text([STUCK, QUICK]) == "1 of 2 locked"
    assert runs_text([]) == ""
