"""Text as `trace-cmd report -N` prints it: a line an event, in the kernel's own print formats.

The model has no scheduler; each task has a CPU of its own here (our choice), which idles while the
task sleeps. Told are switches, wake-ups, functions (as markers of begin and end), locks, pages and
the log; what a host or a device does is left out. A marker is called as the kernel's own file calls
it: trace-cmd puts `print:` before that, and then Perfetto does not read it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from oomlab.analysis.episodes.killing import victim_of
from oomlab.analysis.episodes.locks import takes
from oomlab.analysis.spans import Span, task_spans
from oomlab.dmesg.people import People
from oomlab.dmesg.standing import Standing
from oomlab.dmesg.style import LATEST, Style, data_address
from oomlab.dmesg.style import number as made_up
from oomlab.engine.ops import LOCKING_KINDS
from oomlab.engine.trace.events import Event, Trace
from oomlab.export.format import Format
from oomlab.export.stretches_of_calls import call_edges

_OFF_CPU = {"blocked": "D", "waits": "D", "sleeps": "D", "polls": "D", "idle": "S", "done": "X"}
"""The state in which a task leaves its CPU, by what a span says that it does."""
_RELEASES = frozenset({"mutex_unlock", "spin_unlock", "up_read", "up_write"})
_PRIORITY = 120
_IDLE = "swapper"


class Line(NamedTuple):
    """A line to be: `number` orders what happens at one moment; it is that of an event."""

    at_us: int
    number: int
    cpu: int
    idle: bool
    task: str
    event: str
    said: str


def write(trace: Trace) -> bytes:
    """The whole report."""
    people = People(trace)
    mine = Standing(trace, Style(LATEST), people).tasks
    cpus = {task: place for place, task in enumerate(mine)}
    lines: list[Line] = []
    for task, cpu in cpus.items():
        lines += _switches(trace, people, task, cpu)
        lines += _calls(trace, people, task, cpu)
    for number, event in enumerate(trace.events):
        if event.task in cpus:
            for name, said in _said(trace, people, event):
                lines.append(
                    Line(event.at_us, number, cpus[event.task], False, event.task, name, said)
                )
    lines.sort(key=_order)
    head = f"cpus={len(cpus)}"
    return "\n".join([head, *(_text(people, line) for line in lines), ""]).encode()


def _order(line: Line) -> tuple[int, int]:
    return line.at_us, line.number


def _text(people: People, line: Line) -> str:
    comm, pid = ("<idle>", 0) if line.idle else (people.comm(line.task), people.pid(line.task))
    seconds = f"{line.at_us // 1_000_000:5}.{line.at_us % 1_000_000:06}"
    return f"{comm:>16}-{pid:<5} [{line.cpu:03}] {seconds}: {line.event + ':':<22} {line.said}"


def _switches(trace: Trace, people: People, task: str, cpu: int) -> Iterator[Line]:
    """sched_switch and sched_wakeup, from what the task does in each span of its life."""
    on_cpu = False
    for span in (s for s in task_spans(trace) if s.task == task):
        runs = span.state == "runs"
        if runs and not on_cpu:
            comm, pid = people.comm(task), people.pid(task)
            woken = f"comm={comm} pid={pid} prio={_PRIORITY} target_cpu={cpu:03}"
            yield Line(span.start_us, -2, cpu, True, task, "sched_wakeup", woken)
            idle = (f"{_IDLE}/{cpu}", 0, "R")
            said = _switch(idle, (comm, pid))
            yield Line(span.start_us, -1, cpu, True, task, "sched_switch", said)
        elif on_cpu and not runs:
            yield _leaves(trace, people, task, cpu, span)
        on_cpu = runs


def _leaves(trace: Trace, people: People, task: str, cpu: int, span: Span) -> Line:
    here = (people.comm(task), people.pid(task), _OFF_CPU[span.state])
    said = _switch(here, (f"{_IDLE}/{cpu}", 0))
    return Line(span.start_us, len(trace.events), cpu, False, task, "sched_switch", said)


def _switch(before: tuple[str, int, str], after: tuple[str, int]) -> str:
    return (
        f"prev_comm={before[0]} prev_pid={before[1]} prev_prio={_PRIORITY} prev_state={before[2]} "
        f"==> next_comm={after[0]} next_pid={after[1]} next_prio={_PRIORITY}"
    )


def _calls(trace: Trace, people: People, task: str, cpu: int) -> Iterator[Line]:
    """The functions, as trace markers that other tools understand."""
    pid = people.pid(task)
    for edge in call_edges(trace, task):
        said = f"B|{pid}|{edge.function}" if edge.function else f"E|{pid}"
        yield Line(edge.at_us, edge.number, cpu, False, task, "tracing_mark_write", said)


def _said(trace: Trace, people: People, event: Event) -> Iterator[tuple[str, str]]:
    """What a tracepoint of the kernel would say of an event, if there is one."""
    lock = f"0x{data_address(event.on)} {event.on}"
    victim = victim_of(trace, event)
    if event.op in LOCKING_KINDS and event.condition == "blocked":
        yield "lock_contended", lock
    elif takes(event):
        yield "lock_acquired", lock
    elif event.op in _RELEASES:
        yield "lock_release", lock
    elif event.op == "take_page" and event.result:
        pfn = made_up(event.task) % 4096
        yield "mm_page_alloc", f"page=0x{data_address(event.task)} pfn=0x{pfn:x} order=0"
    elif event.op == "log":
        yield "console", str(event.result)
    elif victim:
        pid, comm = people.pid(victim), people.comm(victim)
        yield "signal_generate", f"sig=9 errno=0 code=128 comm={comm} pid={pid} grp=1 res=0"
        yield "mark_victim", f"pid={pid}"


FORMAT = Format("ftrace", "text, as trace-cmd report -N prints it", False, write)
