"""What Perfetto's own trace processor finds in an export."""

from __future__ import annotations

from collections import Counter

import pytest

from oomlab.analysis import kills, task_spans, wait_for_graph
from oomlab.analysis.episodes.locks import holds
from oomlab.analysis.wait_for import edge_kind
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError
from oomlab.experiment import play, run
from oomlab.export import as_perfetto, exported
from oomlab.scenarios import SCENARIOS
from tests.export.processor import Processor

RUNS = {
    "a-deadlock": ("h1-two-task-cycle", "mainline"),
    "a-livelock": ("h2-three-task-poll", "mainline"),
    "kills": ("h2-three-task-poll", "offload"),
    "an-event": ("h5-host-never-answers", "mainline"),
    "a-spinner": ("h7-pseries-hotplug", "mainline"),
    "readers-and-a-writer": ("r10-removal-blocked", "mainline"),
    "a-round-of-the-chain": ("five-listeners", "mainline"),
}
pytestmark = pytest.mark.xdist_group("trace-processor")


def loaded(processor: Processor, name: str) -> Trace:
    """A run, exported and read by the processor without a complaint."""
    trace = run(*RUNS[name])
    processor.load(exported(trace, "perfetto"))
    assert processor.complaints() == []
    return trace


SLICES = """
select s.id, s.ts, s.dur, s.name, s.depth, coalesce(t.name, '') as track,
       coalesce(thread.name, '') as task
from slice s join track t on s.track_id = t.id
left join thread_track on thread_track.id = coalesce(t.parent_id, t.id)
left join thread using (utid)
"""


@pytest.mark.parametrize("name", RUNS)
def test_waits_are_slices_and_those_without_end_are_open(processor: Processor, name: str) -> None:
    trace = loaded(processor, name)
    unfinished = {waiting.task for waiting in trace.waiting}
    last = {span.task: span for span in task_spans(trace)}
    wanted: Counter[tuple[str, int, int]] = Counter()
    for span in task_spans(trace):
        if edge_kind(span):
            open_end = span is last[span.task] and span.task in unfinished
            length = -1 if open_end else 1000 * (span.end_us - span.start_us)
            wanted[span.task, 1000 * span.start_us, length] += 1
    rows = (row for row in processor.rows(SLICES) if row["track"] == "waits")
    assert Counter((row["task"], row["ts"], row["dur"]) for row in rows) == wanted


@pytest.mark.parametrize("name", RUNS)
def test_a_flow_leads_from_who_waits_to_who_is_in_the_way(processor: Processor, name: str) -> None:
    trace = loaded(processor, name)
    wanted = Counter(
        (1000 * span.start_us, edge.waiter, edge.holder)
        for span in task_spans(trace)
        if edge_kind(span)
        for edge in wait_for_graph(trace, span.start_us).edges
        if edge.waiter == span.task
    )
    by_id = {row["id"]: row for row in processor.rows(SLICES)}
    found: Counter[tuple[int, str, str]] = Counter()
    for flow in processor.rows("select slice_out, slice_in from flow"):
        start, end = by_id[flow["slice_out"]], by_id[flow["slice_in"]]
        assert start["track"] == "waits" and end["track"] == ""
        found[start["ts"], start["task"], end["task"]] += 1
    assert found == wanted


@pytest.mark.parametrize("name", RUNS)
def test_who_held_which_lock_is_a_slice(processor: Processor, name: str) -> None:
    trace = loaded(processor, name)
    wanted = Counter(
        (held.task, f"holds {lock}", 1000 * held.start_us,
         -1 if held.to_the_end else 1000 * (held.end_us - held.start_us))
        for lock, stretches in holds(trace).items()
        for held in stretches
    )  # fmt: skip
    rows = (row for row in processor.rows(SLICES) if row["track"].startswith("holds "))
    assert Counter((row["task"], row["track"], row["ts"], row["dur"]) for row in rows) == wanted


@pytest.mark.parametrize("name", RUNS)
def test_functions_nest_as_they_are_called(processor: Processor, name: str) -> None:
    trace = loaded(processor, name)
    rows = [r for r in processor.rows(SLICES) if not r["track"] and r["task"]]
    deepest = {task: 0 for task in {event.task for event in trace.events}}
    for event in trace.events:
        deepest[event.task] = max(deepest[event.task], len(event.stack))
    for task, depth in deepest.items():
        mine = [row for row in rows if row["task"] == task and " " not in row["name"]]
        assert max(row["depth"] for row in mine) == depth - 1
        called = {function for e in trace.events if e.task == task for function in e.stack}
        assert {row["name"] for row in mine} == called
    for waiting in trace.waiting:
        last = [event for event in trace.events if event.task == waiting.task][-1]
        still = [r["name"] for r in rows if r["task"] == waiting.task and r["dur"] == -1]
        assert still == list(last.stack)


@pytest.mark.parametrize("name", RUNS)
def test_counters_say_how_many_pages_there_are(processor: Processor, name: str) -> None:
    trace = loaded(processor, name)
    query = "select t.name, c.ts, c.value from counter c join track t on t.id = c.track_id"
    last = {row["name"]: row["value"] for row in processor.rows(f"{query} order by c.ts, c.id")}
    values = trace.values_at(trace.ended_at_us)
    roles = {s.name: s.facts.role for s in trace.slots if s.facts.role in as_perfetto.COUNTED}
    assert last == {f"{name} (pages)": values[name] for name in roles}


def test_kills_are_marks_at_their_moment(processor: Processor) -> None:
    trace = loaded(processor, "kills")
    rows = (row for row in processor.rows(SLICES) if row["name"].startswith("SIGKILL for "))
    found = [(row["ts"], row["task"], row["name"], row["dur"]) for row in rows]
    assert found == [(1000 * k.at_us, k.task, f"SIGKILL for {k.victim}", 0) for k in kills(trace)]
    assert found


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_is_read_without_a_complaint(processor: Processor, scenario: str) -> None:
    trace = run(scenario, "offload")
    processor.load(exported(trace, "perfetto"))
    assert processor.complaints() == []
    threads = processor.rows("select name from thread where utid > 0 and name is not null")
    assert {row["name"] for row in threads} == {task.name for task in trace.tasks}


def test_a_schedule_has_a_step_a_microsecond(processor: Processor) -> None:
    trace = play("h1-two-task-cycle", "mainline", {}, "fs_task:2")
    processor.load(exported(trace, "perfetto"))
    assert processor.complaints() == []
    (end,) = (r for r in processor.rows(SLICES) if r["name"].startswith("the run has ended"))
    assert end["ts"] == 1000 * (trace.ended_at_us + as_perfetto.END_MARGIN_US)


def test_the_same_run_gives_the_same_bytes() -> None:
    assert exported(run(*RUNS["kills"]), "perfetto") == exported(run(*RUNS["kills"]), "perfetto")


def test_a_protobuf_that_is_too_old_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("google.protobuf.__version__", "5.29.5")
    with pytest.raises(InputError, match=r"protobuf 5\.29\.5 is too old .*oomlab\[perfetto\]"):
        exported(run(*RUNS["a-deadlock"]), "perfetto")
