"""The page allocator for single pages (mm/page_alloc.c, Linux 4.13).

The order of the tests is the kernel's; the numbers in the comments are those of the book's table
of the slow path. Steps that concern several zones, cpusets, kswapd or orders above 0 have no
counterpart here.
"""

from __future__ import annotations

from oomlab.kernel import gfp as flags
from oomlab.kernel.machine import KERNEL_4_14, Machine
from oomlab.kernel.oom_kill import out_of_memory
from oomlab.kernel.task import Task
from oomlab.kernel.vmscan import should_reclaim_retry, try_to_free_pages
from oomlab.kernel.zone import (
    ALLOC_HARDER,
    ALLOC_NO_WATERMARKS,
    ALLOC_OOM,
    ALLOC_WMARK_HIGH,
    ALLOC_WMARK_LOW,
    gfp_to_alloc_flags,
    watermark,
)
from oomlab.limits import Limit
from oomlab.ops import Routine, io, log, mutex_trylock, mutex_unlock, note, read, sleep, take_page

LIMITS = (
    Limit(
        "simplified",
        "An allocation that must not fail",
        "It tries again every tick once everything else was tried. The kernel goes back to "
        "reclaim.",
    ),
)

NEVER_KILLS = flags.RETRY_MAYFAIL | flags.THISNODE | flags.DMA
"""Requests that leave __alloc_pages_may_oom early once they have oom_lock (4c, 4d, 4f)."""


def alloc_page(machine: Machine, current: Task, gfp: int) -> Routine:
    """Ask for one page (__alloc_pages_nodemask). Result: True with the page in `current.hand`,
    or False."""
    zone = machine.zone_for(gfp)
    got = yield take_page(zone.free, current.hand, watermark(zone.marks, ALLOC_WMARK_LOW))
    # The kernel tells lockdep before this attempt. Behind it the note is part of the same step.
    yield note("gfp", gfp)
    if not got:
        got = yield from alloc_pages_slowpath(machine, current, gfp)
    return got


def alloc_pages_slowpath(machine: Machine, current: Task, gfp: int) -> Routine:
    """Everything after the first attempt failed (__alloc_pages_slowpath). Result as above."""
    zone = machine.zone_for(gfp)
    victims_get = ALLOC_NO_WATERMARKS if machine.kernel < KERNEL_4_14 else ALLOC_OOM
    blocking = flags.may_block(gfp)
    if blocking:
        gfp &= ~flags.ATOMIC  # 0: the two bits contradict each other
    alloc_flags = gfp_to_alloc_flags(gfp)
    no_progress_loops = 0
    got = yield take_page(zone.free, current.hand, watermark(zone.marks, alloc_flags))  # 5
    if got:
        return True
    while True:
        reserves = yield from gfp_pfmemalloc_flags(current, gfp, victims_get)  # 8
        if reserves:
            alloc_flags = reserves
        got = yield take_page(zone.free, current.hand, watermark(zone.marks, alloc_flags))  # 10
        if got:
            return True
        if not blocking or current.pf_memalloc:  # 11, 13
            break
        reclaimed = yield from try_to_free_pages(machine, current, gfp)  # 14
        if reclaimed:
            got = yield take_page(zone.free, current.hand, watermark(zone.marks, alloc_flags))
            if got:
                return True
        if gfp & flags.NORETRY:  # 16
            break
        no_progress_loops = 0 if reclaimed else no_progress_loops + 1
        retry = yield from should_reclaim_retry(machine, current, gfp, no_progress_loops)  # 18
        if retry:
            continue
        got, progress = yield from alloc_pages_may_oom(machine, current, gfp)  # 20
        if got:
            return True
        if alloc_flags == victims_get or gfp & flags.NOMEMALLOC:  # 21
            dying = yield from is_oom_victim(current)
            if dying:
                break
        if not progress:  # 22
            break
        no_progress_loops = 0
    got = False
    while blocking and gfp & flags.NOFAIL and not got:  # 23
        harder = watermark(zone.marks, ALLOC_HARDER)
        got = yield take_page(zone.free, current.hand, harder)
        if not got:
            yield sleep(1)
    if not got and not gfp & flags.NOWARN:
        yield log(f"{current.name}: page allocation failure: order:0, mode:{gfp:#x}")
    return got


def alloc_pages_may_oom(machine: Machine, current: Task, gfp: int) -> Routine:
    """Ask the OOM killer, unless somebody else already does (__alloc_pages_may_oom).

    Result: (got a page, is it worth looping). Whoever fails to get oom_lock loops, whatever the
    request permits: no other condition is looked at first. (`machine.try_oom_notifier` is a
    remedy's; in the released kernels there is no such thing.)
    """
    zone = machine.zone_for(gfp)
    if machine.try_oom_notifier is not None and not gfp & NEVER_KILLS:
        freed = yield from machine.try_oom_notifier(machine, current)
        if freed:
            return False, True
    locked = yield mutex_trylock(machine.oom_lock)
    if not locked:
        yield sleep(1)
        return False, True
    got = yield take_page(zone.free, current.hand, watermark(zone.marks, ALLOC_WMARK_HIGH))
    progress = False
    if not got and not gfp & NEVER_KILLS:
        progress = yield from out_of_memory(machine, current, gfp)
        if gfp & flags.NOFAIL:
            progress = True
            got = yield take_page(zone.free, current.hand, -1)
    yield mutex_unlock(machine.oom_lock)
    if not got:
        yield io(1, machine.costs.oom_return_us)
    return got, progress


def gfp_pfmemalloc_flags(current: Task, gfp: int, victims_get: int) -> Routine:
    """Result: the allocation flags that open reserves to this request, 0 for none.

    Requests with `__GFP_MEMALLOC` and PF_MEMALLOC tasks get all of it. OOM victims get
    `victims_get`: all in 4.13 (gfp_pfmemalloc_allowed), half the min watermark since 4.14.
    """
    if gfp & flags.NOMEMALLOC:
        return 0
    if gfp & flags.MEMALLOC or current.pf_memalloc:
        return ALLOC_NO_WATERMARKS
    dying = yield from is_oom_victim(current)
    return victims_get if dying else 0


def is_oom_victim(current: Task) -> Routine:
    """Result: has the OOM killer marked this task?

    4.13 looks at the thread's TIF_MEMDIE, 4.14 at signal->oom_mm; with one thread that is the same.
    """
    if current.process is None:
        return False
    marked = yield read(current.process.memdie)
    return bool(marked)
