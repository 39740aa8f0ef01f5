"""What can be read in a kernel log: one class a kind of record.

A kernel prints no record whole: lines are lost, cut and mixed. So everything but the place may be
missing, and then is None, "" or empty. Texts are as the log has them (see `parts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from oomlab.brief import brief
from oomlab.errors import InputError
from oomlab.gfp.printed import PrintedMask, read_printed
from oomlab.logs.parts import (
    NO_FIGURES,
    BlockedOn,
    CallFrame,
    LockSeen,
    LogPlace,
    MemoryFigures,
    NotifierSeen,
    TaskName,
    TaskRow,
    Victim,
)

ReportPath = Literal["allocator", "page fault", "memory cgroup", "SysRq", "kswapd", "unknown"]
"""On which way somebody came to ask the OOM killer."""


@brief
@dataclass(frozen=True, kw_only=True)
class Incident:
    """One record. `release`: of the kernel that printed it, as the nearest line says it; "" if none
    does. `frames`: the stack printed with it, innermost function first."""

    kind: ClassVar[str] = ""

    place: LogPlace
    release: str = ""
    frames: tuple[CallFrame, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AboutRequest(Incident):
    """A record about a request for memory. `mask_text`: the mask as it is printed, with the names
    beside it; "" where none is. `order`: None likewise; -1 for SysRq-f."""

    task: TaskName
    mask_text: str = ""
    order: int | None = None
    nodemask: str = ""
    cpuset: str = ""
    mems_allowed: str = ""
    memory: MemoryFigures = NO_FIGURES

    @property
    def mask(self) -> PrintedMask | None:
        """The mask, read with the numbers of `release`; None if there is none that can be."""
        return read_mask(self.mask_text, self.release)


def read_mask(text: str, release: str) -> PrintedMask | None:
    """A mask of a log; with the numbers of `release` if that is one. None if it cannot be read."""
    for kernel in (release or None, None):
        try:
            return read_printed(text, kernel=kernel)
        except InputError:
            continue
    return None


@brief
@dataclass(frozen=True, kw_only=True)
class OomReport(AboutRequest):
    """Somebody invoked the OOM killer. `task` did.

    `constraint`: as printed ("CONSTRAINT_NONE"). `memcg`: the group that was full, "" if it was the
    machine. `table`: the largest processes that could be killed; `rows`: how many there were.
    `victims`: who was killed, several with `oom.group`. `nobody`: it found no process to kill.
    `notifiers`: what is seen of the chain. `adj`: the invoker's oom_score_adj. `whole_group`: all
    of the group die (memory.oom.group). `asker_dies`: no victim was looked for
    (oom_kill_allocating_task).
    """

    kind = "oom"

    path: ReportPath = "unknown"
    adj: int | None = None
    constraint: str = ""
    memcg: str = ""
    table: tuple[TaskRow, ...] = ()
    rows: int = 0
    victims: tuple[Victim, ...] = ()
    nobody: bool = False
    notifiers: tuple[NotifierSeen, ...] = ()
    whole_group: bool = False
    asker_dies: bool = False

    @property
    def bound_to(self) -> str:
        """What kept the request from a part of the machine's memory: "cpuset", "memory policy", or
        "" for nothing that the log shows. Before 4.19 no line says so, but from 4.10 on a list of
        nodes beside the mask is that of a policy (mm/oom_kill.c, dump_header)."""
        if self.constraint:
            return _CONSTRAINTS.get(self.constraint, "")
        mask = self.mask
        policy = mask is not None and mask.era.first >= (4, 10)
        listed = self.nodemask not in ("", "(null)", self.mems_allowed)
        return "memory policy" if policy and listed else ""

    @property
    def nodes(self) -> str:
        """The nodes that the request was bound to, as they are printed; "" if it was to none."""
        return {"cpuset": self.mems_allowed, "memory policy": self.nodemask}.get(self.bound_to, "")

    @property
    def where(self) -> str:
        """In which memory the OOM killer looked, in words."""
        if self.bound_to == "cpuset":
            return f"only on the nodes of the cpuset {self.cpuset or '?'} ({self.nodes or '?'})"
        if self.bound_to:
            return f"only on the nodes of a memory policy ({self.nodes or '?'})"
        return "in the group" if self.memcg else "in the whole machine"

    @property
    def victim(self) -> Victim | None:
        """The first that was killed; None if the log shows nobody."""
        return self.victims[0] if self.victims else None


_CONSTRAINTS = {
    "CONSTRAINT_CPUSET": "cpuset",
    "CONSTRAINT_MEMORY_POLICY": "memory policy",
}

FailureKind = Literal["page allocation", "vmalloc", "SLUB", "SLAB", "unexpected mask", "other"]
"""Who failed: the page allocator, vmalloc, a slab; or a mask that may not be (`Unexpected gfp`)."""


@brief
@dataclass(frozen=True, kw_only=True)
class AllocationFailure(AboutRequest):
    """A request that got nothing (warn_alloc and its like). `bytes`: what vmalloc was asked for.
    `cache`: of a slab. `title`: the words of the kernel. `fixed_text`: the mask that is used
    instead of an unexpected one."""

    kind = "allocation-failure"

    what: FailureKind = "page allocation"
    title: str = ""
    bytes: int | None = None
    cache: str = ""
    fixed_text: str = ""


@brief
@dataclass(frozen=True, kw_only=True)
class AllocationStall(AboutRequest):
    """A request that has been waiting: `for_us`, printed in ms from 4.9 to 4.14 and in whole
    seconds in 7.3."""

    kind = "allocation-stall"

    for_us: int = 0


@brief
@dataclass(frozen=True, kw_only=True)
class HungTask(Incident):
    """A task that has not run for `seconds` (khungtaskd). `state`: its letter. `workqueue`: the
    work it does, if it is a worker. `blocked_on`: what the kernel says about the lock."""

    kind = "hung-task"

    task: TaskName
    seconds: int
    state: str = ""
    workqueue: str = ""
    blocked_on: BlockedOn | None = None


TaskReason = Literal["listed", "owner", "backtrace"]
"""Why the state of a task is shown: SysRq-w or -t; it has a lock that others wait for; a detector
or a warning shows a processor's stack."""


