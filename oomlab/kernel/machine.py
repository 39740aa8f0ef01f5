"""One simulated machine: its memory, locks, tasks and processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from oomlab.brief import brief
from oomlab.engine.model import Actor, Layout, Model
from oomlab.engine.ops import Candidate, Routine, Slot
from oomlab.errors import InputError
from oomlab.gfp import flags
from oomlab.kernel.compaction import Compaction
from oomlab.kernel.machine_settings import (
    HZ_CHOICES,
    USUAL_COSTS,
    USUAL_SWITCHES,
    Costs,
    Switches,
)
from oomlab.kernel.notifier import OOM_NOTIFY_LIST, BlockingNotifierChain
from oomlab.kernel.oom_notify import Delivery
from oomlab.kernel.oom_watch import OomWatch
from oomlab.kernel.oom_watch_closely import look_closely
from oomlab.kernel.process import USUAL, MemCgroup, OomVictims, ProcessTraits
from oomlab.kernel.releases import KERNEL_4_13, Traits, traits_of
from oomlab.kernel.task import ORDINARY, Process, Task, TaskTraits
from oomlab.kernel.zone import Kswapd, Zone
from oomlab.kernel_release import KernelRelease

OOM_LOCK = "oom_lock"


def oom_lock_is_free(values: Mapping[str, Any]) -> bool:
    """For a property: does nobody have oom_lock?"""
    return not values[OOM_LOCK]


Shrinker = Callable[[Task], Routine]
"""What direct reclaim calls. Result: pages freed."""


@dataclass(frozen=True, eq=False)
class ReaperTimers:
    """What the OOM reaper's timers are told by: all victims so far, the latest first, and where the
    timers sleep."""

    queued: Slot
    wait: Slot

    @classmethod
    def declare(cls, layout: Layout) -> ReaperTimers:
        """Declare the two."""
        return cls(
            layout.word("oom_reaper_timers", (), says={"push": "starts the victim's timer"}),
            layout.queue("oom_reaper_timers_wait", "work", says={"wake": "starts the timer"}),
        )


@brief
@dataclass(frozen=True, eq=False)
class Machine:
    """Everything a kernel routine can reach without a pointer: the globals. `boot` makes one; after
    that, things are added to it.

    `zone` serves all requests but, on a machine that has `dma_zones`, those with `__GFP_DMA`.
    `delivery` is the remedy's way of having the notifier chain run. `traits` is what is so in the
    release that the machine is of. `total_pages` is what oom_score_adj is a thousandth of.
    `compaction` is what compaction achieves (None: a kernel without CONFIG_COMPACTION), `kswapd`
    the swapper's part of the node (None: it has given up), `watch` who looks on (None: nobody
    watches), `reaper_timers` what makes the reaper wait (None: it does not). `oom_killer_disabled`
    and `oom_victims` are None where nobody is going to switch the OOM killer off.
    """

    layout: Layout
    zone: Zone
    delivery: Delivery
    hz: int
    costs: Costs
    traits: Traits
    total_pages: int
    switches: Switches
    compaction: Compaction | None
    kswapd: Kswapd | None
    oom_lock: Slot
    oom_notify_list: BlockingNotifierChain
    oom_reaper_list: Slot
    oom_reaper_wait: Slot
    reaper_timers: ReaperTimers | None
    panicked: Slot
    oom_killer_disabled: Slot | None
    oom_victims: OomVictims | None
    watch: OomWatch | None
    dma_zones: list[Zone] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)
    actors: list[Actor] = field(default_factory=list)
    shrinkers: list[Shrinker] = field(default_factory=list)

    @classmethod
    def boot(
        cls,
        layout: Layout,
        zone: Zone,
        delivery: Delivery | None = None,
        *,
        hz: int = 250,
        costs: Costs = USUAL_COSTS,
        kernel: KernelRelease = KERNEL_4_13,
        traits: Traits | None = None,
        total_pages: int = 0,
        switches: Switches = USUAL_SWITCHES,
        compaction: Compaction | None = None,
        kswapd: Kswapd | None = None,
        suspends: bool = False,
        ghosts: int = 0,
    ) -> Machine:
        """A machine without tasks yet, whose zone and delivery (None: that of the released kernels)
        have been declared in `layout`.

        `kernel`: the release that it is of; `traits` (None: those of the release): for a machine
        that is like none. `suspends`: somebody may switch the OOM killer off. `ghosts`: 1 to have
        the delivery watched, 2 to have it watched more closely. Raises InputError for an HZ the
        kernel does not offer.
        """
        if hz not in HZ_CHOICES:
            valid = ", ".join(map(str, HZ_CHOICES))
            raise InputError(f"HZ cannot be {hz}; valid: {valid}")
        oom_lock = layout.mutex(OOM_LOCK, polled=True)
        chain = BlockingNotifierChain.declare(layout, OOM_NOTIFY_LIST)
        reaper_list = layout.word(
            "oom_reaper_list",
            (),
            says={
                "push": "puts the victim on top of the reaper's stack",
                "pop": "takes the next victim from the stack",
            },
        )
        reaper_wait = layout.queue("oom_reaper_wait", "work", says={"wake": "wakes the reaper"})
        panicked = layout.word("panic", 0)
        disabled, victims = _suspend(layout) if suspends else (None, None)
        traits = traits or traits_of(kernel)
        timers = ReaperTimers.declare(layout) if traits.reaper_delay_s else None
        machine = cls(
            layout,
            zone,
            delivery or Delivery(),
            hz,
            costs,
            traits,
            total_pages,
            switches,
            compaction,
            kswapd,
            oom_lock,
            chain,
            reaper_list,
            reaper_wait,
            timers,
            panicked,
            disabled,
            victims,
            watch=None,
        )
        return machine.watched(closely=ghosts == 2) if ghosts else machine

    def watched(self, *, closely: bool) -> Machine:
        """The same machine, before anybody plays on it, with a watch."""
        watch = OomWatch.declare(self, closely=closely)
        if closely:
            look_closely(watch)
        self.delivery.watched_by(watch)
        return replace(self, watch=watch)

    def zone_for(self, gfp: int) -> Zone:
        """The zone that a request is served from: without highmem, ZONE_DMA is the only other."""
        return self.dma_zones[0] if self.dma_zones and gfp & flags.DMA else self.zone

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
        traits: TaskTraits = ORDINARY,
        is_worker: bool = False,
        foreground: bool = True,
        serves: bool = False,
        starts_at_us: int = 0,
    ) -> Task:
        """Add a task that runs `body(task)`; see Task and Actor for the meanings. A task that
        serves is never in the foreground."""
        index = len(self.actors)
        task = Task.declare(self.layout, index, name, process, traits, is_worker=is_worker)
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
        watch, wake_us = self.watch, self.costs.wake_us
        observers = () if watch is None else (watch.observer,)
        properties = () if watch is None else watch.properties
        return Model(
            self.layout, self.actors, self.panicked, self.hz, observers, properties, wake_us
        )


def _suspend(layout: Layout) -> tuple[Slot, OomVictims]:
    """Declare what oom_killer_disable needs."""
    return (
        layout.word(
            "oom_killer_disabled",
            0,
            says={
                "read": "asks whether the OOM killer is off",
                "write": "switches the OOM killer off or on",
            },
        ),
        OomVictims(
            layout.word("oom_victims", 0, says={"add": "counts the victims that are left"}),
            layout.queue("oom_victims_wait", "anybody"),
        ),
    )
