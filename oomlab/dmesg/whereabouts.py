"""Where a task stands at a moment: its state, its stack, the locks it has and the one it wants."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from oomlab.analysis.episodes.locks import Held, holds
from oomlab.analysis.episodes.once import events_of
from oomlab.analysis.spans import Span, span_at, task_spans
from oomlab.dmesg.frames import WayIn, entry_of, kernel_frames
from oomlab.dmesg.people import KTHREADD, People
from oomlab.dmesg.style import Since, Style
from oomlab.engine.ops import LOCKING_KINDS
from oomlab.engine.trace.events import Event, TaskInfo, Trace

_SLEEP = ("schedule", "__schedule")
_MUTEX = (
    Since(4, 4, ("mutex_lock", "__mutex_lock_slowpath", "schedule_preempt_disabled", *_SLEEP)),
    Since(
        4, 11,
        ("mutex_lock", "__mutex_lock_slowpath", "__mutex_lock.isra.0", "schedule_preempt_disabled",
         *_SLEEP),
    ),
    Since(
        5, 11,
        ("mutex_lock", "__mutex_lock_slowpath", "__mutex_lock.constprop.0",
         "schedule_preempt_disabled", *_SLEEP),
    ),
)  # fmt: skip
_READS = (
    Since(4, 4, ("down_read", "call_rwsem_down_read_failed", "rwsem_down_read_failed", *_SLEEP)),
    Since(5, 3, ("down_read", "rwsem_down_read_slowpath", *_SLEEP)),
)
_WRITES = (
    Since(4, 4, ("down_write", "call_rwsem_down_write_failed", "rwsem_down_write_failed", *_SLEEP)),
    Since(5, 3, ("down_write", "rwsem_down_write_slowpath", *_SLEEP)),
)
WAITS_IN = {
    "mutex_lock": _MUTEX,
    "mutex_lock_killable": (
        Since(4, 4, ("mutex_lock_killable", "__mutex_lock_killable_slowpath",
                     "schedule_preempt_disabled", *_SLEEP)),
    ),
    "down_read": _READS,
    "down_write": _WRITES,
    "spin_lock": (
        Since(4, 4, ("_raw_spin_lock", "native_queued_spin_lock_slowpath")),
    ),
}  # fmt: skip
"""In which functions somebody waits for a lock, outermost first, by the op that asks for it."""
_TIMED = ("schedule_timeout", *_SLEEP)
_NAP = ("schedule_timeout_uninterruptible", *_TIMED)
_KILLABLE_NAP = ("schedule_timeout_killable", *_TIMED)
"""How the OOM killer rests after a kill, until 4.18; everybody else's nap is deaf to signals."""


class Lock(NamedTuple):
    """A lock that a task has (or, last of its list, waits for), and where it asked for it."""

    name: str
    asked_in: str
    wanted: bool


