"""ftrace text, CSV and JSON, each read back."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from oomlab.analysis.episodes.once import events_of
from oomlab.dmesg.people import People
from oomlab.dmesg.style import LATEST, Style
from oomlab.dmesg.whereabouts import Whereabouts
from oomlab.engine.trace.events import Trace
from oomlab.engine.trace.store import from_json
from oomlab.errors import InputError
from oomlab.experiment import run
from oomlab.export import FORMATS, exported
from oomlab.export.as_csv import COLUMNS
from tests.export.processor import Processor
from tests.export.test_perfetto import RUNS


def text(trace: Trace, form: str) -> str:
    return exported(trace, form).decode()


@pytest.mark.xdist_group("trace-processor")
@pytest.mark.parametrize("name", RUNS)
def test_perfetto_reads_when_each_task_has_its_cpu(processor: Processor, name: str) -> None:
    trace = run(*RUNS[name])
    processor.load(exported(trace, "ftrace"))
    assert processor.complaints() == []
    people = People(trace)
    wanted: Counter[tuple[str, int, int]] = Counter()
    end_us = trace.ended_at_us
    for task in Whereabouts(trace, Style(LATEST), people).tasks:
        mine = events_of(trace)[task]
        for event, after_us in zip(mine, [*(e.at_us for e in mine[1:]), end_us], strict=True):
            computes = event.op in ("cost", "spin_lock") or event.condition in ("done", "timeout")
            over = event is mine[-1] and all(waiting.task != task for waiting in trace.waiting)
            if computes and after_us > event.at_us and not over:
                wanted[people.comm(task), event.at_us, after_us] += 1
    rows = processor.rows(
        "select ts, dur, name, end_state from sched join thread using (utid) where tid > 0"
    )
    found: Counter[tuple[str, int, int]] = Counter()
    for row in rows:
        start_us = row["ts"] // 1000
        left_us = end_us if row["dur"] == -1 else start_us + row["dur"] // 1000
        if left_us > start_us:
            found[row["name"], start_us, left_us] += 1
    assert _joined(found) == _joined(wanted)
    assert {row["end_state"] for row in rows} <= {"D", "X", None}


def _joined(stretches: Counter[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Stretches of one task that touch, as one."""
    found: list[tuple[str, int, int]] = []
    for task, start, end in sorted(stretches):
        if found and found[-1][0] == task and found[-1][2] == start:
            found[-1] = (task, found[-1][1], end)
        else:
            found.append((task, start, end))
    return found


LINE = re.compile(r" *(.+)-(\d+) +\[(\d{3})\] +(\d+\.\d{6}): (\w+): +(.*)")


@pytest.mark.parametrize("name", RUNS)
def test_who_says_a_line_has_the_cpu(name: str) -> None:
    has: dict[str, str] = {}
    for line in text(run(*RUNS[name]), "ftrace").splitlines()[1:]:
        found = LINE.fullmatch(line)
        assert found is not None, line
        task, _, cpu, _, event, said = found.groups()
        assert has.get(cpu, "<idle>") == task, line
        if event == "sched_switch":
            after = re.search(r"next_comm=(.+) next_pid=(\d+)", said)
            assert after is not None
            has[cpu] = "<idle>" if after[2] == "0" else after[1]


@pytest.mark.xdist_group("trace-processor")
@pytest.mark.parametrize("name", RUNS)
def test_perfetto_reads_the_functions_of_the_text(processor: Processor, name: str) -> None:
    trace = run(*RUNS[name])
    processor.load(exported(trace, "ftrace"))
    tasks = Whereabouts(trace, Style(LATEST), People(trace)).tasks
    called = {f for event in trace.events if event.task in tasks for f in event.stack}
    assert {row["name"] for row in processor.rows("select name from slice")} == called


@pytest.mark.parametrize("name", ["a-deadlock", "readers-and-a-writer"])
def test_a_whole_report_is_as_it_was(name: str) -> None:
    kept = Path(__file__).with_name("expected") / f"{name}.ftrace"
    assert text(run(*RUNS[name]), "ftrace") == kept.read_text(encoding="utf-8")


def test_kills_and_pages_are_told_as_the_kernel_traces_them() -> None:
    lines = text(run(*RUNS["kills"]), "ftrace")
    assert re.search(r"signal_generate: +sig=9 errno=0 code=128 comm=hog pid=\d+ grp=1", lines)
    assert re.search(r"mark_victim: +pid=\d+\n", lines)
    assert re.search(r"mm_page_alloc: +page=0x[0-9a-f]{16} pfn=0x[0-9a-f]+ order=0\n", lines)
    assert re.search(r"console: +Out of memory: Kill process hog\n", lines)


def test_only_what_is_no_text_is_kept_from_a_terminal() -> None:
    assert [name for name, form in FORMATS.items() if form.binary] == ["perfetto"]


@pytest.mark.parametrize("name", RUNS)
def test_a_row_of_csv_is_an_event(name: str) -> None:
    trace = run(*RUNS[name])
    rows = [*csv.DictReader(io.StringIO(text(trace, "csv")))]
    assert [*rows[0]] == [*COLUMNS]
    for row, event in zip(rows, trace.events, strict=True):
        assert (int(row["at_us"]), row["task"]) == (event.at_us, event.task)
        assert tuple(row["stack"].split(";")) == event.stack
        assert (row["op"], row["on"], row["condition"]) == (event.op, event.on, event.condition)
        assert json.loads(row["changes"]) == event.changes
        assert (json.loads(row["result"]) if row["result"] else None) == event.result
        assert (int(row["until_us"]) if row["until_us"] else None) == event.until_us


@pytest.mark.parametrize("name", RUNS)
def test_json_is_the_trace_itself(name: str) -> None:
    trace = run(*RUNS[name])
    assert from_json(text(trace, "json")) == trace


@pytest.mark.parametrize("form", FORMATS)
def test_text_ends_with_its_last_line(form: str) -> None:
    data = exported(run(*RUNS["a-deadlock"]), form)
    assert FORMATS[form].binary or (data.endswith(b"\n") and not data.endswith(b"\n\n"))


def test_another_format_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InputError, match="unknown format 'pprof'; valid: perfetto, ftrace, csv"):
        exported(run(*RUNS["a-deadlock"]), "pprof")
