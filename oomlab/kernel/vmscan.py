"""Reclaim, as far as it decides who waits for whom (mm/vmscan.c)."""

from __future__ import annotations

from oomlab.engine.ops import (
    ANY_AMOUNT,
    Routine,
    check_pages_or_enqueue,
    cost,
    exceeds,
    holds_more,
    move,
    mutex_lock,
    mutex_trylock,
    mutex_unlock,
    read,
    sleep,
    sleep_on,
    sleep_on_killable,
    wake,
    write,
)
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.oom_kill import out_of_memory
from oomlab.kernel.task import Task, fatal_signal_pending
from oomlab.kernel.wait import wait_event
from oomlab.kernel.zone import Kswapd
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "One pass over clean pages",
        "A round of reclaim takes up to 32 clean pages or finds nothing; the kernel passes over "
        "its lists up to thirteen times, and cleans pages on the way.",
    ),
    Limit(
        "simplified",
        "The kernel swapper has given up",
        "Unless a machine is given one, kswapd does nothing and nobody is throttled at the entry "
        "of direct reclaim, as in a kernel whose swapper has failed sixteen times. No hazard "
        "is explored with one, with pages under writeback or with a count of isolated pages.",
    ),
    Limit(
        "guessed",
        "Reclaim that meets only pages being written",
        "It naps a tenth of a second. When the kernel does so depends on the state of the disk.",
    ),
    Limit(
        "simplified",
        "The age of what is in use",
        "Generations of pages are not there. A machine with `min_ttl` has nothing that is older "
        "than `lru_gen/min_ttl_ms`, so that kswapd asks the OOM killer in each of its passes.",
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
    """One round of direct reclaim. Result: pages reclaimed, as far as the allocator is told.

    With `__GFP_FS` the shrinkers may take filesystem locks: here those in `reclaim_meets`. This is
    how a request that gives up after one round can still wait for ever inside that round. Where
    the zone counts isolated pages, that happens with 32 of them off the lists.
    """
    killed = yield from throttle_direct_reclaim(machine, current, gfp)
    if killed:
        return 1
    zone = machine.zone_for(gfp)
    source, wanted, claimed = zone.reclaimable, SWAP_CLUSTER_MAX, 0
    if zone.isolated is not None:
        source = zone.isolated
        wanted, claimed = yield from isolate_lru_pages(machine, current, gfp)
    if gfp & flags.FS:
        for i in range(len(current.traits.reclaim_meets)):
            yield mutex_lock(current.traits.reclaim_meets[i])
            yield mutex_unlock(current.traits.reclaim_meets[i])
    shrunk = yield from shrink_slab(machine, current)
    round_us = machine.costs.reclaim_us
    if current.traits.reclaim_us is not None:
        round_us = yield read(current.traits.reclaim_us)
    yield cost(round_us)
    reclaimed = yield move(source, zone.free, wanted)
    if zone.writeback is not None and not reclaimed:
        written = yield holds_more((zone.writeback,), 0)
        if written:
            yield sleep(machine.hz // 10)
    return claimed + shrunk + reclaimed


def isolate_lru_pages(machine: Machine, current: Task, gfp: int) -> Routine:
    """Take pages off the LRU lists, unless too many are off already (too_many_isolated).

    Result: (how many, what to claim as progress without having any). While more pages are isolated
    than left on the inactive list, or than an eighth of it for a caller with both `__GFP_IO` and
    `__GFP_FS`, 4.13 naps a tenth of a second and looks again, without end, unless the task is
    killed. From 4.14 on it naps once and gives up.
    """
    zone = machine.zone_for(gfp)
    assert zone.isolated is not None
    both = flags.IO | flags.FS
    shift = 3 if gfp & both == both else 0
    stalled = False
    while True:
        crowded = yield exceeds((zone.isolated,), 1, (zone.reclaimable,), shift)
        if not crowded:
            break
        if stalled and not machine.traits.isolation_waits_without_limit:
            return 0, 0
        yield sleep(machine.hz // 10)
        stalled = True
        killed = yield from fatal_signal_pending(current)
        if killed:
            return 0, SWAP_CLUSTER_MAX
    isolated = yield move(zone.reclaimable, zone.isolated, SWAP_CLUSTER_MAX)
    return isolated, 0


def throttle_direct_reclaim(machine: Machine, current: Task, gfp: int) -> Routine:
    """Wait for kswapd while no more than half of the min watermark is free. Result: was the task
    killed meanwhile?

    With `__GFP_FS` there is no time limit, without it a second. Kernel threads do not wait here,
    nor does anybody once kswapd has failed 16 times in a row.
    """
    kswapd = machine.kswapd
    if kswapd is None or current.process is None:
        return False
    dying = yield from fatal_signal_pending(current)
    if dying:
        return False
    pools = (machine.zone.free, machine.zone.marks.min // 2)
    queue = kswapd.pfmemalloc_wait
    left = machine.hz
    while left:
        allowed = yield check_pages_or_enqueue(queue, *pools, kswapd.failures, MAX_RECLAIM_RETRIES)
        if allowed:
            break
        yield from wakeup_kswapd(kswapd)
        if gfp & flags.FS:
            left = yield sleep_on_killable(queue, current.process.sigkill)
        else:
            left = yield sleep_on(queue, left)
    killed = yield from fatal_signal_pending(current)
    return killed


def wake_all_kswapds(machine: Machine, gfp: int) -> Routine:
    """Wake the node's swapper, if there is one and the request permits it."""
    if machine.kswapd is not None and gfp & flags.KSWAPD_RECLAIM:
        yield from wakeup_kswapd(machine.kswapd)


def wakeup_kswapd(kswapd: Kswapd) -> Routine:
    """Wake the swapper, unless it has failed too often in a row."""
    failures = yield read(kswapd.failures)
    if failures < MAX_RECLAIM_RETRIES:
        yield write(kswapd.wanted, 1)
        yield wake(kswapd.wait)


def kswapd(machine: Machine, pgdat: Kswapd, current: Task) -> Routine:
    """The kernel thread that reclaims in the background, for ever: when asked, until the high mark
    is passed or nothing is left to reclaim. A pass that found nothing is a failure. After a pass
    the watermarks are no longer boosted."""
    zone = machine.zone
    while True:
        yield from wait_event(pgdat.wait, pgdat.wanted, 1)
        yield write(pgdat.wanted, 0)
        balanced, reclaimed, ever = False, 1, 0
        while reclaimed and not balanced:
            yield from lru_gen_age_node(machine, current.reclaiming)
            for i in range(len(current.traits.reclaim_meets)):
                yield mutex_lock(current.traits.reclaim_meets[i])
                yield mutex_unlock(current.traits.reclaim_meets[i])
            yield cost(machine.costs.reclaim_us)
            reclaimed = yield move(zone.reclaimable, zone.free, SWAP_CLUSTER_MAX)
            ever = ever or reclaimed
            balanced = yield holds_more((zone.free,), zone.marks.high)
        if ever:
            yield write(pgdat.failures, 0)
        elif not balanced:
            failures = yield read(pgdat.failures)
            yield write(pgdat.failures, failures + 1)
        if zone.boosted is not None:
            yield move(zone.boosted, zone.free, ANY_AMOUNT)
        yield wake(pgdat.pfmemalloc_wait)


def lru_gen_age_node(machine: Machine, current: Task) -> Routine:
    """Before kswapd reclaims: if all that is in use is younger than `lru_gen/min_ttl_ms`, it asks
    the OOM killer itself, unless somebody else does (since 6.1).

    The listeners then run on kswapd's stack: it is PF_MEMALLOC, so that no request of theirs
    reclaims or asks again, and every reserve is open to it.
    """
    if machine.switches.min_ttl and machine.traits.kswapd_calls_out_of_memory:
        # balance_pgdat looks at the mark before each of its rounds.
        balanced = yield holds_more((machine.zone.free,), machine.zone.marks.high)
        if balanced:
            return
        locked = yield mutex_trylock(machine.oom_lock)
        if locked:
            yield from out_of_memory(machine, current, flags.GFP_KERNEL)
            yield mutex_unlock(machine.oom_lock)


def shrink_slab(machine: Machine, current: Task) -> Routine:
    """Ask every shrinker to give memory back, as a PF_MEMALLOC task. Result: pages given back.

    shrinker_rwsem is only tried in the kernel, and never in the way here.
    """
    for i in range(len(current.traits.shrinkers_meet)):
        yield mutex_lock(current.traits.shrinkers_meet[i])
        yield mutex_unlock(current.traits.shrinkers_meet[i])
    shrunk = 0
    for i in range(len(machine.shrinkers)):
        pages = yield from machine.shrinkers[i](current.reclaiming)
        shrunk += pages
    return shrunk
