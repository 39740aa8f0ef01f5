"""Direct reclaim, as far as it decides who waits for whom (mm/vmscan.c)."""

from __future__ import annotations

from oomlab.kernel import gfp as flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.task import Task
from oomlab.ops import Routine, cost, holds_more, move, mutex_lock, mutex_unlock, sleep

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
    yield cost(machine.costs.reclaim_us)
    reclaimed = yield move(machine.zone.reclaimable, machine.zone.free, SWAP_CLUSTER_MAX)
    return reclaimed


def should_reclaim_retry(machine: Machine, current: Task, no_progress_loops: int) -> Routine:
    """Result: is another reclaim round worth it before the OOM killer is asked?

    Yes while the min watermark would pass if everything reclaimable were free, for at most 16
    rounds without progress. A workqueue worker naps one jiffy before it tries again.
    """
    if no_progress_loops > MAX_RECLAIM_RETRIES:
        return False
    zone = machine.zone
    hopeful = yield holds_more((zone.free, zone.reclaimable), zone.marks.min)
    if hopeful and current.is_worker:
        yield sleep(1)
    return hopeful