@brief
@dataclass(frozen=True, kw_only=True)
class TaskShown(Incident):
    """A task with its stack that is not itself reported: see TaskReason. `owner_of_wait`: who waits
    for it, where it is shown as an owner."""

    kind = "task"

    task: TaskName
    state: str = ""
    reason: TaskReason = "listed"
    workqueue: str = ""
    waiter: TaskName | None = None


@brief
@dataclass(frozen=True, kw_only=True)
class HeldLocks(Incident):
    """The locks that a task has ("N locks held by"); the last may be one that it waits for."""

    kind = "held-locks"

    task: TaskName
    number: int
    locks: tuple[LockSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class LockStep:
    """One step of lockdep's chain: the class, with the stack in which it was first taken."""

    number: int
    name: str
    line: int
    usage: str = ""
    frames: tuple[CallFrame, ...] = ()


@brief
@dataclass(frozen=True, kw_only=True)
class LockdepReport(Incident):
    """What lockdep objects to. `title`: its words. `wanted`: what `task` asks for. `held`: what it
    has. `steps`: the numbered chain, in the order of the log."""

    kind = "lockdep"

    title: str
    task: TaskName | None = None
    wanted: LockSeen | None = None
    held: tuple[LockSeen, ...] = ()
    steps: tuple[LockStep, ...] = ()


@brief
@dataclass(frozen=True, kw_only=True)
class WorkqueueStall(Incident):
    """A pool of workers that makes no progress. `in_flight` and `pending`: names of work."""

    kind = "workqueue-stall"

    pool: str = ""
    seconds: int | None = None
    in_flight: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()


@brief
@dataclass(frozen=True, kw_only=True)
class RcuStall(Incident):
    """A grace period of RCU that does not end. `flavour`: "rcu_preempt" and the like. `text`: the
    line. `tasks`: those that it says it waits for."""

    kind = "rcu-stall"

    flavour: str = ""
    text: str = ""
    tasks: tuple[TaskName, ...] = ()


@brief
@dataclass(frozen=True, kw_only=True)
class Lockup(Incident):
    """A processor that does not schedule (soft), or takes no interrupts (hard)."""

    kind = "lockup"

    task: TaskName | None = None
    cpu: int | None = None
    seconds: int | None = None
    hard: bool = False


NotifierLineKind = Literal["purge", "purge failed", "puff", "partial"]
"""i915 has purged its memory, or could not lock to; virtio_balloon got no pages to inflate with;
hv_balloon gives less than the host asked for. Only the first two are said in the chain."""


@brief
@dataclass(frozen=True, kw_only=True)
class NotifierLine(Incident):
    """A line of a driver that has a listener, or a balloon. `freed`, `pinned`, `left`: pages, or
    bytes if `unit` says so (to 4.3); `wanted`: pages that the balloon could not get."""

    kind = "notifier-line"

    what: NotifierLineKind
    driver: str
    text: str
    unit: Literal["pages", "bytes", ""] = ""
    freed: int | None = None
    pinned: int | None = None
    left: int | None = None
    wanted: int | None = None


@brief
@dataclass(frozen=True, kw_only=True)
class PageOwner(Incident):
    """Who allocated a page that something is wrong with."""

    kind = "page-owner"

    mask_text: str = ""
    order: int | None = None
    task: TaskName | None = None

    @property
    def mask(self) -> PrintedMask | None:
        """The mask of that allocation."""
        return read_mask(self.mask_text, self.release)


@brief
@dataclass(frozen=True, kw_only=True)
class Panic(Incident):
    """The kernel stopped for want of memory, or because a detector was told to stop it. `text`:
    what follows "Kernel panic - not syncing: ". `deadlocked`: nobody could be killed."""

    kind = "panic"

    text: str
    deadlocked: bool = False


@brief
@dataclass(frozen=True, kw_only=True)
class OrphanKill(Incident):
    """Somebody was killed, or reaped, and the report that belongs to it is not in the log."""

    kind = "kill"

    victim: Victim
    memcg: str = ""
    constraint: str = ""
