"""GFP masks: what an allocation request permits (include/linux/gfp.h, Linux 4.13).

The constants by which the model's routines test a request. Their numbers, and those of other
kernels, come from `oomlab.gfp.eras`.
"""

from __future__ import annotations

from oomlab.gfp.tables import table

_NUMBERS = table("4.13")

DMA = _NUMBERS.value("__GFP_DMA")
HIGHMEM = _NUMBERS.value("__GFP_HIGHMEM")
DMA32 = _NUMBERS.value("__GFP_DMA32")
MOVABLE = _NUMBERS.value("__GFP_MOVABLE")
RECLAIMABLE = _NUMBERS.value("__GFP_RECLAIMABLE")
HIGH = _NUMBERS.value("__GFP_HIGH")
IO = _NUMBERS.value("__GFP_IO")
FS = _NUMBERS.value("__GFP_FS")
COLD = _NUMBERS.value("__GFP_COLD")
NOWARN = _NUMBERS.value("__GFP_NOWARN")
RETRY_MAYFAIL = _NUMBERS.value("__GFP_RETRY_MAYFAIL")
NOFAIL = _NUMBERS.value("__GFP_NOFAIL")
NORETRY = _NUMBERS.value("__GFP_NORETRY")
MEMALLOC = _NUMBERS.value("__GFP_MEMALLOC")
COMP = _NUMBERS.value("__GFP_COMP")
ZERO = _NUMBERS.value("__GFP_ZERO")
NOMEMALLOC = _NUMBERS.value("__GFP_NOMEMALLOC")
HARDWALL = _NUMBERS.value("__GFP_HARDWALL")
THISNODE = _NUMBERS.value("__GFP_THISNODE")
ATOMIC = _NUMBERS.value("__GFP_ATOMIC")
ACCOUNT = _NUMBERS.value("__GFP_ACCOUNT")
NOTRACK = _NUMBERS.value("__GFP_NOTRACK")
DIRECT_RECLAIM = _NUMBERS.value("__GFP_DIRECT_RECLAIM")
WRITE = _NUMBERS.value("__GFP_WRITE")
KSWAPD_RECLAIM = _NUMBERS.value("__GFP_KSWAPD_RECLAIM")

RECLAIM = _NUMBERS.value("__GFP_RECLAIM")

GFP_ATOMIC = _NUMBERS.value("GFP_ATOMIC")
GFP_KERNEL = _NUMBERS.value("GFP_KERNEL")
GFP_NOWAIT = _NUMBERS.value("GFP_NOWAIT")
GFP_NOIO = _NUMBERS.value("GFP_NOIO")
GFP_NOFS = _NUMBERS.value("GFP_NOFS")
GFP_USER = _NUMBERS.value("GFP_USER")
GFP_HIGHUSER = _NUMBERS.value("GFP_HIGHUSER")
GFP_HIGHUSER_MOVABLE = _NUMBERS.value("GFP_HIGHUSER_MOVABLE")

BALLOON_INFLATE = _NUMBERS.sites["balloon-inflate"]
"""What balloon_page_enqueue asks for (mm/balloon_compaction.c, CONFIG_BALLOON_COMPACTION=y)."""


def gfpflags_allow_blocking(gfp: int) -> bool:
    """May the caller sleep and reclaim (gfpflags_allow_blocking)?"""
    return bool(gfp & DIRECT_RECLAIM)
