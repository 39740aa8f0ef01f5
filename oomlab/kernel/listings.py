"""The kernel's routines in ten lines like C, for the chapters that they are the subject of."""

from __future__ import annotations

from oomlab.kernel.oom_kill import out_of_memory
from oomlab.kernel.page_alloc import alloc_pages_may_oom, alloc_pages_slowpath
from oomlab.kernel.slow_path import step
from oomlab.listing import Listing

WATCHERS = (step,)
"""Routines that watch and do nothing. A listing is about what is done."""

LISTINGS = (
    Listing(
        "__alloc_pages_slowpath",
        alloc_pages_slowpath,
        """\
while (true) {
    got = get_page_from_freelist();
    if (got || !blocking)
        break;
    got = alloc_pages_direct_reclaim();
    if (got || gfp & __GFP_NORETRY)
        break;
    if (should_reclaim_retry())
        continue;
    got = alloc_pages_may_oom();
    if (got || !progress)
        break;
}
return got;
""",
    ),
    Listing(
        "__alloc_pages_may_oom",
        alloc_pages_may_oom,
        """\
/* before any reason to give up: */
if (!mutex_trylock(&oom_lock)) {
    sleep(1);     /* a jiffy */
    return true;  /* "there is progress" */
}
got = get_page_from_freelist(
          ALLOC_WMARK_HIGH);
if (!got && !gives_up_at)
    progress = out_of_memory(gfp);
mutex_unlock(&oom_lock);
return progress;
""",
    ),
    Listing(
        "out_of_memory",
        out_of_memory,
        """\
freed = notify();   /* all listeners */
if (freed > 0)
    return true;
if (task_will_free_mem(current))
    return true;
if (gfp && !(gfp & __GFP_FS))
    return true;       /* only now */
victim = worst_of();
oom_kill_process(victim);
return true;
""",
    ),
)
