"""What the detectors say: hung tasks, held locks, soft lockups, stalls; and what SysRq shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from oomlab.analysis.detectors import SECOND_US, LogLine
from oomlab.analysis.episodes import innermost
from oomlab.analysis.episodes.once import events_of
from oomlab.dmesg.memory import Memory
from oomlab.dmesg.people import People
from oomlab.dmesg.requests import cpuset_line, mask_text, nodemask
from oomlab.dmesg.style import Style, data_address, made_up, text_address
from oomlab.dmesg.whereabouts import Lock, Whereabouts
from oomlab.engine.trace.events import Event, Trace
from oomlab.kernel.releases import Traits, traits_of

SLOW_PATH = "alloc_pages_slowpath"
KHUNGTASKD_PID = 30
"""Made up, as all are."""
_USAGE = {"rwsem": "++++", "mutex": "+.+."}


@dataclass(frozen=True)
class Detected:
    """The detectors of a machine, in the words of a style. `lockdep`: they can name the locks."""

    trace: Trace
    style: Style
    people: People
    standing: Whereabouts
    lockdep: bool

    @property
    def traits(self) -> Traits:
        """What the release is like."""
        return traits_of(self.style.release)

    def hung(self, line: LogLine, others: frozenset[str]) -> Iterator[str]:
        """check_hung_task, of one task; `others` are reported in the same scan."""
        seconds = (line.at_us - line.since_us) // SECOND_US if self.style.since(4, 20) else None
        blocked_s = line.text.split()[-2] if seconds is None else seconds
        yield f"INFO: task {self._who(line.task)} blocked for more than {blocked_s} seconds."
        yield f"      Not tainted {self.style.uname} #1"
        yield '"echo 0 > /proc/sys/kernel/hung_task_timeout_secs" disables this message.'
        yield from self.standing.shown(line.task, line.at_us)
        yield from self._blocker(line, others)

    def _who(self, task: str) -> str:
        return f"{self.people.comm(task)}:{self.people.pid(task)}"

    def _blocker(self, line: LogLine, others: frozenset[str]) -> Iterator[str]:
        """debug_show_blocker: the owner of a mutex since 6.15, of an rwsem since 6.17."""
        wanted = [lock for lock in self.standing.locks(line.task, line.at_us) if lock.wanted]
        event = self.standing.last_event(line.task, line.at_us)
        if not wanted or event is None:
            return
        who, semaphore = self._who(line.task), event.op in ("down_read", "down_write")
        named = self.style.since(6, 17) if semaphore else self.traits.hung_task_names_owner
        if not named:
            return
        owners = self.standing.owners(wanted[0].name, line.at_us)
        kind = "an rw-semaphore" if semaphore else "a mutex"
        if not owners or owners[0].task not in self.standing.tasks:
            yield f"INFO: task {who} is blocked on {kind}, but the owner is not found."
            return
        owner = self._who(owners[0].task)
        if semaphore:
            mine = "reader" if event.op == "down_read" else "writer"
            theirs = "reader" if owners[0].mode == "reads" else "writer"
            yield (
                f"INFO: task {who} <{mine}> blocked on an rw-semaphore likely owned by task "
                f"{owner} <{theirs}>"
            )
        else:
            yield f"INFO: task {who} is blocked on a mutex likely owned by task {owner}."
        if not self.style.since(7, 0) or owners[0].task not in others:
            yield from self.standing.shown(owners[0].task, line.at_us)

    def all_locks(self, at_us: int, *, by_khungtaskd: bool = False) -> Iterator[str]:
        """debug_show_all_locks; nothing without lockdep. Who runs is left out, as there."""
        if not self.lockdep:
            return
        yield ""
        yield "Showing all locks held in the system:"
        if by_khungtaskd:
            yield f"1 lock held by khungtaskd/{KHUNGTASKD_PID}:"
            yield self._lock(0, "rcu_read_lock", "....", "1:2", "debug_show_all_locks")
        for task in self.standing.tasks:
            locks = [*self.standing.locks(task, at_us)]
            if not locks or not self.standing.asleep(task, at_us):
                continue
            plural = "lock" if len(locks) == 1 else "locks"
            comm, pid = self.people.comm(task), self.people.pid(task)
            yield f"{len(locks)} {plural} held by {comm}/{pid}:"
            for place, lock in enumerate(locks):
                yield self._lock(place, *self._class(lock), lock.asked_in)
        yield ""
        yield "============================================="

    def _class(self, lock: Lock) -> tuple[str, str, str]:
        kinds = {slot.name: slot.kind for slot in self.trace.slots}
        usage = _USAGE.get(kinds[lock.name], "+.+.")
        name = lock.name
        if name.endswith(" rwsem"):
            name = f"({name.removesuffix(' rwsem')}).rwsem"
        return name, usage, "4:4" if self.style.since(6, 13) else "3:3"

    def _lock(self, place: int, name: str, usage: str, wait: str, function: str) -> str:
        since, at = self.style.since, self.style.symbol(function)
        if not since(4, 17):
            plain = at if not since(4, 10) else f"[<{text_address(function)}>] {at}"
            usage += "" if since(4, 14) else usage[:2]  # reclaim had a state of its own
            return f" #{place}:  ({name}){{{usage}}}, at: {plain}"
        address = data_address(name) if since(5, 3) else f"00000000{made_up(name):08x}"
        waits = f"-{{{wait}}}" if since(5, 8) else ""
        return f" #{place}: {address} ({name}){{{usage}}}{waits}, at: {at}"

    def soft_lockup(self, line: LogLine) -> Iterator[str]:
        """watchdog_timer_fn."""
        seconds = ((line.at_us - line.since_us) * 1000) >> 30
        title = "watchdog: BUG" if self.style.since(4, 13) else "NMI watchdog: BUG"
        yield f"{title}: soft lockup - CPU#0 stuck for {seconds}s! [{self._who(line.task)}]"
        event = self.standing.last_event(line.task, line.at_us)
        if event is not None:
            yield self.style.cpu(self.people.pid(line.task), self.people.comm(line.task))
            frames = self.standing.frames(event)
            yield f"RIP: 0010:{self.style.symbol(frames[0])}"
            yield from self.style.call_trace(frames[1:])

    def stall(self, line: LogLine) -> Iterator[str]:
        """warn_alloc, from 4.9 on, in the words of a warning of a task or of the machine."""
        style, task = self.style, line.task
        event = self._coming_round(line)
        if not style.since(4, 9) or event is None:
            return
        request = innermost(self.trace, task)[id(event)]
        mask, comm = mask_text(request.gfp, style), self.people.comm(task)
        for_us = line.at_us - line.since_us
        if self.traits.stall_warnings == "one in ten seconds":
            yield (
                f"{comm}: page allocation stall for {for_us // SECOND_US} secs: order:0, "
                f"mode:{mask} nodemask=(null),cpuset=/,mems_allowed=0"
            )
        else:
            yield (
                f"{comm}: page allocation stalls for {for_us // 1000}ms, order:0, mode:{mask}"
                f"{nodemask(style)}"
            )
            if style.since(4, 10):
                yield from cpuset_line(comm, style)
        pid, uid = self.people.pid(task), "UID: 0 " if style.since(6, 11) else ""
        yield f"CPU: 0 {uid}PID: {pid} Comm: {comm} Not tainted {style.uname} #1"
        # It is said where the task comes round, and not in what it has called meanwhile.
        depth = len(event.stack) - event.stack[::-1].index(SLOW_PATH)
        frames = self.standing.frames(replace(event, stack=event.stack[:depth]), running=True)
        yield from style.call_trace((style.dump_stack, "warn_alloc", *frames))
        yield from Memory(self.trace, style, self.people, self.trace.values_at(line.at_us)).lines()

    def _coming_round(self, line: LogLine) -> Event | None:
        """What the task had done last in the request that a stall warning is about."""
        requests = innermost(self.trace, line.task)
        for event in reversed(events_of(self.trace)[line.task]):
            request = requests.get(id(event))
            if event.at_us <= line.at_us and request and request.began_us == line.since_us:
                return event if SLOW_PATH in event.stack else None
        return None

    def blocked_tasks(self, at_us: int) -> Iterator[str]:
        """SysRq-w, and SysRq-d where there is lockdep: what a person asks for."""
        sysrq = "sysrq: " if self.style.since(4, 20) else "sysrq: SysRq : "
        yield f"{sysrq}Show Blocked State"
        if not self.style.since(5, 9):
            yield "  task                        PC stack   pid father"
        for task in self.standing.tasks:
            if self.standing.asleep(task, at_us):
                yield from self.standing.shown(task, at_us)
        if self.lockdep:
            yield f"{sysrq}Show Locks Held"
            yield from self.all_locks(at_us)
