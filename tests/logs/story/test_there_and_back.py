"""What the machine of the model would print, read back, gives the same wait-for graph: over all
scenarios and remedies in which somebody waits at the end, and over releases."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import cycle

import pytest

from oomlab import Experiment
from oomlab.analysis import EdgeKind, WaitForGraph, span_at, task_spans, wait_for_graph
from oomlab.dmesg import dmesg_lines
from oomlab.engine.trace import Trace
from oomlab.logs import Log
from oomlab.logs.read import read_log
from oomlab.logs.story import explain
from oomlab.logs.story.locks import of_class
from oomlab.logs.story.reading import readings_of
from oomlab.logs.story.standings import scene
from oomlab.logs.story.trace import trace_of as log_trace
from oomlab.logs.story.waits import waits_of
from oomlab.remedies import REMEDIES
from oomlab.scenarios import GROUPS

RELEASES = (
    "4.4",
    "4.9",
    "4.13",
    "4.14",
    "4.19",
    "5.4",
    "5.8",
    "5.15",
    "6.1",
    "6.8",
    "6.12",
    "6.17",
    "7.3",
)
COMM = 15
"""So many characters of a task's name does a kernel print."""


def stuck() -> Iterator[tuple[str, str]]:
    """The scenarios and remedies that do not end well, or of which nothing is declared; the same
    machine once."""
    for group in GROUPS.values():
        for scenario in group.values():
            known = set()
            for remedy in REMEDIES.values():
                said = scenario.expects(remedy, "clock", {})
                key = scenario.model_key(remedy)
                if said in ("completed", "recovered") or key in known:
                    continue
                known.add(key)
                yield scenario.name, remedy.name


STUCK = list(stuck())
CELLS = [(*cell, release) for cell, release in zip(STUCK, cycle(RELEASES), strict=False)]


@cache
def trace_of(scenario: str, remedy: str) -> Trace:
    return Experiment.of(scenario, remedy, {"limit_s": 20}).run()


def log_of(trace: Trace, release: str, *, lockdep: bool) -> Log:
    lines = dmesg_lines(trace, release, sysrq=True, lockdep=lockdep)
    return read_log("\n".join(lines).encode())


def graph_of(log: Log) -> WaitForGraph:
    """The graph alone: what the model has that is like it is asked for elsewhere."""
    (reading,) = readings_of(log)
    known = scene(reading.sightings, reading.release)
    return waits_of(log_trace(reading, known), known).graph


Seen = set[tuple[str, str, str, EdgeKind]]


def edges(graph: WaitForGraph) -> Seen:
    """The edges as a log can show them: names cut, locks by what a stack shows of them."""
    return {
        (one.waiter[:COMM], one.holder[:COMM], of_class(one.what), one.kind) for one in graph.edges
    }


def unseen(trace: Trace) -> Seen:
    """Edges to somebody who runs at the end: a list of locks leaves out whoever is running."""
    graph, spans = wait_for_graph(trace, trace.ended_at_us), task_spans(trace)
    runs = [
        one
        for one in graph.edges
        if span_at(spans, one.holder, trace.ended_at_us).state not in ("blocked", "waits", "polls")
        and one.kind == "lock"
    ]
    return edges(WaitForGraph(0, (), tuple(runs), ()))


@pytest.mark.parametrize(("scenario", "remedy", "release"), CELLS)
def test_the_log_of_a_run_gives_its_graph_back(scenario: str, remedy: str, release: str) -> None:
    trace = trace_of(scenario, remedy)
    wanted = edges(wait_for_graph(trace, trace.ended_at_us))
    found = edges(graph_of(log_of(trace, release, lockdep=True)))
    assert found <= wanted
    assert wanted - found <= unseen(trace)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("scenario", ["h2-three-task-poll", "h4-i915-object-lock"])
def test_every_release_tells_of_the_circle(scenario: str, release: str) -> None:
    trace = trace_of(scenario, "mainline")
    story = explain(log_of(trace, release, lockdep=True))
    assert edges(story.waits.graph) == edges(wait_for_graph(trace, trace.ended_at_us))
    assert len(story.waits.graph.cycle) == len(wait_for_graph(trace, trace.ended_at_us).cycle)
    assert story.severity == "deadlock"
    assert story.match is not None
    assert story.match.experiment.scenario.name == scenario
    assert story.match.same_circle


@pytest.mark.parametrize("scenario", [name for name, remedy in STUCK if remedy == "mainline"])
def test_without_lockdep_nothing_is_invented(scenario: str) -> None:
    trace = trace_of(scenario, "mainline")
    wanted = {(w, h, kind) for w, h, _, kind in edges(wait_for_graph(trace, trace.ended_at_us))}
    found = edges(graph_of(log_of(trace, "4.13", lockdep=False)))
    assert {(w, h, kind) for w, h, _, kind in found} <= wanted
