"""Tasks and processes as kernel routines see them (task_struct, mm_struct, signal_struct)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from oomlab.kernel.process import USUAL, OomVictims, ProcessTraits
from oomlab.limits import Limit
from oomlab.model import Layout
from oomlab.ops import (
    ANY_AMOUNT,
    Candidate,
    Routine,
    Slot,
    add,
    move,
    read,
    swap,
    wake,
    write,
)

LIMITS = (
    Limit(
        "simplified",
        "One thread each",
        "Every process has one thread. It exits as a whole: what is left of a process between the "
        "signal and its end is told by two words, its `SIGKILL` and the state of its memory.",
    ),
)


@dataclass(frozen=True, eq=False)
class Process:
    """Memory that belongs together and dies together; here always of a single thread.

    `mm` is "used", "victim" (chosen, not yet reaped), "skip" (MMF_OOM_SKIP: the killer may look
    elsewhere) or "gone". `sigkill` is 1 once the process must die, whoever said so.

    Two processes may share their memory (CLONE_VM without CLONE_THREAD): then `rss` is the same
    slot, and `users` counts those that have not exited. `mmap_sem` is None where nobody is ever in
    the reaper's way; `victims` where nobody waits for victims to exit. `parent` is a number.
    """

    number: int
    name: str
    rss: Slot
    mm: Slot
    sigkill: Slot
    memdie: Slot
    victims: OomVictims | None = None
    traits: ProcessTraits = USUAL
    users: Slot | None = None
    mmap_sem: Slot | None = None
    parent: int | None = None

    @classmethod
    def declare(
        cls, layout: Layout, number: int, name: str, rss: int, victims: OomVictims | None = None
    ) -> Process:
        """Declare a process that holds `rss` pages."""
        return cls(
            number,
            name,
            layout.pool(f"rss of {name}", rss),
            layout.word(f"mm of {name}", "used"),
            layout.word(f"SIGKILL for {name}", 0),
            layout.word(f"TIF_MEMDIE of {name}", 0),
            victims,
        )

    @classmethod
    def sharing(cls, layout: Layout, number: int, name: str, other: Process) -> Process:
        """Declare a process that lives in the memory of `other`, which must have `users`."""
        return cls(
            number,
            name,
            other.rss,
            layout.word(f"mm of {name}", "used"),
            layout.word(f"SIGKILL for {name}", 0),
            layout.word(f"TIF_MEMDIE of {name}", 0),
            other.victims,
            users=other.users,
            mmap_sem=other.mmap_sem,
        )

    def shares_mm(self, other: Process | None) -> bool:
        """Do the two live in the same memory?"""
        return other is not None and self.rss is other.rss

    def as_candidate(self) -> Candidate:
        """The process as the OOM killer sees it."""
        traits = self.traits
        return Candidate(
            self.number,
            self.rss,
            self.mm,
            traits.oom_score_adj,
            traits.other_pages,
            traits.cap_sys_admin,
            traits.is_init,
            traits.oom_origin,
            traits.in_vfork,
        )


@dataclass(frozen=True, eq=False)
class Task:
    """`current`: who runs a routine.

    `hand` is the page an allocation has just returned; `freed` is the stack variable whose address
    out_of_memory passes to the notifier chain. `reclaim_meets` are locks that this task's direct
    reclaim takes when the request allows filesystem work (our choice, per scenario: which locks a
    real reclaim round meets depends on what lies on the LRU lists); `shrinkers_meet` are locks
    taken by shrinkers that do not look at `__GFP_FS`. `pf_memalloc` (PF_MEMALLOC): every reserve is
    open, and no request of the task reclaims or asks the OOM killer. `reclaiming` is the same task
    while it reclaims, which is when the kernel sets that flag.
    """

    index: int
    name: str
    hand: Slot
    freed: Slot
    process: Process | None = None
    is_worker: bool = False
    reclaim_meets: tuple[Slot, ...] = ()
    shrinkers_meet: tuple[Slot, ...] = ()
    pf_memalloc: bool = False
    reclaiming: Task = field(init=False, repr=False)

    def __post_init__(self) -> None:
        twin = self if self.pf_memalloc else replace(self, pf_memalloc=True)
        object.__setattr__(self, "reclaiming", twin)


def fatal_signal_pending(current: Task) -> Routine:
    """Result: has the task's process been sent SIGKILL?"""
    if current.process is None:
        return False
    pending = yield read(current.process.sigkill)
    return bool(pending)


def do_exit(process: Process, free: Slot) -> Routine:
    """Give all memory back, if nobody else lives in it, and stop being a victim (kernel/exit.c,
    exit_mm)."""
    left = 0
    if process.users is not None:
        left = yield add(process.users, -1)
    if not left:
        yield move(process.rss, free, ANY_AMOUNT)
    yield write(process.mm, "gone")
    if process.victims is None:
        yield write(process.memdie, 0)
    else:
        yield from exit_oom_victim(process, process.victims)


def exit_oom_victim(process: Process, victims: OomVictims) -> Routine:
    """A victim is gone; the last one wakes who waits for that (mm/oom_kill.c)."""
    marked = yield swap(process.memdie, 0)
    if not marked:
        return
    left = yield add(victims.count, -1)
    if not left:
        yield wake(victims.wait)
