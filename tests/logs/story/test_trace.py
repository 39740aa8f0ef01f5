"""A log as a trace: what is known of it, and that the figures draw it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomlab.analysis import Span, allocation_requests, kills, oom_calls, task_spans
from oomlab.analysis.episodes.function_calls import walks
from oomlab.engine.trace.narration import story
from oomlab.engine.trace.store import from_json, to_json
from oomlab.figures import draw_timeline, draw_wait_for
from oomlab.logs.story.telling import story_of
from oomlab.logs.story.trace import trace_of
from tests.figures.drawings import check_sound
from tests.logs.story.made_up import (
    SECOND,
    oom,
    reading,
    zone,
)
from tests.logs.story.test_findings import CASES, HUNG_GUEST


def spans(task: str) -> list[Span]:
    return [span for span in task_spans(trace_of(HUNG_GUEST)) if span.task == task]


def test_before_it_was_seen_to_hang_nothing_is_known_of_a_task() -> None:
    before, hangs = spans("writer:90")
    assert (before.state, before.end_us) == ("unknown", 123 * SECOND)
    assert (hangs.state, hangs.on, hangs.function) == ("blocked", "balloon_lock", "leak_balloon")


def test_requests_walks_and_kills_are_found_by_whoever_reads_traces() -> None:
    trace = trace_of(reading(*HUNG_GUEST.sightings, ooms=[oom(5, 100, zone=zone(90))]))
    assert [(k.task, k.victim) for k in kills(trace)] == [("tar:400", "leaky:500")]
    assert [r.gfp for r in allocation_requests(trace) if r.task == "tar:400"] == [0xCC0]
    assert [w.runner for w in walks(trace)] == ["writer:90"]
    assert {call.task for call in oom_calls(trace)} == {"tar:400", "writer:90"}
    assert trace.values_at(100 * SECOND)["free"] == 90


@pytest.mark.parametrize("case", CASES)
def test_every_figure_draws_it(case: str) -> None:
    told = story_of(CASES[case][0])
    at_us = told.waits.graph.at_us
    check_sound(draw_timeline(told.trace))
    check_sound(draw_wait_for(told.trace, at_us, known=told.waits.known))
    assert from_json(to_json(told.trace)) == told.trace
    assert "not known" in [*story(told.trace)][-1]


def test_the_figure_of_waits_says_how_an_edge_is_known() -> None:
    told = story_of(HUNG_GUEST)
    figure = draw_wait_for(told.trace, told.waits.graph.at_us, known=told.waits.known)
    assert "held by writer:90 (inferred)" in figure.twin
    assert ">a sure frame<" in figure.svg


def test_the_timeline_says_what_is_not_known_and_where_the_log_ends() -> None:
    figure = draw_timeline(trace_of(HUNG_GUEST))
    assert "what it does is not known" in figure.twin
    assert "log ends" in figure.svg
    assert "not known" in figure.svg
    assert 'stroke-dasharray="7 5"' in figure.svg


def test_without_times_the_lines_are_counted() -> None:
    log = replace(HUNG_GUEST, times="lines", ended_us=99)
    trace = replace(trace_of(log), ended_at_us=99)
    assert not trace.timed
    assert "line 99" in draw_wait_for(trace, 99).title


def test_a_task_that_is_seen_again_in_the_same_place_has_been_there_all_the_time() -> None:
    again = tuple(
        replace(one, at_us=one.at_us + 120 * SECOND, since_us=one.at_us, line=one.line + 200)
        for one in HUNG_GUEST.sightings
    )
    trace = trace_of(replace(HUNG_GUEST, sightings=HUNG_GUEST.sightings + again))
    assert [s.start_us for s in task_spans(trace) if s.state == "blocked"] == [123 * SECOND] * 2