@dataclass(frozen=True)
class Whereabouts:
    """The tasks of a run, in the words of a style."""

    trace: Trace
    style: Style
    people: People

    @cached_property
    def _moments(self) -> dict[str, list[int]]:
        return {task: [e.at_us for e in mine] for task, mine in events_of(self.trace).items()}

    @cached_property
    def tasks(self) -> dict[str, TaskInfo]:
        """The tasks of this kernel by name; a host or a device is none."""
        found = {}
        for task in self.trace.tasks:
            mine = events_of(self.trace)[task.name]
            if not mine or not entry_of(mine[0].stack[0], task).outside:
                found[task.name] = task
        return found

    def last_event(self, task: str, at_us: int) -> Event | None:
        """What the task did last; None before its first step."""
        number = bisect_right(self._moments[task], at_us)
        return events_of(self.trace)[task][number - 1] if number else None

    def span(self, task: str, at_us: int) -> Span:
        """What it is doing."""
        return span_at(task_spans(self.trace), task, at_us)

    def asleep(self, task: str, at_us: int) -> bool:
        """Would the kernel call its state D? Not of who has nothing to do: that is S."""
        state = self.span(task, at_us).state
        event = self.last_event(task, at_us)
        if event is None or state in ("idle", "done"):
            return False
        naps = event.condition == "sleeps" and event.op == "sleep"
        spins = event.op == "spin_lock"
        return (event.condition == "blocked" and not spins) or naps or state == "polls"

    def entry(self, task: str, event: Event) -> WayIn:
        """How it came into the kernel."""
        return entry_of(event.stack[0], self.tasks[task])

    def frames(self, event: Event, *, running: bool = False) -> list[str]:
        """The stack at an event, innermost function first, with what it waits in (unless it is
        `running`)."""
        found = [*kernel_frames(event.stack, self.tasks[event.task], self.style)]
        return [*found, *([] if running else self._waits_in(event))][::-1]

    def _waits_in(self, event: Event) -> tuple[str, ...]:
        if event.condition == "blocked":
            if event.op in WAITS_IN:
                return self.style.chosen(WAITS_IN[event.op])
            return _TIMED if "wait_event_timeout" in event.stack else _SLEEP
        if event.condition in ("polling", "polled") or event.op == "sleep":
            return _KILLABLE_NAP if event.function == "out_of_memory" else _NAP
        return ()

    def locks(self, task: str, at_us: int) -> Iterator[Lock]:
        """What it has, in the order of taking, and what it waits for: lockdep lists both."""
        event = self.last_event(task, at_us)
        mine = [
            held
            for each in holds(self.trace).values()
            for held in each
            if held.task == task and held.start_us <= at_us
            and (held.to_the_end or held.end_us > at_us)
        ]  # fmt: skip
        for held in sorted(mine, key=_first):
            yield Lock(held.lock, self._taken_in(held), wanted=False)
        if event is not None and event.condition == "blocked" and event.op in LOCKING_KINDS:
            yield Lock(event.on, self._innermost(event), wanted=True)

    def _taken_in(self, held: Held) -> str:
        number = held.numbers[0]
        return self._innermost(self.trace.events[number]) if number >= 0 else "do_one_initcall"

    def _innermost(self, event: Event) -> str:
        if event.task not in self.tasks:  # what a device took
            return event.function
        return [*kernel_frames(event.stack, self.tasks[event.task], self.style)][-1]

    def owners(self, lock: str, at_us: int) -> tuple[Held, ...]:
        """Who has a lock."""
        return tuple(
            held
            for held in holds(self.trace).get(lock, ())
            if held.start_us <= at_us and (held.to_the_end or held.end_us > at_us)
        )

    def shown(self, task: str, at_us: int) -> Iterator[str]:
        """sched_show_task: its state and its stack."""
        event = self.last_event(task, at_us)
        comm, pid = self.people.comm(task), self.people.pid(task)
        state = "D" if self.asleep(task, at_us) else "S"
        running = state == "S" and event is not None and self.span(task, at_us).state == "runs"
        state = "R" if running else state
        parent = KTHREADD if event and self.entry(task, event).kernel_thread else 1
        yield self._header(comm, state, pid, parent)
        if event is not None:
            work = self.entry(task, event).work
            if work:
                yield f"Workqueue: events {work}"
            yield from self.style.call_trace(self.frames(event, running=running))

    def _header(self, comm: str, state: str, pid: int, parent: int) -> str:
        since = self.style.since
        if not since(4, 13):
            return f"{comm:<15} {state} ffff8800{pid:08x} {0:5} {pid:5} {parent:6} 0x00000000"
        if not since(5, 9):
            return f"{comm:<15} {state} {0:5} {pid:5} {parent:6} 0x80000000"
        if not since(6, 2):
            return (
                f"task:{comm:<15} state:{state} stack:{0:5} pid:{pid:5} ppid:{parent:6} "
                "flags:0x00004000"
            )
        group = f"tgid:{pid:<5} " if since(6, 7) else ""
        flags = "task_flags:0x400000 " if since(6, 15) else ""
        return (
            f"task:{comm:<15} state:{state} stack:{0:<5} pid:{pid:<5} {group}ppid:{parent:<6} "
            f"{flags}flags:0x00004000"
        )


def _first(held: Held) -> int:
    return held.numbers[0]
