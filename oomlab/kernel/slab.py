"""Small objects (mm/slub.c)."""

from __future__ import annotations

from oomlab.engine.ops import Routine, move
from oomlab.kernel.machine import Machine
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task


def kmalloc(machine: Machine, current: Task, gfp: int) -> Routine:
    """Ask for a small object. Result: True if it came.

    The cache is taken to be empty, so that every request needs a page: the case that matters when
    memory is short. The object is short-lived in all uses here; its page is free again at once.
    """
    got = yield from alloc_page(machine, current, gfp)
    if got:
        yield move(current.hand, machine.zone_for(gfp).free, 1)
    return got
