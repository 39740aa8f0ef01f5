"""The page allocator (mm/page_alloc.c, Linux 4.13, and what later releases' traits change).

The order of the tests is the kernel's; the numbers in the comments are those of `slow_path`. Where
a step decides whether to go round once more, see `page_alloc_retry`.
"""

from __future__ import annotations

from functools import cache

from oomlab.engine.ops import (
    ANY_AMOUNT,
    Routine,
    cost,
    io,
    log,
    move,
    mutex_trylock,
    mutex_unlock,
    note,
    read,
    sleep,
)
from oomlab.errors import ModelError
from oomlab.gfp import flags
from oomlab.gfp.predicates import Request, below_normal
from oomlab.gfp.tables import table
from oomlab.kernel.compaction import (
    DEF_COMPACT_PRIORITY,
    INIT_COMPACT_PRIORITY,
    CompactPriority,
    CompactResult,
    try_to_compact_pages,
)
from oomlab.kernel.machine import Machine
from oomlab.kernel.oom_kill import out_of_memory
from oomlab.kernel.page_alloc_retry import (
    should_compact_retry,
    should_reclaim_retry,
    unreserve_highatomic_pageblock,
)
from oomlab.kernel.slow_path import FAST_PATH, step
from oomlab.kernel.task import Task, current_gfp_context
from oomlab.kernel.vmscan import try_to_free_pages, wake_all_kswapds
from oomlab.kernel.zone import (
    ALLOC_HARDER,
    ALLOC_HIGH,
    ALLOC_NO_WATERMARKS,
    ALLOC_OOM,
    ALLOC_WMARK_HIGH,
    ALLOC_WMARK_LOW,
    MAX_ORDER,
    PAGE_ALLOC_COSTLY_ORDER,
    get_page_from_freelist,
    gfp_to_alloc_flags,
)
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "not modelled",
        "Steps of the slow path that do nothing here",
        "Cpusets, and so the second attempt of a `__GFP_NOFAIL` request outside its cpuset; "
        "interrupts, and so softirq context with PF_MEMALLOC; the stall report of step 12, "
        "which is worked out from the trace.",
    ),
    Limit(
        "simplified",
        "The allocator's lines in the log",
        "Every failure is logged. The kernel logs at most ten in five seconds, and some warnings "
        "only once.",
    ),
)


def alloc_pages(machine: Machine, current: Task, gfp: int, order: int) -> Routine:
    """Ask for a block of 2^order pages; see `alloc_page`.

    Raises ModelError for an order above 0 on a machine that knows single pages only.
    """
    if order and machine.zone_for(gfp).blocks is None:
        raise ModelError(f"order {order} needs a machine booted with ZoneDetails.largest_order")
    return alloc_page(machine, current, gfp, order)


def alloc_page(machine: Machine, current: Task, gfp: int, order: int = 0) -> Routine:
    """Ask for one page (__alloc_pages_nodemask). Result: True with the page in `current.hand`,
    or False."""
    if machine.switches.storage_suspended:
        gfp &= ~(flags.IO | flags.FS)  # gfp_allowed_mask
    zone = machine.zone_for(gfp)
    got = yield get_page_from_freelist(zone, current.hand, ALLOC_WMARK_LOW, order)
    # The kernel tells lockdep before this attempt. Behind it the note is part of the same step.
    yield note("gfp", current_gfp_context(current, gfp))
    yield from step(machine, FAST_PATH)
    if not got:
        got = yield from alloc_pages_slowpath(machine, current, gfp, order)
    return got


