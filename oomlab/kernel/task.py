"""Tasks and processes as kernel routines see them (task_struct, mm_struct, signal_struct)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from oomlab.engine.model import Layout
from oomlab.engine.ops import Candidate, Routine, Slot, read
from oomlab.engine.slots import Says
from oomlab.gfp import flags
from oomlab.kernel.process import USUAL, OomVictims, ProcessTraits
from oomlab.limits import Limit

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
            layout.pool(
                f"rss of {name}",
                rss,
                role="rss",
                of=name,
                says={"move": Says(told="{pages} of process {of} become free ({task})")},
            ),
            *_fate(layout, name),
            victims,
        )

    @classmethod
    def sharing(cls, layout: Layout, number: int, name: str, other: Process) -> Process:
        """Declare a process that lives in the memory of `other`, which must have `users`."""
        return cls(
            number,
            name,
            other.rss,
            *_fate(layout, name),
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


def _fate(layout: Layout, name: str) -> tuple[Slot, Slot, Slot]:
    """Declare what is left of a process's memory, its SIGKILL and its TIF_MEMDIE."""
    return (
        layout.word(
            f"mm of {name}",
            "used",
            says={
                "read": "looks at what is left of a process's memory",
                "write": "notes what is left of a process's memory",
            },
        ),
        layout.word(
            f"SIGKILL for {name}",
            0,
            role="kill",
            of=name,
            says={
                "read": "asks whether it has been killed; no",
                "wait_for": "is woken by the signal",
                "write": Says(told="{task} has {of} killed"),
            },
        ),
        layout.word(
            f"TIF_MEMDIE of {name}",
            0,
            says={
                "read": "asks whether it has been marked as an OOM victim; no",
                "swap": "changes who may use the reserves",
            },
        ),
    )


class TaskTraits(NamedTuple):
    """What does not change about a task while the machine runs.

    `reclaim_meets` are locks that this task's direct
    reclaim takes when the request allows filesystem work (our choice, per scenario: which locks a
    real reclaim round meets depends on what lies on the LRU lists); `shrinkers_meet` are locks
    taken by shrinkers that do not look at `__GFP_FS`. `pf_memalloc` (PF_MEMALLOC): every reserve is
    open, and no request of the task reclaims or asks the OOM killer. `pf_dumpcore` (PF_DUMPCORE):
    it is writing a core dump. `realtime`: its scheduling class is.
    `reclaim_us` is a variable that says what one fruitless reclaim round costs this task at
    present, in microseconds; None for the machine's own cost.
    """

    reclaim_meets: tuple[Slot, ...] = ()
    shrinkers_meet: tuple[Slot, ...] = ()
    pf_memalloc: bool = False
    pf_dumpcore: bool = False
    realtime: bool = False
    reclaim_us: Slot | None = None


ORDINARY = TaskTraits()
"""A task like any other."""


@dataclass(frozen=True, eq=False)
class Task:
    """`current`: who runs a routine.

    `hand` is the page an allocation has just returned; `freed` is the stack variable whose address
    out_of_memory passes to the notifier chain. `reclaiming` is the same task while it reclaims,
    which is when the kernel sets PF_MEMALLOC. `memalloc_noio` and `memalloc_nofs`
    (PF_MEMALLOC_NOIO, PF_MEMALLOC_NOFS) take IO and FS away from each of its requests; a routine
    enters such a scope by passing `current.scope(...)` on.
    """

    index: int
    name: str
    hand: Slot
    freed: Slot
    process: Process | None = None
    traits: TaskTraits = ORDINARY
    is_worker: bool = False
    memalloc_noio: bool = False
    memalloc_nofs: bool = False
    reclaiming: Task = field(init=False, repr=False)
    _scopes: dict[tuple[bool, bool], Task] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        twin = self
        if not self.traits.pf_memalloc:
            twin = replace(self, traits=self.traits._replace(pf_memalloc=True))
        object.__setattr__(self, "reclaiming", twin)

    @classmethod
    def declare(
        cls,
        layout: Layout,
        index: int,
        name: str,
        process: Process | None = None,
        traits: TaskTraits = ORDINARY,
        *,
        is_worker: bool = False,
    ) -> Task:
        """Declare a task, its hand and its variable."""
        puts_back = Says("puts the page where it belongs", order="put the page where it belongs")
        hand = layout.pool(f"page in the hand of {name}", role="kept", says={"move": puts_back})
        freed = layout.word(
            f"freed, on the stack of {name}",
            0,
            private_to=index,
            role="freed",
            says={
                "read": "reads how many pages the listeners gave back",
                "write": "sets its own count of freed pages to 0",
            },
        )
        return cls(index, name, hand, freed, process, traits, is_worker)

    def scope(self, *, noio: bool = False, nofs: bool = False) -> Task:
        """The same task inside memalloc_noio_save or memalloc_nofs_save; the same object each
        time, so that both engines recognise it."""
        key = (self.memalloc_noio or noio, self.memalloc_nofs or nofs)
        if key == (self.memalloc_noio, self.memalloc_nofs):
            return self
        if key not in self._scopes:
            self._scopes[key] = replace(self, memalloc_noio=key[0], memalloc_nofs=key[1])
        return self._scopes[key]


def current_gfp_context(current: Task, gfp: int) -> int:
    """What the task's scope leaves of a mask (include/linux/sched/mm.h): without IO there is no FS
    either."""
    if current.memalloc_noio:
        return gfp & ~(flags.IO | flags.FS)
    if current.memalloc_nofs:
        return gfp & ~flags.FS
    return gfp


def fatal_signal_pending(current: Task) -> Routine:
    """Result: has the task's process been sent SIGKILL?"""
    if current.process is None:
        return False
    pending = yield read(current.process.sigkill)
    return bool(pending)
