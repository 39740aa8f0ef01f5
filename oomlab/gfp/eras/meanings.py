"""What each flag asks for and each named mask is for, whatever number it had.

In the order in which a table lists them.
"""

from __future__ import annotations

FLAG_MEANINGS = {
    "__GFP_DMA": "only the lowest zone",
    "__GFP_HIGHMEM": "the highmem zone may be used",
    "__GFP_DMA32": "only memory below 4 GiB",
    "__GFP_MOVABLE": "the page can be migrated: ZONE_MOVABLE and CMA may be used",
    "__GFP_RECLAIMABLE": "grouped with memory that slab shrinkers can free",
    "__GFP_WAIT": "the caller may sleep and reclaim: this alone makes a request a blocking one",
    "__GFP_HIGH": "may go down to half of the min watermark",
    "__GFP_IO": "reclaim may start block I/O and swap",
    "__GFP_FS": "reclaim may call into filesystems; also the permission to OOM-kill",
    "__GFP_COLD": "prefers a page that is in no CPU's cache",
    "__GFP_NOWARN": "no report when the request fails",
    "__GFP_REPEAT": "a costly request (order above 3) is retried; others are anyway",
    "__GFP_RETRY_MAYFAIL": "retry hard, never invoke the OOM killer, fail in the end",
    "__GFP_NOFAIL": "never answer with a failure",
    "__GFP_NORETRY": "one round of reclaim and compaction, then fail; never OOM",
    "__GFP_MEMALLOC": "all reserves may be used",
    "__GFP_COMP": "prepare a compound page",
    "__GFP_ZERO": "the page comes zeroed",
    "__GFP_NOMEMALLOC": "no access to the reserves, whatever else would grant it",
    "__GFP_HARDWALL": "stay inside the task's cpuset",
    "__GFP_THISNODE": "no other node, and no OOM killer",
    "__GFP_ATOMIC": (
        "cannot sleep and matters: another quarter of the min watermark, cpuset ignored"
    ),
    "__GFP_KMEMCG": "kernel memory that a memory cgroup pays for",
    "__GFP_NOACCOUNT": "not charged to the task's memory cgroup",
    "__GFP_ACCOUNT": "charged to the task's memory cgroup",
    "__GFP_NOTRACK": "not watched by kmemcheck",
    "__GFP_NO_KSWAPD": "does not wake kswapd when memory is low",
    "__GFP_OTHER_NODE": "counted as local although it is for another node",
    "__GFP_DIRECT_RECLAIM": (
        "the caller may sleep and reclaim: this alone makes a request a blocking one"
    ),
    "__GFP_WRITE": "the page will be dirtied: spread over zones by their dirty limits",
    "__GFP_KSWAPD_RECLAIM": "wakes kswapd when memory is low",
    "__GFP_ZEROTAGS": "memory tags are zeroed with the page",
    "__GFP_SKIP_ZERO": "zeroing is left to whoever sets the memory tags",
    "__GFP_SKIP_KASAN_UNPOISON": "KASAN sets no memory tags when the page is handed out",
    "__GFP_SKIP_KASAN_POISON": "KASAN sets no memory tags when the page is freed",
    "__GFP_SKIP_KASAN": "no memory tags for KASAN",
    "__GFP_NOLOCKDEP": "lockdep does not record the request as one that may reclaim",
    "__GFP_NO_OBJ_EXT": "the slab gets no object extensions (allocating them must not recurse)",
}

MASK_MEANINGS = {
    "__GFP_RECLAIM": "both kinds of reclaim",
    "GFP_ATOMIC": "cannot sleep, must not fail lightly",
    "GFP_KERNEL": "the kernel's usual request",
    "GFP_KERNEL_ACCOUNT": "the same, charged to a memcg",
    "GFP_NOWAIT": "cannot sleep, may fail",
    "GFP_NOIO": "may sleep, but reclaim starts no I/O",
    "GFP_NOFS": "may sleep, but enters no filesystem",
    "GFP_TEMPORARY": "short-lived kernel memory",
    "GFP_USER": "memory on behalf of a process",
    "GFP_DMA": "the zone alone; not a blocking request",
    "GFP_DMA32": "the zone alone; not a blocking request",
    "GFP_HIGHUSER": "a process's page, reached by kmap",
    "GFP_HIGHUSER_MOVABLE": "a process's page that can be migrated",
    "GFP_THISNODE": "this node or nothing",
    "GFP_TRANSHUGE_LIGHT": "a huge page, if one lies ready",
    "GFP_TRANSHUGE": "a huge page, with direct reclaim but without kswapd",
}

ALIASES = {"__GFP_NOTRACK_FALSE_POSITIVE": "__GFP_NOTRACK"}
"""Second names; they exist where the first name does."""