def alloc_pages_slowpath(machine: Machine, current: Task, gfp: int, order: int) -> Routine:
    """Everything after the first attempt failed (__alloc_pages_slowpath). Result as above.

    Leaving the inner loop is the kernel's `goto nopage`; going on in it, `goto retry`.
    """
    zone = machine.zone_for(gfp)
    hand = current.hand
    all_reserves = machine.traits.victims_use_all_reserves
    victims_get = ALLOC_NO_WATERMARKS if all_reserves else ALLOC_OOM
    gfp = current_gfp_context(current, gfp)
    blocking = flags.gfpflags_allow_blocking(gfp)
    costly = order > PAGE_ALLOC_COSTLY_ORDER
    yield from step(machine, "0")
    if order >= MAX_ORDER:
        yield from warn_alloc(current, gfp, order)
        return False
    if blocking:
        gfp &= ~flags.ATOMIC  # 0: the two bits contradict each other
    yield from step(machine, "1")
    no_progress_loops = loops_so_far = compaction_retries = 0
    reserves = 0
    priority = DEF_COMPACT_PRIORITY
    nopage = False
    yield from step(machine, "2")
    realtime_half = machine.traits.realtime_takes_half
    alloc_flags = gfp_to_alloc_flags(gfp, current.traits.realtime, half=realtime_half)
    yield from step(machine, "3")
    yield from step(machine, "4")
    yield from wake_all_kswapds(machine, gfp)
    yield from step(machine, "5")
    got = yield get_page_from_freelist(zone, hand, alloc_flags, order)
    if got:
        return True
    if blocking and order and (costly or not gfp & flags.MOVABLE):
        reserves = yield from gfp_pfmemalloc_flags(current, gfp, victims_get)
        if not reserves:
            yield from step(machine, "6")
            got, compacted = yield from alloc_pages_direct_compact(
                machine, current, gfp, order, alloc_flags, INIT_COMPACT_PRIORITY
            )
            if got:
                return True
            if costly and gfp & flags.NORETRY:
                nopage = compacted is CompactResult.DEFERRED
                priority = INIT_COMPACT_PRIORITY
    while True:
        while not nopage:
            yield from step(machine, "7")
            if machine.traits.wakes_kswapd_each_round or not reserves:
                yield from wake_all_kswapds(machine, gfp)
            yield from step(machine, "8")
            reserves = yield from gfp_pfmemalloc_flags(current, gfp, victims_get)
            if reserves:
                alloc_flags = reserves
            yield from step(machine, "9")
            yield from step(machine, "10")
            got = yield get_page_from_freelist(zone, hand, alloc_flags, order)
            if got:
                return True
            yield from step(machine, "11")
            if not blocking:  # 11
                break
            yield from step(machine, "12")
            yield from step(machine, "13")
            if current.traits.pf_memalloc:  # 13
                break
            yield from step(machine, "14")
            got, reclaimed = yield from alloc_pages_direct_reclaim(
                machine, current, gfp, order, alloc_flags
            )
            if got:
                return True
            yield from step(machine, "15")
            got, compacted = yield from alloc_pages_direct_compact(
                machine, current, gfp, order, alloc_flags, priority
            )
            if got:
                return True
            yield from step(machine, "16")
            if gfp & flags.NORETRY:  # 16
                break
            yield from step(machine, "17")
            if costly and not gfp & flags.RETRY_MAYFAIL:  # 17
                break
            yield from step(machine, "18")
            no_progress_loops = 0 if reclaimed and not costly else no_progress_loops + 1
            # Only a request that starts again at 23 needs its counter then, and only one for a
            # block asks about compaction. For the others these are constants: fewer states.
            loops_so_far = no_progress_loops if gfp & flags.NOFAIL else 0
            progressed = order > 0 and reclaimed > 0
            retry = yield from should_reclaim_retry(
                machine, current, gfp, order, alloc_flags, bool(reclaimed), no_progress_loops
            )
            if retry:
                continue
            yield from step(machine, "19")
            if progressed:
                retry, priority, compaction_retries = yield from should_compact_retry(
                    machine, zone, order, compacted, priority, compaction_retries
                )
                if retry:
                    continue
            yield from step(machine, "20")
            got, progress = yield from alloc_pages_may_oom(machine, current, gfp, order)
            if got:
                return True
            yield from step(machine, "21")
            if alloc_flags == victims_get or gfp & flags.NOMEMALLOC:  # 21
                dying = yield from is_oom_victim(current)
                if dying:
                    break
            yield from step(machine, "22")
            if not progress:  # 22
                break
            no_progress_loops = 0
        yield from step(machine, "23")
        if not (blocking and gfp & flags.NOFAIL):  # 23
            break
        last_resort = ALLOC_HIGH if machine.traits.nofail_takes_half else ALLOC_HARDER
        got = yield get_page_from_freelist(zone, hand, last_resort, order)
        if got:
            return True
        nopage = False
        no_progress_loops = loops_so_far
        yield cost(machine.costs.reclaim_us)  # cond_resched
    yield from warn_alloc(current, gfp, order)
    return False


def warn_alloc(current: Task, gfp: int, order: int) -> Routine:
    """Report the failure in the log, unless the request is one whose failure is expected."""
    if not gfp & flags.NOWARN:
        yield log(f"{current.name}: page allocation failure: order:{order}, mode:{gfp:#x}")


