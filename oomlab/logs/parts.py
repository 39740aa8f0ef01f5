"""What the records of a kernel log are made of: places, tasks, frames, locks, memory figures.

Texts are as the log has them, control characters included: whoever shows one escapes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from oomlab.brief import brief


@brief
@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where a record stands in a log.

    `first` and `last`: numbers of its lines, from 1. `boot_us`: microseconds since the machine
    started, None where no line says so. `wall`: date and time as they are printed, None likewise.
    `caller`: the task ("T7549") or processor ("C1") that printed it, where the kernel says.
    """

    first: int
    last: int
    boot_us: int | None = None
    wall: str | None = None
    caller: str | None = None


@dataclass(frozen=True, slots=True)
class TaskName:
    """A task as a log names it. `pid`: None where it is not said."""

    comm: str
    pid: int | None = None

    def __str__(self) -> str:
        return self.comm if self.pid is None else f"{self.comm}:{self.pid}"


@dataclass(frozen=True, slots=True)
class CallFrame:
    """One function of a stack, in `line`. `module`: "" for the kernel itself. `sure`: False where
    the kernel printed `?`: the address lay on the stack, the task may have been there earlier."""

    function: str
    line: int
    module: str = ""
    sure: bool = True


@dataclass(frozen=True, slots=True)
class LockSeen:
    """A lock as lockdep shows it: its class, how it may be used, its address, where it was asked
    for. "" for what is not said."""

    name: str
    line: int
    usage: str = ""
    address: str = ""
    function: str = ""


LockKind = Literal["mutex", "semaphore", "rw-semaphore", "lock"]
"""What a task waits for, in the kernel's words; `lock` for one that is not known here."""

OwnerMode = Literal["owner", "last holder", "reader", "writer"]
"""How the owner has the lock."""


@dataclass(frozen=True, slots=True)
class BlockedOn:
    """What the hung-task detector says about the lock that a task waits for (6.15 and later).

    `owner`: who has it, None if it was not found. The kernel says "likely": the owner may have
    changed while it looked. `wants`: "reader" or "writer" of an rw-semaphore, else "".
    """

    kind: LockKind
    line: int
    owner: TaskName | None = None
    mode: OwnerMode = "owner"
    wants: str = ""


@brief
@dataclass(frozen=True, slots=True)
class ZoneFigures:
    """Memory of one zone, in kB; None for what the log does not say. `boost`: what the min mark is
    raised by for a while (5.0 and later)."""

    node: int
    name: str
    free_kb: int
    min_kb: int
    low_kb: int
    high_kb: int
    boost_kb: int | None = None
    managed_kb: int | None = None
    present_kb: int | None = None
    all_unreclaimable: bool | None = None


@brief
@dataclass(frozen=True, slots=True)
class MemoryFigures:
    """The block about memory. `counts`: pages by the kernel's words ("active_anon"). Swap in kB.
    `ram_pages` and `pagecache_pages`: as they are printed at its end. `group_usage_kb`,
    `group_limit_kb`: of the memory cgroup, where one was full."""

    zones: tuple[ZoneFigures, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    all_unreclaimable: bool | None = None
    swap_free_kb: int | None = None
    swap_total_kb: int | None = None
    ram_pages: int | None = None
    pagecache_pages: int | None = None
    group_usage_kb: int | None = None
    group_limit_kb: int | None = None

    def count(self, name: str) -> int | None:
        """Pages counted under one of the kernel's words; None if it is not there."""
        return next((pages for word, pages in self.counts if word == name), None)


NO_FIGURES = MemoryFigures()


@brief
@dataclass(frozen=True, slots=True)
class TaskRow:
    """One row of the table of processes. `rss` and `total_vm` in pages. `adj`: oom_score_adj, or
    oom_adj until 2.6.35."""

    task: TaskName
    uid: int
    total_vm: int
    rss: int
    swapents: int | None = None
    adj: int | None = None


@dataclass(frozen=True, slots=True)
class Reaped:
    """What the OOM reaper (4.6 and later) said about a victim: `done`, or that it was unable to."""

    done: bool
    line: int
    boot_us: int | None = None
    before_next: bool = True
    """Did it say so before somebody invoked the OOM killer again?"""


@brief
@dataclass(frozen=True, slots=True)
class Victim:
    """A process that was killed. `score`: in thousandths, printed until 5.2. `rss_kb`: the sum of
    what is resident. `pages` of the group that died with it are separate victims."""

    task: TaskName
    line: int
    score: int | None = None
    total_vm_kb: int | None = None
    rss_kb: int | None = None
    uid: int | None = None
    adj: int | None = None
    reaped: Reaped | None = None


NotifierSeenBy = Literal["line", "sure frame", "? frame"]
"""What shows that a listener ran: its own line; that the stack is in it; that it was there."""


@dataclass(frozen=True, slots=True)
class NotifierSeen:
    """A listener of the OOM notifier chain that has left a trace, in `line`. `driver`: "i915",
    "virtio_balloon", "cmm", "rcu"; "?" for the chain itself without a known listener."""

    driver: str
    by: NotifierSeenBy
    line: int
