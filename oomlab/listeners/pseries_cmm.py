"""The pseries collaborative memory manager (arch/powerpc/platforms/pseries/cmm.c, Linux 4.13).

Its callback holds a spinlock, sleeps on nothing and allocates nothing. That is no general proof:
while memory is taken offline, another routine of the same driver allocates with the spinlock held,
with a mask that may block (hazard H7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oomlab.engine.ops import ANY_AMOUNT, Routine, Slot, move, spin_lock, spin_unlock
from oomlab.engine.slots import Says
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import NotifierBlock, add_freed
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task
from oomlab.listeners.balloon_policy import BalloonPolicy
from oomlab.listeners.registrant import Demonstration, Registrant

CMM_OOM_KB = 1024
CMM_GFP = flags.GFP_NOIO | flags.NOWARN | flags.NORETRY | flags.NOMEMALLOC
"""What cmm_alloc_pages and the hot-remove handler ask for."""

FROM_HYPERVISOR = {"move": Says(told="{pages} come back from the hypervisor ({task})")}
"""How it is told that lent pages come back."""


@dataclass(frozen=True, eq=False)
class PseriesCmm:
    """The driver: the pages it has lent to the hypervisor, behind one spinlock.

    Index pages, the loan target and the hypervisor calls (one per page, none of which waits) have
    no counterpart.
    """

    machine: Machine
    cmm_lock: Slot
    pages: Slot
    oom_pages: int

    @classmethod
    def init(cls, machine: Machine, *, pages: int, oom_pages: int = CMM_OOM_KB // 4) -> PseriesCmm:
        """Add the driver, with `pages` already lent, and register its callback (cmm_init)."""
        layout = machine.layout
        cmm = cls(
            machine,
            layout.mutex("pseries cmm_lock"),
            layout.pool("pseries loan", pages, role="lent", says=FROM_HYPERVISOR),
            oom_pages,
        )
        machine.oom_notify_list.register(NotifierBlock("pseries_cmm", cmm.cmm_oom_notify))
        return cmm

    def cmm_oom_notify(self, current: Task, freed: Slot) -> Routine:
        """Take back up to oom_kb of the loan (cmm_free_pages, with the spinlock held)."""
        yield spin_lock(self.cmm_lock)
        pages = yield move(self.pages, self.machine.zone.free, self.oom_pages)
        yield spin_unlock(self.cmm_lock)
        yield from add_freed(freed, pages)


def cmm_alloc_pages(cmm: PseriesCmm, current: Task, nr: int) -> Routine:
    """The normal way of lending up to `nr` pages: it allocates outside the spinlock. Result: pages
    lent."""
    lent = 0
    for i in range(nr):
        got = yield from alloc_page(cmm.machine, current, CMM_GFP)
        if not got:
            break
        yield spin_lock(cmm.cmm_lock)
        yield move(current.hand, cmm.pages, 1)
        yield spin_unlock(cmm.cmm_lock)
        lent = i + 1
    return lent


def cmm_mem_going_offline(cmm: PseriesCmm, current: Task) -> Routine:
    """The hot-remove handler: it replaces an index page of the section that goes away, asking for
    the new one with the spinlock held. Result: True if it could.

    The old page leaves with its section; here it becomes free memory.
    """
    yield spin_lock(cmm.cmm_lock)
    got = yield from alloc_page(cmm.machine, current, CMM_GFP)
    if got:
        yield move(current.hand, cmm.machine.zone.free, ANY_AMOUNT)
    yield spin_unlock(cmm.cmm_lock)
    return got


def joins(machine: Machine, settings: Mapping[str, int | float], policy: BalloonPolicy) -> None:
    """Add the driver, with all its pages lent."""
    pages = int(settings["listener_pages"])
    PseriesCmm.init(machine, pages=pages, oom_pages=int(settings["callback_pages"]))


REGISTRANT = Registrant(
    "pseries_cmm",
    "arch/powerpc/platforms/pseries/cmm.c",
    "cmm_oom_notify",
    "CONFIG_CMM (pseries)",
    0,
    ("pseries cmm_lock",),
    "nothing",
    "",
    "while memory is taken offline, its spinlock is held across an allocation",
    "pages of the kernel's size",
    "conditional",
    "a spinlock, no sleep, no allocation; but another routine of the driver allocates with "
    "that spinlock held",
    joins,
    ("completed", "by itself it works"),
    (
        Demonstration("h7-pseries-hotplug", {}, "deadlock", "memory is taken offline"),
        Demonstration("h7-pseries-hotplug", {"hot_remove": 0}, "completed", "it is not"),
    ),
    title="pseries cmm",
)
