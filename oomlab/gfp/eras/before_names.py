"""Linux 2.6.24 to 4.5: kernels that print a mask as a number and nothing else.

The names are those of the header (include/linux/gfp.h) of the time. Their order is that of the
trace events of 2.6.32 (include/trace/events/gfpflags.h), which named flags before messages did.
"""

from __future__ import annotations

from oomlab.gfp.eras.change import Change

CHANGES = (
    Change(
        "2.6.24",
        source="include/linux/gfp.h of 2.6.24; 0x1201d2 in log lines of 2.6.24 to 2.6.26",
        doubt="anything about older kernels",
        bits="""DMA HIGHMEM DMA32 - WAIT HIGH IO FS COLD NOWARN REPEAT NOFAIL NORETRY - COMP ZERO
            NOMEMALLOC HARDWALL THISNODE RECLAIMABLE MOVABLE""",
        masks={
            "GFP_NOWAIT": "",
            "GFP_ATOMIC": "HIGH",
            "GFP_NOIO": "WAIT",
            "GFP_NOFS": "WAIT IO",
            "GFP_KERNEL": "WAIT IO FS",
            "GFP_TEMPORARY": "GFP_KERNEL RECLAIMABLE",
            "GFP_USER": "GFP_KERNEL HARDWALL",
            "GFP_HIGHUSER": "GFP_USER HIGHMEM",
            "GFP_HIGHUSER_MOVABLE": "GFP_HIGHUSER MOVABLE",
            "GFP_THISNODE": "THISNODE NOWARN NORETRY",
            "GFP_DMA": "DMA",
            "GFP_DMA32": "DMA32",
        },
        order="""GFP_TRANSHUGE GFP_HIGHUSER_MOVABLE GFP_HIGHUSER GFP_USER GFP_TEMPORARY GFP_KERNEL
            GFP_NOFS GFP_ATOMIC GFP_NOIO GFP_DMA HIGHMEM GFP_DMA32 HIGH WAIT IO FS COLD NOWARN
            REPEAT NOFAIL NORETRY COMP ZERO NOMEMALLOC MEMALLOC HARDWALL THISNODE RECLAIMABLE
            MOVABLE KMEMCG NOACCOUNT NOTRACK WRITE NO_KSWAPD OTHER_NODE""",
        named=False,
        packed=False,
    ),
    Change(
        "2.6.31",
        source="include/linux/gfp.h of 2.6.32 and the patch of 2009 that moved __GFP_MOVABLE",
        doubt="until when (before 3.13) __GFP_NOTRACK had its bit with CONFIG_KMEMCHECK only",
        put={"MOVABLE": 3, "NOTRACK": 21},
    ),
    Change(
        "2.6.38",
        source="include/linux/gfp.h of 3.13, which has the flags",
        doubt="whether 2.6.38 was the first with __GFP_NO_KSWAPD (from memory)",
        put={"NO_KSWAPD": 22},
        masks={"GFP_TRANSHUGE": "GFP_HIGHUSER_MOVABLE COMP NOMEMALLOC NORETRY NOWARN NO_KSWAPD"},
    ),
    Change(
        "2.6.39",
        source="include/linux/gfp.h of 3.13, which has the flag",
        doubt="whether 2.6.39 was the first with __GFP_OTHER_NODE (from memory)",
        put={"OTHER_NODE": 23},
    ),
    Change(
        "3.3",
        source="include/linux/gfp.h of 3.13, which has the flag",
        doubt="whether 3.3 was the first with __GFP_WRITE (from memory)",
        put={"WRITE": 24},
    ),
    Change(
        "3.6",
        source="include/linux/gfp.h of 3.13, which has the flag",
        doubt="whether 3.6 was the first with __GFP_MEMALLOC (from memory)",
        put={"MEMALLOC": 13},
    ),
    Change(
        "3.8",
        source="include/linux/gfp.h of 3.13; 0x204010 in a log line of 3.18",
        doubt="whether 3.8 was the first with __GFP_KMEMCG (from memory)",
        put={"KMEMCG": 20},
    ),
    Change(
        "4.1",
        source="the patch of May 2015 that added __GFP_NOACCOUNT, whose header lacks __GFP_KMEMCG",
        doubt="whether 4.0 still had __GFP_KMEMCG",
        put={"KMEMCG": None, "NOACCOUNT": 20},
    ),
    Change(
        "4.4",
        source="the patches of September 2015 that split __GFP_WAIT; log lines of 4.4-rc4",
        bits="""DMA HIGHMEM DMA32 MOVABLE RECLAIMABLE HIGH IO FS COLD NOWARN REPEAT NOFAIL NORETRY
            MEMALLOC COMP ZERO NOMEMALLOC HARDWALL THISNODE ATOMIC NOACCOUNT NOTRACK DIRECT_RECLAIM
            OTHER_NODE WRITE KSWAPD_RECLAIM""",
        masks={
            "__GFP_RECLAIM": "DIRECT_RECLAIM KSWAPD_RECLAIM",
            "GFP_ATOMIC": "HIGH ATOMIC KSWAPD_RECLAIM",
            "GFP_KERNEL": "__GFP_RECLAIM IO FS",
            "GFP_NOWAIT": "KSWAPD_RECLAIM",
            "GFP_NOIO": "__GFP_RECLAIM",
            "GFP_NOFS": "__GFP_RECLAIM IO",
            "GFP_TRANSHUGE": "GFP_HIGHUSER_MOVABLE COMP NOMEMALLOC NORETRY NOWARN -KSWAPD_RECLAIM",
            "GFP_THISNODE": None,
        },
        order="""GFP_TRANSHUGE GFP_HIGHUSER_MOVABLE GFP_HIGHUSER GFP_USER GFP_TEMPORARY
            GFP_KERNEL_ACCOUNT GFP_KERNEL GFP_NOFS GFP_ATOMIC GFP_NOIO GFP_NOWAIT GFP_DMA HIGHMEM
            GFP_DMA32 HIGH ATOMIC IO FS COLD NOWARN REPEAT NOFAIL NORETRY COMP ZERO NOMEMALLOC
            MEMALLOC HARDWALL THISNODE RECLAIMABLE MOVABLE NOACCOUNT ACCOUNT NOTRACK WRITE
            __GFP_RECLAIM DIRECT_RECLAIM KSWAPD_RECLAIM OTHER_NODE""",
    ),
    Change(
        "4.5",
        source="include/trace/events/gfpflags.h of 4.5 (1f7866b4aebd)",
        doubt="how development kernels of 4.5 printed names (some without the two underscores)",
        renamed={"NOACCOUNT": "ACCOUNT"},
        masks={"GFP_KERNEL_ACCOUNT": "GFP_KERNEL ACCOUNT"},
    ),
)
