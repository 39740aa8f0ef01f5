"""What the routines themselves say: the report of an OOM kill, a failed request, the listeners."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from oomlab.analysis.episodes import innermost
from oomlab.dmesg.memory import Memory
from oomlab.dmesg.people import People
from oomlab.dmesg.requests import cpuset_line, mask_text, nodemask
from oomlab.dmesg.style import Style
from oomlab.dmesg.whereabouts import Whereabouts
from oomlab.engine.trace.events import Event, Json, Trace
from oomlab.gfp import flags
from oomlab.kernel.zone import PAGE_KIB
from oomlab.limits import Limit

SYSRQ_ORDER = -1
"""The order of an OOM that a person has asked for."""
GROUP = "/group"
"""What the log calls a memory cgroup, whose name does not travel in a trace."""

LIMITS = (
    Limit(
        "guessed",
        "The limit of a memory cgroup in the kernel log",
        "Nothing is charged to a group here. The line about its limit has the pages of the victim.",
    ),
)


@dataclass(frozen=True)
class KernelMessage:
    """What is to be said at one event of a run, in the words of a style; `values`: what the slots
    hold then."""

    trace: Trace
    style: Style
    people: People
    standing: Whereabouts
    event: Event
    values: Mapping[str, Json]

    @property
    def comm(self) -> str:
        """Who says it."""
        return self.people.comm(self.event.task)

    @property
    def memory(self) -> Memory:
        """The figures of the moment."""
        return Memory(self.trace, self.style, self.people, self.values)

    def lines(self) -> Iterator[str]:
        """All that is printed instead of the routine's own short line."""
        text = str(self.event.result)
        for form, teller in _TELLINGS:
            found = form.fullmatch(text)
            if found:
                yield from teller(self, found)
                return
        yield text

    def stack(self, *tops: str) -> Iterator[str]:
        """Who runs, and how it came here; `tops` are the functions that print, innermost first."""
        yield self.style.cpu(self.people.pid(self.event.task), self.comm)
        work = self.standing.entry(self.event.task, self.event).work
        if work:
            yield f"Workqueue: events {work}"
        frames = self.standing.frames(self.event, running=True)
        yield from self.style.call_trace((*tops, *frames))

    def mask(self) -> int:
        """What is asked for: nothing by a page fault, GFP_KERNEL by a person or for a group."""
        callers = set(self.event.stack)
        if "pagefault_out_of_memory" in callers and "mem_cgroup_out_of_memory" not in callers:
            return 0
        if callers & {"moom_callback", "mem_cgroup_out_of_memory"}:
            return flags.GFP_KERNEL
        request = innermost(self.trace, self.event.task).get(id(self.event))
        return request.gfp if request else 0

    def score(self, process: str) -> int:
        """oom_badness in thousandths of all memory, as the kernel printed it until 5.2."""
        memory = self.memory
        return memory.rss(process) * 1000 // max(1, memory.total)


def _invoked(report: KernelMessage) -> str:
    style, mask = report.style, mask_text(report.mask(), report.style)
    order = SYSRQ_ORDER if "moom_callback" in report.event.stack else 0
    who = f"{report.comm} invoked oom-killer: gfp_mask={mask}, "
    rest = f"order={order}, oom_score_adj=0"
    if style.since(4, 9) and not style.since(5, 0):
        nodes = "nodemask=(null),  " if style.since(4, 11) else "nodemask=0, "
        return who + nodes + rest
    return who + rest