def alloc_pages_direct_reclaim(
    machine: Machine, current: Task, gfp: int, order: int, alloc_flags: int
) -> Routine:
    """Reclaim and, if that gave something, try again; the second time without a block of the
    highatomic reserve, and with the pages of the per-CPU lists. Result: (got a block, pages
    reclaimed)."""
    zone = machine.zone_for(gfp)
    reclaimed = yield from try_to_free_pages(machine, current, gfp)
    if not reclaimed:
        return False, 0
    got = yield get_page_from_freelist(zone, current.hand, alloc_flags, order)
    if not got and zone.blocks is not None:
        yield from unreserve_highatomic_pageblock(zone.blocks, zone.free, force=False)
    if not got and zone.lists is not None:
        yield move(zone.lists.pages, zone.free, ANY_AMOUNT)  # drain_all_pages
    if not got and (zone.blocks is not None or zone.lists is not None):
        got = yield get_page_from_freelist(zone, current.hand, alloc_flags, order)
    return got, reclaimed


def alloc_pages_direct_compact(
    machine: Machine,
    current: Task,
    gfp: int,
    order: int,
    alloc_flags: int,
    priority: CompactPriority,
) -> Routine:
    """Compact and, if anything was done, try again. Result: (got a block, CompactResult)."""
    if not order:
        return False, CompactResult.SKIPPED
    zone = machine.zone_for(gfp)
    result = yield from try_to_compact_pages(machine, zone, gfp, priority)
    if result.never_ran:
        return False, result
    got = yield get_page_from_freelist(zone, current.hand, alloc_flags, order)
    return got, result


def alloc_pages_may_oom(machine: Machine, current: Task, gfp: int, order: int) -> Routine:
    """Ask the OOM killer, unless somebody else already does (__alloc_pages_may_oom).

    Result: (got a block, is it worth looping). Whoever fails to get oom_lock loops, whatever the
    request permits: no other condition is looked at first. (What a delivery does `before` is a
    remedy's; in the released kernels there is no such thing.)
    """
    zone = machine.zone_for(gfp)
    gives_up_at = early_exit(machine, current, gfp, order)
    if not gives_up_at:
        freed = yield from machine.delivery.before(machine, current)
        if freed:
            return False, True
    locked = yield mutex_trylock(machine.oom_lock)
    if not locked:
        yield sleep(1)
        return False, True
    yield from step(machine, "3 (OOM)")
    # The kernel takes __GFP_DIRECT_RECLAIM off this request, so that it never reclaims in here.
    got = yield get_page_from_freelist(zone, current.hand, ALLOC_WMARK_HIGH, order)
    progress = False
    if not got and gives_up_at:
        yield from step(machine, gives_up_at)
    elif not got:
        yield from step(machine, "5 (OOM)")
        progress = yield from out_of_memory(machine, current, gfp)
        if gfp & flags.NOFAIL:
            progress = True
            got = yield get_page_from_freelist(zone, current.hand, ALLOC_NO_WATERMARKS, order)
    yield mutex_unlock(machine.oom_lock)
    if not got:
        yield io(1, machine.costs.oom_return_us)
    return got, progress


def early_exit(machine: Machine, current: Task, gfp: int, order: int) -> str:
    """The step at which this request leaves __alloc_pages_may_oom without asking the OOM killer;
    "" if it asks."""
    if current.traits.pf_dumpcore:
        return "4a"
    if order > PAGE_ALLOC_COSTLY_ORDER:
        return "4b"
    if gfp & flags.RETRY_MAYFAIL:
        return "4c"
    if _below_normal(gfp):
        return "4d"
    if machine.switches.storage_suspended:
        return "4e"
    if gfp & flags.THISNODE:
        return "4f"
    return ""


@cache
def _below_normal(gfp: int) -> bool:
    return below_normal(Request(gfp, table()))


def gfp_pfmemalloc_flags(current: Task, gfp: int, victims_get: int) -> Routine:
    """Result: the allocation flags that open reserves to this request, 0 for none.

    Requests with `__GFP_MEMALLOC` and PF_MEMALLOC tasks get all of it. OOM victims get
    `victims_get`: all in 4.13 (gfp_pfmemalloc_allowed), half the min watermark since 4.14.
    """
    if gfp & flags.NOMEMALLOC:
        return 0
    if gfp & flags.MEMALLOC or current.traits.pf_memalloc:
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
