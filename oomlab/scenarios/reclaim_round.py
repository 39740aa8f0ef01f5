"""One round of direct reclaim, and what it may wait for.

Always the same request, which makes one round and no more, on a machine at its min mark (or, for
the throttle, at half of it). A filesystem's task holds its lock for 300 ms. Not a hazard: each of
these waits ends. What it takes to make one endless is the subject of the scenarios.
"""

from __future__ import annotations

from typing import Literal

from oomlab.checked import checked
from oomlab.engine.model import Layout
from oomlab.engine.ops import Routine, Slot, io, mutex_lock, mutex_unlock
from oomlab.errors import find
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.machine_settings import Switches
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.releases import modelled_kernel
from oomlab.kernel.task import Task, TaskTraits
from oomlab.kernel.vmscan import kswapd, try_to_free_pages
from oomlab.kernel.zone import Kswapd, Zone, ZoneDetails, watermarks_for
from oomlab.kernel_release import Spelled
from oomlab.scenarios.one_request import ASKER, MANAGED_PAGES

Way = Literal["nothing", "lock", "throttle", "isolated", "writeback"]

WAYS: dict[Way, str] = {
    "nothing": "nobody",
    "lock": "the holder of a filesystem's lock",
    "throttle": "kswapd, at the entry",
    "isolated": "another task that reclaims",
    "writeback": "the disk",
}
"""Whom the round waits for."""

GFP = flags.GFP_KERNEL | flags.NORETRY
"""The request of all of them."""

HELD_MS = 300
"""How long the filesystem's task holds its lock (our choice)."""

_CLEAN_PAGES = 64


@checked(leave="way")
def reclaim_round(way: str, kernel: Spelled) -> Machine:
    """A machine on which one round of reclaim waits for what `way` says, on the release `kernel`.

    Raises InputError for an unknown way or kernel.
    """
    find("wait in reclaim", way, WAYS)
    release = modelled_kernel(kernel)
    marks = watermarks_for(MANAGED_PAGES)
    layout = Layout()
    zone = Zone.declare(
        layout,
        free=marks.min // 2 if way == "throttle" else marks.min,
        reclaimable={"lock": 0, "writeback": 0, "throttle": marks.high}.get(way, _CLEAN_PAGES),
        marks=marks,
        details=ZoneDetails(
            isolated=0 if way == "isolated" else None,
            writeback=_CLEAN_PAGES if way == "writeback" else None,
        ),
    )
    pgdat = Kswapd.declare(layout) if way == "throttle" else None
    machine = Machine.boot(
        layout, zone, kernel=release, switches=Switches(tells_steps=True), kswapd=pgdat
    )
    fs_lock = machine.layout.mutex("fs_lock")
    if way in ("lock", "throttle", "isolated"):
        machine.spawn(
            "fs_task",
            "holds a filesystem's lock for a while",
            lambda task: hold(machine, fs_lock),
        )
    if pgdat is not None:
        machine.spawn(
            "kswapd",
            "kernel thread that reclaims in the background",
            lambda task: kswapd(machine, pgdat, task),
            serves=True,
            traits=TaskTraits(reclaim_meets=(fs_lock,)),
        )
    if way == "isolated":
        machine.spawn(
            "reclaimer",
            "reclaims as well, and came first",
            lambda task: try_to_free_pages(machine, task, flags.GFP_KERNEL),
            process=machine.process("reclaimer", 1),
            traits=TaskTraits(reclaim_meets=(fs_lock,)),
            starts_at_us=500,
        )
    machine.spawn(
        ASKER,
        "asks for a page: GFP_KERNEL | __GFP_NORETRY",
        lambda task: ask(machine, task),
        process=machine.process("own", 1),
        traits=TaskTraits(reclaim_meets=(fs_lock,) if way == "lock" else ()),
        starts_at_us=1_000,
    )
    return machine


def ask(machine: Machine, current: Task) -> Routine:
    """Ask for one page."""
    yield from alloc_page(machine, current, GFP)


def hold(machine: Machine, lock: Slot) -> Routine:
    """Hold a lock for HELD_MS."""
    yield mutex_lock(lock)
    yield io(1000 * HELD_MS, 1000 * HELD_MS)
    yield mutex_unlock(lock)
