"""Linux 5.18 and newer: some flags have a bit only in a kernel built for them, and from 6.9 on a
flag that is missing gives its bit to the next one."""

from __future__ import annotations

from oomlab.gfp.eras.change import Change

CHANGES = (
    Change(
        "5.18",
        source="include/linux/gfp_types.h and mmflags.h of 6.1; the patches of early 2022",
        doubt="whether 5.18 and 5.19 already skip unpoisoning in GFP_HIGHUSER_MOVABLE",
        bits="""DMA HIGHMEM DMA32 MOVABLE RECLAIMABLE HIGH IO FS ZERO ATOMIC DIRECT_RECLAIM
            KSWAPD_RECLAIM WRITE NOWARN RETRY_MAYFAIL NOFAIL NORETRY MEMALLOC COMP NOMEMALLOC
            HARDWALL THISNODE ACCOUNT ZEROTAGS SKIP_ZERO?KASAN_HW_TAGS
            SKIP_KASAN_UNPOISON?KASAN_HW_TAGS SKIP_KASAN_POISON?KASAN_HW_TAGS NOLOCKDEP?LOCKDEP""",
        masks={
            "GFP_HIGHUSER_MOVABLE": "GFP_HIGHUSER MOVABLE SKIP_KASAN_POISON SKIP_KASAN_UNPOISON"
        },
        order="""GFP_TRANSHUGE GFP_TRANSHUGE_LIGHT GFP_HIGHUSER_MOVABLE GFP_HIGHUSER GFP_USER
            GFP_KERNEL_ACCOUNT GFP_KERNEL GFP_NOFS GFP_ATOMIC GFP_NOIO GFP_NOWAIT GFP_DMA HIGHMEM
            GFP_DMA32 HIGH ATOMIC IO FS NOWARN RETRY_MAYFAIL NOFAIL NORETRY COMP ZERO NOMEMALLOC
            MEMALLOC HARDWALL THISNODE RECLAIMABLE MOVABLE ACCOUNT WRITE __GFP_RECLAIM
            DIRECT_RECLAIM KSWAPD_RECLAIM ZEROTAGS SKIP_ZERO SKIP_KASAN_POISON
            SKIP_KASAN_UNPOISON SKIP_KASAN""",
    ),
    Change(
        "6.3",
        source="include/linux/gfp_types.h and mmflags.h of 6.6; 0x820 in log lines of 6.5 and 6.8",
        doubt="whether 6.3 was the first without __GFP_ATOMIC (lines: 5.13 has it, 6.5 not)",
        put={"ATOMIC": None},
        masks={"GFP_ATOMIC": "HIGH KSWAPD_RECLAIM"},
    ),
    Change(
        "6.4",
        source="include/linux/gfp_types.h of 6.8; 0a54864f8dfb of early 2023 merged the two",
        doubt="whether 6.4 was the first with __GFP_SKIP_KASAN (taken from the date)",
        put={
            "SKIP_KASAN_UNPOISON?KASAN_HW_TAGS": None,
            "SKIP_KASAN_POISON?KASAN_HW_TAGS": None,
            "SKIP_KASAN?KASAN_HW_TAGS": 25,
            "NOLOCKDEP?LOCKDEP": 26,
        },
        masks={"GFP_HIGHUSER_MOVABLE": "GFP_HIGHUSER MOVABLE SKIP_KASAN"},
    ),
    Change(
        "6.8",
        source="include/linux/gfp_types.h at 16f5dfbc851b; 0x252800 in a log line of 6.12-rc7",
        masks={"GFP_NOWAIT": "KSWAPD_RECLAIM NOWARN"},
    ),
    Change(
        "6.9",
        source="772dd0342727 made the bits an enum; its fix 592447f6cb3c is of April 2024",
        packed=True,
    ),
    Change(
        "6.10",
        source="the patches of early 2024 that added __GFP_NO_OBJ_EXT; type data of a later build",
        doubt="whether 6.10 was the first with __GFP_NO_OBJ_EXT (from memory)",
        put={"NO_OBJ_EXT?SLAB_OBJ_EXT": 27},
    ),
    Change(
        "6.15",
        source="include/trace/events/mmflags.h after ca29a0bf1221; log lines of 6.10-rc2, 6.15-rc6",
        order="""GFP_TRANSHUGE GFP_TRANSHUGE_LIGHT GFP_HIGHUSER_MOVABLE GFP_HIGHUSER GFP_USER
            GFP_KERNEL_ACCOUNT GFP_KERNEL GFP_NOFS GFP_ATOMIC GFP_NOIO GFP_NOWAIT GFP_DMA GFP_DMA32
            __GFP_RECLAIM DMA HIGHMEM DMA32 MOVABLE RECLAIMABLE HIGH IO FS ZERO DIRECT_RECLAIM
            KSWAPD_RECLAIM WRITE NOWARN RETRY_MAYFAIL NOFAIL NORETRY MEMALLOC COMP NOMEMALLOC
            HARDWALL THISNODE ACCOUNT ZEROTAGS SKIP_ZERO SKIP_KASAN NOLOCKDEP NO_OBJ_EXT""",
    ),
    Change(
        "7.2",
        source="the proposal of June 2026 to remove __GFP_NO_OBJ_EXT, made against its successor",
        doubt="whether 7.2 still has __GFP_NO_OBJ_EXT (gone in 7.3.4); read here as if it had",
    ),
    Change(
        "7.3",
        source="include/linux/gfp_types.h and mmflags.h of 7.3.4; mmflags.h at 01c69ef56dfa",
        put={"NO_OBJ_EXT?SLAB_OBJ_EXT": None},
    ),
)
