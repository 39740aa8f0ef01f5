"""One simulated machine: its memory, locks, tasks and processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from oomlab.brief import brief
from oomlab.engine.model import Actor, Layout, Model
from oomlab.engine.ops import Candidate, Routine, Slot
from oomlab.engine.slots import Says
from oomlab.errors import InputError
from oomlab.gfp import flags
from oomlab.kernel.compaction import Compaction
from oomlab.kernel.notifier import OOM_NOTIFY_LIST, BlockingNotifierChain, NotifierBlock
from oomlab.kernel.oom_watch import OomWatch
from oomlab.kernel.process import USUAL, MemCgroup, OomVictims, ProcessTraits
from oomlab.kernel.task import Process, Task
from oomlab.kernel.zone import Kswapd, Watermarks, Zone, ZoneDetails
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "Linux 5.17",
        "Its OOM killer differs from that of 4.19 in three ways: SysRq-f kills although a listener "
        "has given pages back, a page fault asks nobody any more (since 5.16), and nobody's child "
        "dies instead. Its allocator is that of 4.19: no boost of the watermarks (since 5.0).",
    ),
)

HZ_CHOICES = (100, 250, 1000)

KERNEL_4_13 = 4.13
KERNEL_4_14 = 4.14
KERNEL_4_19 = 4.19
KERNEL_5_17 = 5.17
KERNELS = (KERNEL_4_13, KERNEL_4_14, KERNEL_4_19, KERNEL_5_17)
"""The releases whose OOM killer the model knows; as numbers these sort by date."""


@dataclass(frozen=True)
class Costs:
    """Stated costs in microseconds (our choice; the kernel promises none of them).

    `reclaim_us`: one direct-reclaim round that finds nothing. `compact_us`: one round of direct
    compaction. `oom_return_us`: from releasing
    oom_lock without a page back to the next attempt, drawn between 1 and this.
    """

    reclaim_us: int = 500
    oom_return_us: int = 1
    compact_us: int = 500


NotifyOom = Callable[["Machine", Task], Routine]
"""How out_of_memory has the chain run. Result: pages freed."""

RegisterOom = Callable[["Machine", Task, NotifierBlock], Routine]
"""How a listener is added while the machine runs. Result: 0, or a negative error number."""

QuiesceOom = Callable[["Machine", int], Routine]
"""Waits until no walk of the chain is under way, at most so many jiffies. Result: 0 if one is."""

OOM_LOCK = "oom_lock"


def oom_lock_is_free(values: Mapping[str, Any]) -> bool:
    """For a property: does nobody have oom_lock?"""
    return not values[OOM_LOCK]


Shrinker = Callable[[Task], Routine]
"""What direct reclaim calls. Result: pages freed."""


@brief
@dataclass(eq=False)
class Machine:
    """Everything a kernel routine can reach without a pointer: the globals.

    `notify_oom` is the remedy's way of delivering the notifier chain; `try_oom_notifier`, in some
    remedies, is called before oom_lock is asked for; `register_oom` is the remedy's way of adding a
    listener, None for that of the released kernels; `quiesce_oom`, in one remedy, waits for a walk
    that is under way. `kernel` is the release, one of KERNELS.
    `compaction` is what compaction achieves (None: a kernel without CONFIG_COMPACTION), `kswapd`
    the swapper's part of the node (None: it has given up), `storage_suspended`: no I/O is possible,
    the system is going to sleep. `tells_steps`: requests note each step of the slow path in the
    trace.
    `total_pages` is what oom_score_adj is a thousandth of; `panic_on_oom` (0, 1, 2) and
    `oom_kill_allocating_task` are the sysctls of these names. `fs_test_first` is a what-if of ours:
    out_of_memory sends requests without `__GFP_FS` away before it asks the listeners.
    Raises InputError for an HZ the kernel does not offer.
    """

    layout: Layout
    zone: Zone
    notify_oom: NotifyOom
    hz: int = 250
    costs: Costs = Costs()
    kernel: float = KERNEL_4_13
    try_oom_notifier: NotifyOom | None = None
    register_oom: RegisterOom | None = None
    total_pages: int = 0
    panic_on_oom: int = 0
    oom_kill_allocating_task: bool = False
    fs_test_first: bool = False
    quiesce_oom: QuiesceOom | None = None
    watch: OomWatch | None = None
    dma_zone: Zone | None = None
    compaction: Compaction | None = None
    kswapd: Kswapd | None = None
    storage_suspended: bool = False
    tells_steps: bool = False
    oom_lock: Slot = field(init=False)
    oom_notify_list: BlockingNotifierChain = field(init=False)
    oom_reaper_list: Slot = field(init=False)
    oom_reaper_wait: Slot = field(init=False)
    panicked: Slot = field(init=False)
    oom_killer_disabled: Slot | None = None
    oom_victims: OomVictims | None = None
    processes: list[Process] = field(default_factory=list)
    actors: list[Actor] = field(default_factory=list)
    shrinkers: list[Shrinker] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.hz not in HZ_CHOICES:
            valid = ", ".join(map(str, HZ_CHOICES))
            raise InputError(f"HZ cannot be {self.hz}; valid: {valid}")
        self.oom_lock = self.layout.mutex(OOM_LOCK, polled=True)
        self.oom_notify_list = BlockingNotifierChain.declare(self.layout, OOM_NOTIFY_LIST)
        self.oom_reaper_list = self.layout.word(
            "oom_reaper_list",
            (),
            says={
                "push": "puts the victim on top of the reaper's stack",
                "pop": "takes the next victim from the stack",
            },
        )
        self.oom_reaper_wait = self.layout.queue(
            "oom_reaper_wait", "work", says={"wake": "wakes the reaper"}
        )
        self.panicked = self.layout.word("panic", 0)

    @classmethod
    def boot(
        cls,
        layout: Layout,
        *,
        free: int,
        marks: Watermarks,
        notify_oom: NotifyOom,
        reclaimable: int = 0,
        hz: int = 250,
        costs: Costs | None = None,
        kernel: float = KERNEL_4_13,
        details: ZoneDetails | None = None,
    ) -> Machine:
        """A machine with `free` free and `reclaimable` reclaimable pages and no tasks yet."""
        zone = Zone.declare(layout, free, reclaimable, marks, details=details)
        return cls(layout, zone, notify_oom, hz, costs or Costs(), kernel)

    def let_suspend(self) -> None:
        """Declare what oom_killer_disable needs; before the first process is added."""
        self.oom_killer_disabled = self.layout.word(
            "oom_killer_disabled",
            0,
            says={
                "read": "asks whether the OOM killer is off",
                "write": "switches the OOM killer off or on",
            },
        )
        self.oom_victims = OomVictims(
            self.layout.word("oom_victims", 0, says={"add": "counts the victims that are left"}),
            self.layout.queue("oom_victims_wait", "anybody"),
        )

    def zone_for(self, gfp: int) -> Zone:
        """The zone that a request is served from: without highmem, ZONE_DMA is the only other."""
        if self.dma_zone is not None and gfp & flags.DMA:
            return self.dma_zone
        return self.zone

    def process(
        self,
        name: str,
        rss: int,
        traits: ProcessTraits = USUAL,
        *,
        parent: Process | None = None,
        mmap_sem: bool = False,
        shared: bool = False,
    ) -> Process:
        """Add a process that holds `rss` pages. `mmap_sem`: somebody may be in the reaper's way;
        `shared`: another process is going to share its memory."""
        number = len(self.processes)
        process = replace(
            Process.declare(self.layout, number, name, rss, self.oom_victims),
            traits=traits,
            users=self.layout.word(f"users of the mm of {name}", 1) if shared else None,
            mmap_sem=self.layout.rwsem(
                f"mmap_sem of {name}",
                says={"down_read_trylock": "tries to read the victim's mappings"},
            )
            if mmap_sem
            else None,
            parent=None if parent is None else parent.number,
        )
        self.processes.append(process)
        return process

    def share(self, name: str, other: Process, traits: ProcessTraits = USUAL) -> Process:
        """Add a process that lives in the memory of `other` (which must be `shared`)."""
        number = len(self.processes)
        process = replace(Process.sharing(self.layout, number, name, other), traits=traits)
        assert process.users is not None
        self.layout.start_with(process.users, sum(p.rss is other.rss for p in self.processes) + 1)
        self.processes.append(process)
        return process

    def spawn(
        self,
        name: str,
        what: str,
        body: Callable[[Task], Routine],
        *,
        process: Process | None = None,
        is_worker: bool = False,
        reclaim_meets: tuple[Slot, ...] = (),
        shrinkers_meet: tuple[Slot, ...] = (),
        pf_memalloc: bool = False,
        pf_dumpcore: bool = False,
        realtime: bool = False,
        reclaim_us: Slot | None = None,
        foreground: bool = True,
        serves: bool = False,
        starts_at_us: int = 0,
    ) -> Task:
        """Add a task that runs `body(task)`; see Task and Actor for the meanings. A task that
        serves is never in the foreground."""
        index = len(self.actors)
        task = Task(
            index,
            name,
            self.layout.pool(
                f"page in the hand of {name}",
                role="kept",
                says={
                    "move": Says(
                        "puts the page where it belongs", order="put the page where it belongs"
                    )
                },
            ),
            self.layout.word(
                f"freed, on the stack of {name}",
                0,
                private_to=index,
                role="freed",
                says={
                    "read": "reads how many pages the listeners gave back",
                    "write": "sets its own count of freed pages to 0",
                },
            ),
            process,
            is_worker,
            reclaim_meets,
            shrinkers_meet,
            pf_memalloc,
            pf_dumpcore,
            realtime,
            reclaim_us=reclaim_us,
        )
        if self.watch is not None:
            self.watch.follow(task)
        self.actors.append(
            Actor(
                index,
                name,
                what,
                lambda: body(task),
                foreground and not serves,
                serves,
                starts_at_us,
                is_worker,
            )
        )
        return task

    def candidates(self, memcg: MemCgroup | None = None) -> tuple[Candidate, ...]:
        """All processes as the OOM killer sees them; those of one group if `memcg` is given."""
        return tuple(p.as_candidate() for p in self.processes if memcg in (None, p.traits.memcg))

    def sharers(self, process: Process) -> tuple[Process, ...]:
        """The other processes that live in the memory of `process`."""
        return tuple(p for p in self.processes if p is not process and p.shares_mm(process))

    def children(self, process: Process) -> tuple[Process, ...]:
        """Those whose parent `process` is and who have memory of their own."""
        return tuple(
            p for p in self.processes if p.parent == process.number and not p.shares_mm(process)
        )

    def model(self) -> Model:
        """What the engines need of this machine, and who is in its chain."""
        self.layout.calls(self.oom_notify_list.rwsem, self.oom_notify_list.listeners())
        watch = self.watch
        if watch is None:
            return Model(self.layout, self.actors, self.panicked, self.hz)
        watched = ((watch.observer,), watch.properties)
        return Model(self.layout, self.actors, self.panicked, self.hz, *watched)
