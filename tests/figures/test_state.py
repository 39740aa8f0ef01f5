from __future__ import annotations

import re

import pytest

from oomlab import explore, replay, run
from oomlab.analysis.milestones import cut_after, told_events
from oomlab.figures import draw_state
from oomlab.figures.state_facts import facts_at
from oomlab.views.runs import moments, state_at
from tests.figures.drawings import check_sound, parsed, texts

H2 = "h2-three-task-poll"


@pytest.mark.parametrize("remedy", ["mainline", "offload"])
def test_every_step_of_a_lockup_is_drawn_soundly(remedy: str) -> None:
    trace = replay(explore("h1-two-task-cycle", remedy).replay)
    for step in range(trace.ended_at_us + 1):
        figure = draw_state(trace, step)
        check_sound(figure)
        seen = " ".join(texts(figure))
        for name in facts_at(trace, step).locks:
            assert name in seen
        assert ("oom_notifier_response_queue" in seen) == (remedy == "offload")
        assert "…" not in seen.replace("… ›", "")  # nobody who waits for a lock is cut off


@pytest.mark.parametrize("scenario", [H2, "h3c-i915-fence-array", "h7-pseries-hotplug"])
def test_moments_of_timed_runs_are_drawn_soundly(scenario: str) -> None:
    trace = run(scenario, "offload")
    for number in told_events(trace)[::3]:
        cut = cut_after(trace, number)
        check_sound(draw_state(cut, cut.ended_at_us))


def test_the_wait_queues_tell_who_sleeps_on_them() -> None:
    trace = run(H2, "offload")
    asked = next(e for e in trace.events if e.condition == "blocked" and "response" in e.on)
    cut = cut_after(trace, trace.events.index(asked))
    twin = draw_state(cut, cut.ended_at_us).twin
    assert "Wait queue oom_notifier_response_queue: hog sleeps." in twin
    assert "Wait queue oom_notifier_request_queue: nobody." in twin
    start = draw_state(cut_after(trace, told_events(trace)[0]), 0).twin
    assert "Wait queue oom_notifier_request_queue: oom_notifier sleeps." in start


def test_equally_many_pages_have_equally_long_bars_at_every_moment() -> None:
    trace = run(H2, "offload")
    lengths: dict[int, set[str]] = {}
    for number in told_events(trace):
        cut = cut_after(trace, number)
        figure = draw_state(cut, cut.ended_at_us)
        pages = [
            int(count)
            for name, count in re.findall(r"^Pages in (.+?): (\d+)", figure.twin, re.MULTILINE)
            if int(count)
        ]
        bars = [
            node.attrib["width"]
            for node in parsed(figure).iter()
            if node.attrib.get("class") == "oom-muted" and node.attrib.get("height") == "12"
        ]
        for count, width in zip(pages, bars, strict=True):
            lengths.setdefault(count, set()).add(width)
    assert len(lengths) > 5
    assert all(len(widths) == 1 for widths in lengths.values())


def test_the_sentence_says_when_the_circle_closes() -> None:
    said = [
        state_at(H2, "offload", moment).sentence for moment in range(len(moments(H2, "offload")))
    ]
    closed = ["The circle is closed: " in sentence for sentence in said]
    assert any(closed)
    assert not closed[0]
    assert not closed[-1]
