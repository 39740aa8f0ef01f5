"""Is another round worth it? What the slow path asks before it turns to the OOM killer
(mm/page_alloc.c)."""

from __future__ import annotations

from oomlab.engine.ops import Routine, Slot, exceeds, holds_more, move, read, sleep
from oomlab.kernel.compaction import (
    MAX_COMPACT_RETRIES,
    MIN_COMPACT_COSTLY_PRIORITY,
    MIN_COMPACT_PRIORITY,
    CompactPriority,
    CompactResult,
    compact_gap,
)
from oomlab.kernel.machine import Machine
from oomlab.kernel.task import Task
from oomlab.kernel.vmscan import MAX_RECLAIM_RETRIES
from oomlab.kernel.zone import (
    ALLOC_NO_WATERMARKS,
    ALLOC_WMARK_MASK,
    PAGE_ALLOC_COSTLY_ORDER,
    PAGEBLOCK_PAGES,
    Blocks,
    Zone,
    watermark,
)
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "Waiting on congestion",
        "A task that waits because too much is being written waits the whole tenth of a second. "
        "In the kernel a disk that catches up wakes it.",
    ),
)


def should_reclaim_retry(
    machine: Machine,
    current: Task,
    gfp: int,
    order: int,
    alloc_flags: int,
    reclaimed: bool,
    no_progress_loops: int,
) -> Routine:
    """Result: is another reclaim round worth it before the OOM killer is asked?

    Yes while the request's min watermark would pass if everything reclaimable were free, for at
    most 16 rounds without progress; after these, only if a block of the highatomic reserve can be
    made an ordinary one. While more than half of what is reclaimable is being written, a task
    without progress waits for that. A workqueue worker naps one jiffy before it tries again.
    """
    zone = machine.zone_for(gfp)
    if no_progress_loops > MAX_RECLAIM_RETRIES:
        if zone.blocks is None:
            return False
        unreserved = yield from unreserve_highatomic_pageblock(zone.blocks, zone.free, force=True)
        return unreserved
    heeds_writeback = zone.writeback is not None and not reclaimed
    hopeful = yield from would_do(zone, order, alloc_flags & ~ALLOC_WMARK_MASK)
    if not hopeful:
        return False
    if heeds_writeback:
        assert zone.writeback is not None
        crowded = yield exceeds((zone.writeback,), 2, (zone.reclaimable, zone.writeback))
        if crowded:
            yield sleep(machine.hz // 10)
            return True
    if current.is_worker:
        yield sleep(1)
    return True


def would_do(zone: Zone, order: int, alloc_flags: int) -> Routine:
    """Result: would the watermark pass if everything reclaimable were free?

    No amount of free pages replaces a free block of the right order.
    """
    mark = watermark(zone.marks, alloc_flags & ~ALLOC_NO_WATERMARKS)
    pools = _available(zone)
    enough = yield holds_more(pools, mark + (1 << order) - 1)
    if not enough or not order or zone.blocks is None:
        return enough
    largest = yield read(zone.blocks.largest_order)
    return largest >= order


def _available(zone: Zone) -> tuple[Slot, ...]:
    written = () if zone.writeback is None else (zone.writeback,)
    return (zone.free, zone.reclaimable, *written)


def unreserve_highatomic_pageblock(blocks: Blocks, free: Slot, *, force: bool) -> Routine:
    """Make one block of the highatomic reserve an ordinary one; without `force`, not the last.
    Result: did any page become free?"""
    if not force:
        several = yield holds_more((blocks.highatomic,), PAGEBLOCK_PAGES)
        if not several:
            return False
    moved = yield move(blocks.highatomic, free, PAGEBLOCK_PAGES)
    return moved > 0


def should_compact_retry(
    machine: Machine,
    zone: Zone,
    order: int,
    compacted: CompactResult,
    priority: CompactPriority,
    retries: int,
) -> Routine:
    """Result: (is another round of compaction worth it, at which priority, how many successes were
    of no use so far).

    A success whose block somebody else took is worth 16 retries, 4 if the order is costly. A
    complete failure, or the end of those retries, is worth a retry only at a higher priority.
    """
    if not order:
        return False, priority, retries
    costly = order > PAGE_ALLOC_COSTLY_ORDER
    if machine.compaction is None:
        # Without CONFIG_COMPACTION: single pages suffice to hope for a neighbour.
        hopeful = False
        if not costly:
            hopeful = yield holds_more((zone.free,), zone.marks.min)
        return hopeful, priority, retries
    retries += compacted is CompactResult.SUCCESS
    if compacted.withdrawn:
        mark = zone.marks.low if costly else zone.marks.min
        suitable = yield holds_more(_available(zone), mark + compact_gap(order))
        return suitable, priority, retries
    max_retries = MAX_COMPACT_RETRIES // 4 if costly else MAX_COMPACT_RETRIES
    if compacted is CompactResult.SUCCESS and retries <= max_retries:
        return True, priority, retries
    if priority > (MIN_COMPACT_COSTLY_PRIORITY if costly else MIN_COMPACT_PRIORITY):
        return True, CompactPriority(priority - 1), 0
    return False, priority, retries
