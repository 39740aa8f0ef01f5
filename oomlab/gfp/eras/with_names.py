"""Linux 4.6 to 5.17: kernels that print names, each flag at a bit of its own.

The order of the names is that of include/trace/events/mmflags.h.
"""

from __future__ import annotations

from oomlab.gfp.eras.change import Change

CHANGES = (
    Change(
        "4.6",
        source="include/linux/gfp.h and include/trace/events/mmflags.h of 4.6.2",
        masks={
            "GFP_TRANSHUGE": "GFP_HIGHUSER_MOVABLE COMP NOMEMALLOC NORETRY NOWARN -__GFP_RECLAIM"
        },
        named=True,
    ),
    Change(
        "4.8",
        source="include/linux/gfp.h of 4.9; the patch of 2016 that added GFP_TRANSHUGE_LIGHT",
        doubt="whether 4.8 was the first with GFP_TRANSHUGE_LIGHT (taken from the date)",
        masks={
            "GFP_TRANSHUGE_LIGHT": "GFP_HIGHUSER_MOVABLE COMP NOMEMALLOC NOWARN -__GFP_RECLAIM",
            "GFP_TRANSHUGE": "GFP_TRANSHUGE_LIGHT DIRECT_RECLAIM",
        },
        order="""GFP_TRANSHUGE GFP_TRANSHUGE_LIGHT GFP_HIGHUSER_MOVABLE GFP_HIGHUSER GFP_USER
            GFP_TEMPORARY GFP_KERNEL_ACCOUNT GFP_KERNEL GFP_NOFS GFP_ATOMIC GFP_NOIO GFP_NOWAIT
            GFP_DMA HIGHMEM GFP_DMA32 HIGH ATOMIC IO FS COLD NOWARN REPEAT NOFAIL NORETRY COMP ZERO
            NOMEMALLOC MEMALLOC HARDWALL THISNODE RECLAIMABLE MOVABLE ACCOUNT NOTRACK WRITE
            __GFP_RECLAIM DIRECT_RECLAIM KSWAPD_RECLAIM OTHER_NODE""",
    ),
    Change(
        "4.10",
        source="the patch that removed __GFP_OTHER_NODE; lines of 4.9 (0x24...) and 4.10 (0x14...)",
        put={"OTHER_NODE": None, "WRITE": 23, "KSWAPD_RECLAIM": 24},
    ),
    Change(
        "4.12",
        source="include/linux/gfp.h of 4.12.4 and 4.13.4",
        put={"NOLOCKDEP?LOCKDEP": 25},
    ),
    Change(
        "4.13",
        source="include/linux/gfp.h of 4.12.4 and 4.13.4",
        renamed={"REPEAT": "RETRY_MAYFAIL"},
    ),
    Change("4.14", source="include/linux/gfp.h of 4.14.5", masks={"GFP_TEMPORARY": None}),
    Change(
        "4.15",
        source="log lines of 4.15 (0x14...); the flags are missing in 4.18",
        doubt="whether 4.15 was the first without __GFP_COLD and __GFP_NOTRACK (from memory)",
        put={"COLD": None, "NOTRACK": None},
    ),
    Change(
        "4.18",
        source="include/linux/gfp.h of 4.19.0; log lines of 4.17 and 4.18",
        put={
            "WRITE": 8,
            "DIRECT_RECLAIM": 21,
            "KSWAPD_RECLAIM": 22,
            "NOLOCKDEP?LOCKDEP": 23,
        },
    ),
    Change(
        "5.1",
        source="the patch that moved the rare flags up; log lines of 5.0.6 and 5.2-rc2",
        doubt="whether 5.1 was the first with these numbers (5.0.6 was not, 5.2-rc2 had them)",
        bits="""DMA HIGHMEM DMA32 MOVABLE RECLAIMABLE HIGH IO FS ZERO ATOMIC DIRECT_RECLAIM
            KSWAPD_RECLAIM WRITE NOWARN RETRY_MAYFAIL NOFAIL NORETRY MEMALLOC COMP NOMEMALLOC
            HARDWALL THISNODE ACCOUNT NOLOCKDEP?LOCKDEP""",
    ),
    Change(
        "5.14",
        source="the patch of August 2021 that misses the two names; log lines of 5.15, 5.17-rc4",
        bits="""DMA HIGHMEM DMA32 MOVABLE RECLAIMABLE HIGH IO FS ZERO ATOMIC DIRECT_RECLAIM
            KSWAPD_RECLAIM WRITE NOWARN RETRY_MAYFAIL NOFAIL NORETRY MEMALLOC COMP NOMEMALLOC
            HARDWALL THISNODE ACCOUNT ZEROTAGS SKIP_KASAN_POISON NOLOCKDEP?LOCKDEP""",
        doubt="whether updates of 5.14 print __GFP_ZEROTAGS and __GFP_SKIP_KASAN_POISON too",
        masks={"GFP_HIGHUSER_MOVABLE": "GFP_HIGHUSER MOVABLE SKIP_KASAN_POISON"},
    ),
    Change(
        "5.15",
        source="include/trace/events/mmflags.h of 5.15",
        order="""GFP_TRANSHUGE GFP_TRANSHUGE_LIGHT GFP_HIGHUSER_MOVABLE GFP_HIGHUSER GFP_USER
            GFP_KERNEL_ACCOUNT GFP_KERNEL GFP_NOFS GFP_ATOMIC GFP_NOIO GFP_NOWAIT GFP_DMA HIGHMEM
            GFP_DMA32 HIGH ATOMIC IO FS NOWARN RETRY_MAYFAIL NOFAIL NORETRY COMP ZERO NOMEMALLOC
            MEMALLOC HARDWALL THISNODE RECLAIMABLE MOVABLE ACCOUNT WRITE __GFP_RECLAIM
            DIRECT_RECLAIM KSWAPD_RECLAIM ZEROTAGS SKIP_KASAN_POISON""",
    ),
)
