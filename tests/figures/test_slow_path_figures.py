"""The way of a request and the watermarks, as drawn: sound, complete, and what the model says."""

from __future__ import annotations

import pytest

from oomlab.analysis import wait_for_graph
from oomlab.analysis.episodes import AllocationRequest, allocation_requests
from oomlab.errors import InputError
from oomlab.figures import draw_timeline
from oomlab.figures.slow_path import STATIONS, draw_slow_path, fate, last_step
from oomlab.figures.watermarks import MarkRow, draw_watermarks
from oomlab.gfp.outcomes import Ending, outcome
from oomlab.gfp.predicates import request as asked_for
from oomlab.kernel.slow_path import STEP
from oomlab.kernel.zone import watermarks_for
from oomlab.scenarios.one_request import ASKER, FOR_EVER, MANAGED_PAGES, REQUEST_CLASSES
from oomlab.scenarios.reclaim_round import reclaim_round
from oomlab.views import slow_path
from tests.figures.drawings import check_sound, parsed, texts

CELLS = [(name, held) for name in REQUEST_CLASSES for held in (False, True)]


def made(name: str, held: bool, free: int = 0) -> AllocationRequest:
    trace = slow_path.run_request(name, FOR_EVER if held else 0, free=free)
    return next(r for r in allocation_requests(trace) if r.task == ASKER)


@pytest.mark.parametrize(("name", "held"), CELLS)
def test_the_way_is_drawn_soundly(name: str, held: bool) -> None:
    figure = draw_slow_path(made(name, held), REQUEST_CLASSES[name].words)
    check_sound(figure)
    shown = texts(figure)
    assert REQUEST_CLASSES[name].words in shown
    assert sum(station.text in text for station in STATIONS for text in shown) >= len(STATIONS)


ENDINGS = {
    Ending.FAILS_CANNOT_SLEEP: ("fails", "11"),
    Ending.FAILS_MEMALLOC: ("fails", "13"),
    Ending.FAILS_NORETRY: ("fails", "16"),
    Ending.FAILS_RETRY_MAYFAIL: ("fails", "4c"),
    Ending.FAILS_LOWMEM: ("fails", "4d"),
    Ending.FAILS_VICTIM: ("fails", "21"),
    Ending.FAILS_VICTIM_POLLED: ("fails", "21"),
    Ending.KILLS: ("page", "10"),
    Ending.NOTIFIES: ("loops", "22"),
    Ending.POLLS: ("polls", "20"),
}


@pytest.mark.parametrize(("name", "held"), CELLS)
def test_the_way_ends_where_the_outcome_table_says(name: str, held: bool) -> None:
    kind = REQUEST_CLASSES[name]
    told = outcome(asked_for(kind.expression), held, kind.caller).ending
    request = made(name, held)
    assert (fate(request), last_step(request)) == ENDINGS[told]


@pytest.mark.parametrize(("name", "held"), CELLS)
def test_the_twin_says_for_each_station_what_the_picture_says(name: str, held: bool) -> None:
    figure = draw_slow_path(made(name, held), "a request")
    lines = figure.twin.splitlines()
    assert len(lines) in (len(STATIONS) + 2, len(STATIONS) + 3)
    for station, line in zip(STATIONS, lines[1:], strict=False):
        answer = line.partition(station.text)[2].partition(": ")[2].removesuffix(".")
        if answer != "never reached":
            assert answer in texts(figure), station.text
    assert "outside" not in figure.twin


def test_only_what_was_reached_is_on_the_way() -> None:
    figure = draw_slow_path(made("atomic", False), "GFP_ATOMIC")
    filled = [n for n in parsed(figure).iter() if n.tag.endswith("circle")]
    assert [node.attrib["class"] for node in filled] == ["oom-runs"] * 4 + ["oom-muted"] * 10
    assert "again" not in " ".join(texts(figure))


def test_a_way_that_never_ends_has_a_dashed_way_back() -> None:
    def dashes(name: str, held: bool) -> int:
        drawn = parsed(draw_slow_path(made(name, held), "x"))
        return sum("stroke-dasharray" in node.attrib for node in drawn.iter())

    assert dashes("mayfail", True) == dashes("nofs", False) == 2  # and its key
    assert dashes("mayfail", False) == dashes("kernel", False) == 0


def test_a_request_that_gets_its_page_at_once_has_a_short_way() -> None:
    request = made("kernel", False, free=400)
    figure = draw_slow_path(request, "GFP_KERNEL")
    check_sound(figure)
    assert figure.twin.count("never reached") == len(STATIONS) - 1
    assert figure.description == "GFP_KERNEL: gets a page on the fast path"


