"""Direct reclaim, as far as it decides who waits for whom (mm/vmscan.c)."""

from __future__ import annotations

from oomlab.kernel import gfp as flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.task import Task
from oomlab.limits import Limit
from oomlab.ops import Routine, cost, holds_more, move, mutex_lock, mutex_unlock, read, sleep

LIMITS = (
    Limit(
        "simplified",
        "The kernel swapper has given up",
        "Reclaim finds clean page cache or nothing; there is no writeback, and the throttle "
        "at the entry of direct reclaim is left out, as it is in a kernel whose swapper has "
        "failed sixteen times.",
    ),
    Limit(
        "simplified",
        "Which locks a round of reclaim meets",
        "The scenario decides it. In a real machine it depends on what lies on the LRU lists "
        "and in the caches.",
    ),
)

SWAP_CLUSTER_MAX = 32
MAX_RECLAIM_RETRIES = 16


def try_to_free_pages(machine: Machine, current: Task, gfp: int) -> Routine:
    """One round of direct reclaim. Result: pages reclaimed.

    With `__GFP_FS` the shrinkers may take filesystem locks: here those in `reclaim_meets`. This is
    how a request that gives up after one round can still wait for ever inside that round.
    """
    if gfp & flags.FS:
        for i in range(len(current.reclaim_meets)):
            yield mutex_lock(current.reclaim_meets[i])
            yield mutex_unlock(current.reclaim_meets[i])
    shrunk = yield from shrink_slab(machine, current)
    round_us = machine.costs.reclaim_us
    if current.reclaim_us is not None:
        round_us = yield read(current.reclaim_us)
    yield cost(round_us)
    zone = machine.zone_for(gfp)
    reclaimed = yield move(zone.reclaimable, zone.free, SWAP_CLUSTER_MAX)
    return shrunk + reclaimed


def shrink_slab(machine: Machine, current: Task) -> Routine:
    """Ask every shrinker to give memory back, as a PF_MEMALLOC task. Result: pages given back.

    shrinker_rwsem is only tried in the kernel, and never in the way here.
    """
    for i in range(len(current.shrinkers_meet)):
        yield mutex_lock(current.shrinkers_meet[i])
        yield mutex_unlock(current.shrinkers_meet[i])
    shrunk = 0
    for i in range(len(machine.shrinkers)):
        pages = yield from machine.shrinkers[i](current.reclaiming)
        shrunk += pages
    return shrunk


def should_reclaim_retry(
    machine: Machine, current: Task, gfp: int, no_progress_loops: int
) -> Routine:
    """Result: is another reclaim round worth it before the OOM killer is asked?

    Yes while the min watermark would pass if everything reclaimable were free, for at most 16
    rounds without progress. A workqueue worker naps one jiffy before it tries again.
    """
    if no_progress_loops > MAX_RECLAIM_RETRIES:
        return False
    zone = machine.zone_for(gfp)
    hopeful = yield holds_more((zone.free, zone.reclaimable), zone.marks.min)
    if hopeful and current.is_worker:
        yield sleep(1)
    return hopeful
