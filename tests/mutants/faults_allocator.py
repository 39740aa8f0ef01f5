"""Faults in the page allocator and in reclaim."""

from __future__ import annotations

from tests.mutants.fault import Fault

ALLOCATOR = (
    Fault(
        "oom_lock is kept after the OOM killer was asked",
        "kernel/page_alloc.py",
        "    yield mutex_unlock(machine.oom_lock)\n    if not got:\n",
        "    if not got:\n",
        "h2_needs_no_kill_when_the_balloon_allocates_outside",
    ),
    Fault(
        "__GFP_NORETRY is not looked at",
        "kernel/page_alloc.py",
        "            if gfp & flags.NORETRY:  # 16\n                break\n",
        "",
        "a_request_that_does_not_retry_never_has_oom_lock",
    ),
    Fault(
        "a poller naps two jiffies",
        "kernel/page_alloc.py",
        "    if not locked:\n        yield sleep(1)\n",
        "    if not locked:\n        yield sleep(2)\n",
        "pollers_try_with_every_second_tick",
    ),
    Fault(
        "oom_lock is waited for instead of tried",
        "kernel/page_alloc.py",
        "    locked = yield mutex_trylock(machine.oom_lock)\n",
        "    from oomlab.engine.ops import mutex_lock\n\n"
        "    yield mutex_lock(machine.oom_lock)\n    locked = True\n",
        "a_request_that_may_fail_polls_while_oom_lock_is_held",
    ),
    Fault(
        "a request that may fail is let go before it tries oom_lock",
        "kernel/page_alloc.py",
        "    locked = yield mutex_trylock(machine.oom_lock)\n",
        "    if gives_up_at:\n        return False, False\n"
        "    locked = yield mutex_trylock(machine.oom_lock)\n",
        "a_request_that_may_fail_polls_while_oom_lock_is_held",
    ),
    Fault(
        "the last attempt before a kill is made at the min mark",
        "kernel/page_alloc.py",
        "    got = yield get_page_from_freelist(zone, current.hand, ALLOC_WMARK_HIGH, order)\n",
        "    got = yield get_page_from_freelist(zone, current.hand, 0, order)\n",
        "the_last_attempt_is_made_at_the_high_mark",
    ),
    Fault(
        "an atomic request may go below half of its mark",
        "kernel/zone.py",
        "        mark -= mark // 4\n",
        "        mark -= mark // 2\n",
        "marks_are_halved_and_quartered",
    ),
    Fault(
        "fruitless rounds of reclaim are repeated once too often",
        "kernel/vmscan.py",
        "MAX_RECLAIM_RETRIES = 16\n",
        "MAX_RECLAIM_RETRIES = 17\n",
        "reclaim_is_tried_again_sixteen_times",
    ),
    Fault(
        "a victim gets every reserve of 4.14 as well",
        "kernel/page_alloc.py",
        "    victims_get = ALLOC_NO_WATERMARKS if all_reserves else ALLOC_OOM\n",
        "    victims_get = ALLOC_NO_WATERMARKS\n",
        "a_victim_gets_half_of_the_min_mark_since_4_14",
    ),
    Fault(
        "reclaim takes filesystem locks without being permitted to",
        "kernel/vmscan.py",
        "    if gfp & flags.FS:\n        for i in range(len(current.traits.reclaim_meets)):\n",
        "    if gfp:\n        for i in range(len(current.traits.reclaim_meets)):\n",
        "reclaim_without_fs_takes_no_filesystem_lock",
    ),
    Fault(
        "blocks of order 4 are not costly",
        "kernel/page_alloc.py",
        "    costly = order > PAGE_ALLOC_COSTLY_ORDER\n",
        "    costly = order > PAGE_ALLOC_COSTLY_ORDER + 1\n",
        "a_costly_request_fails_before_it_asks_anybody",
    ),
)