def test_every_station_stands_for_known_steps() -> None:
    steps = [number for station in STATIONS for number in station.steps]
    assert len(steps) == len(set(steps))
    assert set(steps) <= set(STEP)
    order = list(STEP)
    assert [order.index(number) for number in steps] == sorted(
        order.index(number) for number in steps
    )


@pytest.mark.parametrize("free", [0, 1, 96, 97, 200, 256, 257, 300, 320, 384, 448, 5000])
@pytest.mark.parametrize("kernel", [4.13, 4.14])
def test_watermarks_are_drawn_soundly(free: int, kernel: float) -> None:
    rows = slow_path.mark_rows(free, kernel)
    figure = draw_watermarks(free, watermarks_for(MANAGED_PAGES), rows)
    check_sound(figure)
    assert texts(figure).count("gets a page") == sum(row.gets for row in rows)
    assert len(figure.twin.splitlines()) == 2 + len(rows)


def test_each_attempt_passes_strictly_above_its_mark() -> None:
    for row in slow_path.mark_rows(0, 4.14):
        mark = max(row.mark, 0)
        (below,) = [r for r in slow_path.mark_rows(mark, 4.14) if r.name == row.name]
        (above,) = [r for r in slow_path.mark_rows(mark + 1, 4.14) if r.name == row.name]
        assert (below.gets, above.gets) == (False, True), row.name


def test_the_marks_of_each_kind() -> None:
    """A quarter, a half, five eighths of 256; a victim's share is half since 4.14, before all."""
    marks = {
        kernel: [row.mark for row in slow_path.mark_rows(0, kernel)] for kernel in (4.13, 4.14)
    }
    assert marks[4.13] == [384, 320, 256, 192, 128, 96, -1, -1]
    assert marks[4.14] == [384, 320, 256, 192, 128, 96, 128, -1]


def test_names_are_text() -> None:
    figure = draw_watermarks(5, watermarks_for(1024), [MarkRow("<b>&", 4, True)])
    assert "<b>" not in figure.svg
    check_sound(figure)


class TestViews:
    """What the panels say."""

    def test_a_request_that_may_fail_polls_while_the_lock_is_held(self) -> None:
        assert "polls for ever" in slow_path.walk("mayfail", True).sentence
        assert "fails at step 4c" in slow_path.walk("mayfail", False).sentence

    def test_polling_lasts_as_long_as_the_lock_is_held(self) -> None:
        assert "fails after 200 ms" in slow_path.polling("mayfail", 200).sentence
        assert "25 times in vain" in slow_path.polling("mayfail", 200).sentence
        assert "never tries oom_lock" in slow_path.polling("noretry", 200).sentence

    @pytest.mark.parametrize(
        ("way", "kernel", "end", "least_ms", "most_ms"),
        [
            ("nothing", 4.13, "gets a page", 0, 1),
            ("lock", 4.13, "fails", 299, 301),
            ("throttle", 4.13, "gets a page", 299, 310),
            ("isolated", 4.13, "gets a page", 300, 400),
            ("isolated", 4.14, "fails", 100, 105),
            ("writeback", 4.14, "fails", 100, 105),
        ],
    )
    def test_one_round_of_reclaim_may_take_long(
        self, way: str, kernel: float, end: str, least_ms: int, most_ms: int
    ) -> None:
        trace = slow_path.run_machine(reclaim_round(way, kernel))
        (request,) = (r for r in allocation_requests(trace) if r.task == ASKER)
        assert request.steps.count("14") == 1
        assert least_ms * 1000 <= request.ended_us - request.began_us <= most_ms * 1000
        assert end in slow_path.reclaim(way, kernel).sentence
        check_sound(draw_timeline(trace))
        assert "0 times" not in slow_path.reclaim(way, kernel).picture

    def test_a_throttled_task_waits_for_kswapd(self) -> None:
        trace = slow_path.run_machine(reclaim_round("throttle", 4.13))
        edges = {(e.waiter, e.holder) for e in wait_for_graph(trace, 100_000).edges}
        assert edges == {(ASKER, "kswapd"), ("kswapd", "fs_task")}

    @pytest.mark.parametrize(
        ("call", "why"),
        [
            (lambda: slow_path.walk("kernl", True), "kernel"),
            (lambda: slow_path.polling("kernel", -5), "-5 ms"),
            (lambda: slow_path.marks(-1, 4.13), "-1 pages"),
            (lambda: slow_path.reclaim("throtle", 4.13), "throttle"),
            (lambda: slow_path.reclaim("lock", 3.10), "4.13"),
        ],
    )
    def test_bad_values_are_refused(self, call: object, why: str) -> None:
        assert callable(call)
        with pytest.raises(InputError, match=why):
            call()
