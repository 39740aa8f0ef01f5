"""The ring of the front page, and the legend of the whole book."""

from __future__ import annotations

import pytest

from oomlab import run
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError
from oomlab.figures import draw_circle, draw_language
from oomlab.figures.style import PATTERNS
from oomlab.figures.wait_for import ARROW_DASHES
from oomlab.figures.wording import STATE_NAMES
from tests.figures.drawings import check_sound, parsed, texts


@pytest.fixture(scope="module")
def two_tasks() -> Trace:
    return run("h1-two-task-cycle")


def thick(trace: Trace) -> list[str | None]:
    """The dashes of the thick arrows."""
    root = parsed(draw_circle(trace, trace.ended_at_us))
    shafts = [node for node in root.iter() if node.attrib.get("stroke-width") == "3.2"]
    return [node.attrib.get("stroke-dasharray") for node in shafts]


@pytest.mark.parametrize("scenario", ["h1-two-task-cycle", "h2-three-task-poll"])
def test_the_ring_is_sound_and_names_everybody(scenario: str) -> None:
    trace = run(scenario)
    figure = draw_circle(trace, trace.ended_at_us)
    check_sound(figure)
    assert {"balloon_worker", "fs_task", "balloon_lock", "fs_lock"} <= set(texts(figure))


def test_each_waiting_task_has_a_thick_arrow_of_its_kind(two_tasks: Trace) -> None:
    assert thick(two_tasks) == [None, None]
    assert sorted(map(str, thick(run("h2-three-task-poll")))) == [
        str(ARROW_DASHES["poll"]),
        "None",
        "None",
    ]


def test_a_task_that_waits_for_itself_is_a_ring_too() -> None:
    trace = run("h3b-ccw-config-write")
    check_sound(draw_circle(trace, trace.ended_at_us))


def test_without_a_cycle_there_is_no_ring(two_tasks: Trace) -> None:
    with pytest.raises(InputError, match="nobody waits in a circle at 0 us"):
        draw_circle(two_tasks, 0)


def test_the_legend_has_every_state_every_arrow_and_a_lock() -> None:
    figure = draw_language()
    check_sound(figure)
    shown = " ".join(texts(figure))
    for meaning in STATE_NAMES.values():
        assert meaning in shown
        assert meaning in figure.twin
    for state in ("blocked", "polls", "waits", "sleeps", "lock0", "lock1", "lock2"):
        assert state in PATTERNS
        assert f"-{state})" in figure.svg
    dashes = {node.attrib.get("stroke-dasharray") for node in parsed(figure).iter()}
    assert set(ARROW_DASHES.values()) <= dashes