def _killed(report: KernelMessage, found: re.Match[str]) -> Iterator[str]:
    """oom_kill_process: the whole report."""
    style, people, memory = report.style, report.people, report.memory
    why, victim = found[1], found[2]
    comm, pid, pages = people.comm(victim), people.pid(victim), memory.rss(victim)
    group = why.startswith("Memory cgroup")
    yield _invoked(report)
    yield from cpuset_line(report.comm, style)
    yield from report.stack(style.dump_stack, "dump_header")
    if group:
        if not style.since(5, 0):
            yield f"Task in {GROUP} killed as a result of limit of {GROUP}"
        yield f"memory: usage {pages * PAGE_KIB}kB, limit {pages * PAGE_KIB}kB, failcnt 1"
    else:
        yield from memory.lines()
    yield from memory.table()
    if style.since(5, 0):
        scope = f"oom_memcg={GROUP},task_memcg={GROUP}" if group else "global_oom,task_memcg=/"
        yield (
            f"oom-kill:constraint=CONSTRAINT_{'MEMCG' if group else 'NONE'},nodemask=(null),"
            f"cpuset=/,mems_allowed=0,{scope},task={comm},pid={pid},uid=0"
        )
    size = f"total-vm:{pages * PAGE_KIB}kB, anon-rss:{pages * PAGE_KIB}kB, file-rss:0kB"
    size += ", shmem-rss:0kB" if style.since(4, 5) else ""
    if style.since(5, 3):
        yield f"{why}: Killed process {pid} ({comm}) {size}, UID:0 pgtables:0kB oom_score_adj:0"
        return
    yield f"{why}: Kill process {pid} ({comm}) score {report.score(victim)} or sacrifice child"
    yield f"Killed process {pid} ({comm}) {size}"


def _failed(report: KernelMessage, found: re.Match[str]) -> Iterator[str]:
    """warn_alloc."""
    style = report.style
    mask = mask_text(int(found[2], 16), style)
    yield (
        f"{report.comm}: page allocation failure: order:{found[1]}, mode:{mask}{nodemask(style)}"
    )
    if style.since(4, 10):
        yield from cpuset_line(report.comm, style)
    yield from report.stack(style.dump_stack)
    yield from report.memory.lines()


def _reaped(report: KernelMessage, found: re.Match[str]) -> Iterator[str]:
    people = report.people
    if not report.style.since(4, 6):
        return  # there was no reaper that could say so
    yield (
        f"oom_reaper: reaped process {people.pid(found[1])} ({people.comm(found[1])}), now "
        "anon-rss:0kB, file-rss:0kB, shmem-rss:0kB"
    )


def _unreapable(report: KernelMessage, found: re.Match[str]) -> Iterator[str]:
    people = report.people
    if report.style.since(4, 6):
        yield f"oom_reaper: unable to reap pid:{people.pid(found[1])} ({people.comm(found[1])})"


def _purged(report: KernelMessage, found: re.Match[str]) -> Iterator[str]:
    """i915_gem_shrinker_oom."""
    freed = f"Purging GPU memory, {found[1]} pages freed, 0 pages still pinned"
    if report.style.since(5, 0):
        yield f"{freed}, 0 pages left available."
        return
    yield f"{freed}."
    yield "0 and 0 pages still available in the bound and unbound GPU page lists."


def _puffed(report: KernelMessage, found: re.Match[str]) -> Iterator[str]:
    yield f"virtio_balloon virtio0: {found[1]}"


def _panicked(report: KernelMessage, found: re.Match[str]) -> Iterator[str]:
    why = {
        "out of memory. panic_on_oom is enabled": (
            "Out of memory: system-wide panic_on_oom is enabled"
            if report.style.since(4, 19)
            else "Out of memory: compulsory panic_on_oom is enabled"
        ),
        "Out of memory and no killable processes...": (
            "System is deadlocked on memory"
            if report.style.since(4, 19)
            else "Out of memory and no killable processes...\n"
        ),
    }.get(found[1], found[1]).strip()
    yield f"Kernel panic - not syncing: {why}"
    yield from report.stack(report.style.dump_stack, "panic")
    yield f"---[ end Kernel panic - not syncing: {why}" + (
        " ]---" if report.style.since(4, 20) else ""
    )


Telling = Callable[[KernelMessage, re.Match[str]], Iterator[str]]

_TELLINGS: tuple[tuple[re.Pattern[str], Telling], ...] = (
    (re.compile(r"((?:Memory cgroup o|O)ut of memory): Kill process (.+)"), _killed),
    (re.compile(r".+: page allocation failure: order:(\d+), mode:(0x[0-9a-f]+)"), _failed),
    (re.compile(r"oom_reaper: reaped process (.+), \d+ pages"), _reaped),
    (re.compile(r"oom_reaper: unable to reap process (.+)"), _unreapable),
    (re.compile(r"Purging GPU memory, (\d+) pages freed"), _purged),
    (re.compile(r"virtio_balloon: (.+)"), _puffed),
    (re.compile(r"Kernel panic - not syncing: (.+)"), _panicked),
)
"""What a routine of the model logs, and what a kernel prints there; anything else is printed as it
stands."""
