"""The s390 collaborative memory manager (arch/s390/mm/cmm.c, Linux 4.13).

It takes pages away from the guest on the hypervisor's wish. Its callback only holds a spinlock for
a moment, sleeps on nothing and allocates nothing: the one listener of five that is simply safe.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oomlab.engine.ops import Routine, Slot, move, read, sleep, spin_lock, spin_unlock, write
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import NotifierBlock, add_freed
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task
from oomlab.listeners.balloon_policy import BalloonPolicy
from oomlab.listeners.pseries_cmm import FROM_HYPERVISOR
from oomlab.listeners.registrant import Registrant

OOM_NOTIFY_PAGES = 256
CMM_THREAD_PERIOD_S = 1


@dataclass(frozen=True, eq=False)
class S390Cmm:
    """The driver: pages taken for a while, pages taken for good, and how many it should have.

    One target stands for the two of the driver (timed and permanent), which the callback resets
    together.
    """

    machine: Machine
    cmm_lock: Slot
    timed_pages: Slot
    pages: Slot
    target: Slot
    batch: int

    @classmethod
    def init(
        cls,
        machine: Machine,
        *,
        timed_pages: int = 0,
        pages: int = 0,
        target: int = 0,
        batch: int = OOM_NOTIFY_PAGES,
    ) -> S390Cmm:
        """Add the driver, with `timed_pages` and `pages` already taken, and register its callback
        (cmm_init). `batch`: pages one callback gives back at most (256 in the driver)."""
        layout = machine.layout
        cmm = cls(
            machine,
            layout.mutex("s390 cmm_lock"),
            layout.pool("s390 cmm timed pages", timed_pages, role="lent", says=FROM_HYPERVISOR),
            layout.pool("s390 cmm pages", pages, role="lent", says=FROM_HYPERVISOR),
            layout.word("s390 cmm_pages_target", target),
            batch,
        )
        machine.oom_notify_list.register(NotifierBlock("s390_cmm", cmm.cmm_oom_notify))
        return cmm

    def cmm_oom_notify(self, current: Task, freed: Slot) -> Routine:
        """Give back up to `batch` pages, first the timed ones, and stop wanting more.

        cmm_free_pages takes the lock once per page here once per list: nothing waits in between.
        """
        timed = yield from cmm_free_pages(self, self.timed_pages, self.batch)
        permanent = yield from cmm_free_pages(self, self.pages, self.batch - timed)
        yield write(self.target, 0)
        yield from add_freed(freed, timed + permanent)


def cmm_free_pages(cmm: S390Cmm, pages: Slot, nr: int) -> Routine:
    """Give back up to `nr` pages of one list. Result: how many."""
    yield spin_lock(cmm.cmm_lock)
    moved = yield move(pages, cmm.machine.zone.free, nr)
    yield spin_unlock(cmm.cmm_lock)
    return moved


def cmm_thread(cmm: S390Cmm, current: Task, rounds: int) -> Routine:
    """Take pages until the target is reached, here for at most `rounds` attempts.

    It asks with plain GFP_NOIO outside the lock, so it may itself run the OOM notifiers, its own
    among them: that callback resets the target, and the taking stops.
    """
    for i in range(rounds):
        wanted = yield read(cmm.target)
        if not wanted or i == rounds:
            break
        got = yield from alloc_page(cmm.machine, current, flags.GFP_NOIO)
        if not got:
            yield sleep(CMM_THREAD_PERIOD_S * cmm.machine.hz)
            continue
        yield spin_lock(cmm.cmm_lock)
        yield move(current.hand, cmm.pages, 1)
        yield spin_unlock(cmm.cmm_lock)
        wanted = yield read(cmm.target)
        if wanted:
            yield write(cmm.target, wanted - 1)


def joins(machine: Machine, settings: Mapping[str, int | float], policy: BalloonPolicy) -> None:
    """Add the driver, with all its pages on the list of timed ones."""
    S390Cmm.init(machine, timed_pages=int(settings["listener_pages"]))


REGISTRANT = Registrant(
    "s390_cmm",
    "arch/s390/mm/cmm.c",
    "cmm_oom_notify",
    "CONFIG_CMM (s390)",
    0,
    ("s390 cmm_lock",),
    "nothing",
    "",
    "",
    "pages of the kernel's size",
    "safe",
    "a spinlock that is never held across anything",
    joins,
    ("completed", "it works"),
    title="s390 cmm",
)
