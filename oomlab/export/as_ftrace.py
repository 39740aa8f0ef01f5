"""Text as `trace-cmd report -N` prints it: a line an event, in the kernel's own print formats.

The model has no scheduler; each task has a CPU of its own here (our choice), which idles while the
task sleeps. Told are switches, wake-ups, functions (as markers of begin and end), locks, pages and
the log; what a host or a device does is left out. A marker is called as the kernel's own file calls
it: trace-cmd puts `print:` before that, and then Perfetto does not read it
(findings/perfetto-reads-nothing-of-trace-cmd.sh).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from oomlab.analysis.episodes.killing import victim_of
from oomlab.analysis.episodes.locks import takes
from oomlab.analysis.spans import task_spans
from oomlab.dmesg.people import People
from oomlab.dmesg.style import LATEST, Style, data_address, made_up
from oomlab.dmesg.whereabouts import Whereabouts
from oomlab.engine.ops import LOCKING_KINDS
from oomlab.engine.trace.events import Event, Trace
from oomlab.export.call_edges import call_edges, numbered
from oomlab.export.format import Format

_RELEASES = frozenset({"mutex_unlock", "spin_unlock", "up_read", "up_write"})
_PRIORITY = 120
_IDLE = "swapper"
_ON, _MARKERS, _SAID, _OFF = range(4)
"""In which order things are told that one event of the run means."""


class Line(NamedTuple):
    """A line to be. `number` is that of the event that it is about, `rank` its place among those
    that are about the same one. `idle`: the CPU's idle task says it."""

    at_us: int
    number: int
    rank: int
    cpu: int
    idle: bool
    event: str
    said: str


@dataclass(frozen=True)
class _Cpu:
    """The CPU of one task."""

    trace: Trace
    people: People
    task: str
    cpu: int

    @property
    def _me(self) -> tuple[str, int]:
        return self.people.comm(self.task), self.people.pid(self.task)

    def lines(self) -> Iterator[Line]:
        """All that happens on it; in no order."""
        on = False
        for number, event in numbered(self.trace)[self.task]:
            if not on:
                yield from self._gets_it(event.at_us, number)
            for name, said in _said(self.trace, self.people, event):
                yield Line(event.at_us, number, _SAID, self.cpu, False, name, said)
            on = not _leaves(event)
            if not on:
                yield self._gives_it_up(event.at_us, number, "D")
        last = [span for span in task_spans(self.trace) if span.task == self.task][-1]
        if last.state == "done" and on:
            yield self._gives_it_up(last.start_us, len(self.trace.events), "X")
        pid = self._me[1]
        for edge in call_edges(self.trace, self.task):
            said = f"B|{pid}|{edge.function}" if edge.function else f"E|{pid}"
            yield Line(
                edge.at_us, edge.number, _MARKERS, self.cpu, False, "tracing_mark_write", said
            )

    def _gets_it(self, at_us: int, number: int) -> Iterator[Line]:
        comm, pid = self._me
        woken = f"comm={comm} pid={pid} prio={_PRIORITY} target_cpu={self.cpu:03}"
        switch = _switch((f"{_IDLE}/{self.cpu}", 0, "R"), self._me)
        for name, said in (("sched_wakeup", woken), ("sched_switch", switch)):
            yield Line(at_us, number, _ON, self.cpu, True, name, said)

    def _gives_it_up(self, at_us: int, number: int, state: str) -> Line:
        said = _switch((*self._me, state), (f"{_IDLE}/{self.cpu}", 0))
        return Line(at_us, number, _OFF, self.cpu, False, "sched_switch", said)

    def text(self, line: Line) -> str:
        """A line of this CPU as the report has it."""
        comm, pid = ("<idle>", 0) if line.idle else self._me
        time = f"{line.at_us // 1_000_000:5}.{line.at_us % 1_000_000:06}"
        return f"{comm:>16}-{pid:<5} [{self.cpu:03}] {time}: {line.event + ':':<22}{line.said}"


def _leaves(event: Event) -> bool:
    """Does the task give its CPU up behind this? Who spins does not, nor who computes."""
    if event.condition == "blocked":
        return event.op != "spin_lock"
    sleeps = event.condition == "sleeps" and event.op != "cost"
    return sleeps or event.condition in ("polling", "polled")


def _switch(before: tuple[str, int, str], after: tuple[str, int]) -> str:
    return (
        f"prev_comm={before[0]} prev_pid={before[1]} prev_prio={_PRIORITY} prev_state={before[2]} "
        f"==> next_comm={after[0]} next_pid={after[1]} next_prio={_PRIORITY}"
    )


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


def write(trace: Trace) -> bytes:
    """The whole report."""
    people = People(trace)
    tasks = Whereabouts(trace, Style(LATEST), people).tasks
    cpus = [_Cpu(trace, people, task, number) for number, task in enumerate(tasks)]
    lines = sorted((line for cpu in cpus for line in cpu.lines()), key=_order)
    told = (cpus[line.cpu].text(line) for line in lines)
    return "\n".join([f"cpus={len(cpus)}", *told, ""]).encode()


def _order(line: Line) -> tuple[int, int, int]:
    return line.at_us, line.number, line.rank


FORMAT = Format("ftrace", "text, as trace-cmd report -N prints it", False, write)
