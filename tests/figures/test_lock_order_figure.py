"""The graph of lock orders, and the log of the detectors, as pictures."""

from __future__ import annotations

import pytest

from oomlab import run
from oomlab.analysis import FailedTry, detector_log, failed_tries, lock_order_graph
from oomlab.analysis.lock_learning import ANNOTATIONS
from oomlab.analysis.lock_order import Annotation
from oomlab.errors import InputError
from oomlab.figures import Figure, draw_lock_order
from oomlab.figures.detector_log import draw_detector_log
from oomlab.remedies import find_remedy
from oomlab.scenarios import SCENARIOS
from oomlab.views.lockdep import runs_that_went_well
from tests.figures.drawings import Rectangle, check_sound, parsed, text_rectangles, texts

H1, H2 = "h1-two-task-cycle", "h2-three-task-poll"


def drawn(scenario: str, remedy: str = "mainline", annotation: Annotation = "4.14") -> Figure:
    runs = runs_that_went_well(scenario, remedy)
    return draw_lock_order(lock_order_graph(runs, annotation), scenario, vain=failed_tries(runs))


def strokes(figure: Figure, width: str, dashes: str | None = None) -> int:
    """How many shafts of that width and dashes there are, the legend's sample included."""
    return sum(
        node.attrib.get("stroke-width") == width
        and node.attrib.get("stroke-dasharray") == dashes
        and node.attrib.get("fill") == "none"
        for node in parsed(figure).iter()
    )


def number_on_a_lock(figure: Figure) -> list[str]:
    """The numbers of arrows that cover part of a lock's box."""
    boxes = []
    for node in parsed(figure).iter():
        if node.tag.endswith("rect") and node.attrib.get("class", "").startswith("oom-lock"):
            x, y, width, height = (float(node.attrib[k]) for k in ("x", "y", "width", "height"))
            boxes.append(Rectangle(x, y, x + width, y + height))
    assert boxes
    return [
        text
        for text, place in text_rectangles(figure)
        if text[0].isdigit() and any(place.overlaps(box) for box in boxes)
    ]


@pytest.mark.parametrize("annotation", ANNOTATIONS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_graph_can_be_drawn(scenario: str, annotation: Annotation) -> None:
    for remedy in ("mainline", "offload"):
        figure = drawn(scenario, remedy, annotation)
        check_sound(figure)
        graph = lock_order_graph(runs_that_went_well(scenario, remedy), annotation)
        for edge in graph.edges:
            assert {edge.held, edge.taken} <= set(texts(figure))
        assert not graph.edges or number_on_a_lock(figure) == []


def test_the_edge_that_closes_the_circle_stands_out_with_its_place() -> None:
    figure = drawn(H1)
    shown = texts(figure)
    words = " ".join(shown)
    assert "5: balloon_worker in try_to_free_pages (run 2): this one closes the circle" in words
    assert strokes(figure, "3.2") == 4 + 1
    assert "possible deadlock: fs_reclaim -> fs_lock" in figure.twin


def test_under_the_rfc_an_edge_is_gone_and_nothing_stands_out() -> None:
    figure = drawn(H1, "offload")
    assert strokes(figure, "3.2") == 0
    assert len(lock_order_graph(runs_that_went_well(H1, "offload")).edges) == 3
    assert "No circle" in figure.description


def test_two_arrows_between_the_same_locks_keep_clear_of_each_other() -> None:
    remedy = find_remedy("shrinker").but(fill_allocation="under-lock")
    trace = run(H2, remedy, {"reclaim_meets_fs": 0})
    figure = draw_lock_order(lock_order_graph([trace], "4.18"), "a shrinker")
    check_sound(figure)
    assert number_on_a_lock(figure) == []
    (one,) = (place for text, place in text_rectangles(figure) if text == "1")
    (three,) = (place for text, place in text_rectangles(figure) if text == "3")
    assert three.right < one.left


def test_what_is_not_recorded_is_dashed_and_said() -> None:
    assert failed_tries([run(H2)]) == (
        FailedTry("fs_lock", "oom_lock", "fs_task", "alloc_pages_may_oom"),
    )
    figure = drawn(H2)
    assert strokes(figure, "1.8", "8 5") == 1 + 1
    assert "fs_task, holding fs_lock, tried oom_lock in vain" in figure.twin
    assert failed_tries([run(H1)]) == ()


def test_a_lock_that_is_tried_by_its_own_holder_is_a_loop() -> None:
    tries = failed_tries([run("h3b-ccw-config-write")])
    assert ("oom_lock", "oom_lock") in {(each.held, each.tried) for each in tries}
    check_sound(draw_lock_order(lock_order_graph([]), "nothing", vain=tries))


def test_more_locks_than_places() -> None:
    with pytest.raises(InputError, match="up to 7"):
        draw_lock_order(lock_order_graph([]), "nothing", [f"lock {n}" for n in range(8)])


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_each_log_can_be_drawn(scenario: str) -> None:
    messages = detector_log(run(scenario))
    figure = draw_detector_log(messages, 300, scenario)
    check_sound(figure)
    for message in messages:
        assert message.task in figure.twin


def test_a_row_says_from_when_on_and_about_whom() -> None:
    shown = texts(draw_detector_log(detector_log(run(H1)), 300, H1))
    assert "hung task: from 170 s, balloon_worker, fs_task" in shown
    assert "soft lockup: silent" in shown
