"""A memory zone: its free pages and its watermarks (include/linux/mmzone.h)."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from typing import TYPE_CHECKING

from oomlab.engine.model import Layout
from oomlab.engine.ops import Op, Slot, take_block, take_page
from oomlab.engine.slots import Answerer, Says
from oomlab.errors import InputError
from oomlab.gfp import flags
from oomlab.limits import Limit

if TYPE_CHECKING:
    from oomlab.kernel.percpu_lists import PerCpuLists

LIMITS = (
    Limit(
        "simplified",
        "Two zones, one node",
        "There is no NUMA, no cpuset and no CMA area. A request that insists on "
        "the lowest zone does not get a page of the other, and never lends it one, so that no "
        "zone holds pages back for its own kind of request.",
    ),
    Limit(
        "simplified",
        "The largest free block",
        "A zone knows the largest order of which it has a free block. Only compaction raises it; "
        "taking a block or giving pages back changes nothing. No block joins the highatomic "
        "reserve during a run.",
    ),
)

PAGE_KIB = 4
WATERMARK_SCALE_FACTOR = 10  # of 10,000 (vm.watermark_scale_factor, kernel default)
MAX_ORDER = 11
PAGE_ALLOC_COSTLY_ORDER = 3  # larger orders are "costly": the kernel tries less hard for them
PAGEBLOCK_PAGES = 512  # 2 MiB, as on x86

# Allocation flags (mm/internal.h, 4.13).
ALLOC_WMARK_MIN = 0x00
ALLOC_WMARK_LOW = 0x01
ALLOC_WMARK_HIGH = 0x02
ALLOC_NO_WATERMARKS = 0x04
ALLOC_WMARK_MASK = ALLOC_NO_WATERMARKS - 1
ALLOC_OOM = 0x08  # since 4.14
ALLOC_HARDER = 0x10
ALLOC_HIGH = 0x20


@dataclass(frozen=True)
class Watermarks:
    """Three marks in pages; an attempt passes only if strictly more pages than the mark are free.

    Raises InputError unless 0 <= min <= low <= high.
    """

    min: int
    low: int
    high: int

    def __post_init__(self) -> None:
        if not 0 <= self.min <= self.low <= self.high:
            raise InputError(
                f"watermarks must satisfy 0 <= min <= low <= high, not {self.min}, {self.low}, "
                f"{self.high}"
            )


def watermarks_for(managed_pages: int) -> Watermarks:
    """The kernel's own choice for a machine with one lowmem zone of `managed_pages`
    (init_per_zone_wmark_min and __setup_per_zone_wmarks)."""
    min_free_kib = min(max(isqrt(16 * managed_pages * PAGE_KIB), 128), 65536)
    lowest = min_free_kib // PAGE_KIB
    gap = max(lowest // 4, managed_pages * WATERMARK_SCALE_FACTOR // 10000)
    return Watermarks(lowest, lowest + gap, lowest + 2 * gap)


@dataclass(frozen=True)
class ZoneDetails:
    """What a zone keeps account of beside free and reclaimable pages; None: it does not.

    `largest_order`: of the free blocks at first; without it there are requests for single pages
    only. `highatomic`: free pages in the highatomic reserve. `isolated`: pages that other
    reclaimers have taken off the LRU lists. `writeback`: pages being written to the disk.
    """

    largest_order: int | None = None
    highatomic: int = 0
    isolated: int | None = None
    writeback: int | None = None


@dataclass(frozen=True, eq=False)
class Blocks:
    """The order of the largest free block, and the pages of the highatomic reserve (which are not
    among the zone's free ones)."""

    largest_order: Slot
    highatomic: Slot


@dataclass(frozen=True, eq=False)
class Zone:
    """Free pages, reclaimable pages (clean page cache), the marks, and what else the zone counts;
    see ZoneDetails. Two kinds of pages come back with nobody giving anything up, where there are
    any: those in `lists`, and the `boosted` ones, which are free but kept from every request by a
    boost of the watermarks."""

    free: Slot
    reclaimable: Slot
    marks: Watermarks
    blocks: Blocks | None = None
    isolated: Slot | None = None
    writeback: Slot | None = None
    lists: PerCpuLists | None = None
    boosted: Slot | None = None

    @classmethod
    def declare(
        cls,
        layout: Layout,
        free: int,
        reclaimable: int,
        marks: Watermarks,
        name: str = "",
        details: ZoneDetails | None = None,
    ) -> Zone:
        """Declare the zone's pools in `layout`; counts in pages. `name`: of any but the main
        one. Raises InputError for an order that no kernel has."""
        suffix = f" in {name}" if name else ""
        details = details or ZoneDetails()
        free_slot = layout.pool(
            f"free{suffix}",
            free,
            role="free",
            mark=marks.min,
            says={"holds_more": "sees that even reclaiming everything would not help"},
        )
        reclaimable_slot = layout.pool(
            f"reclaimable{suffix}",
            reclaimable,
            role="kept",
            says={
                "move": Says(
                    "runs a round of direct reclaim, which finds nothing",
                    told="{task} reclaims {pages}",
                    order="reclaim what can be reclaimed",
                ),
                "holds_more": "looks whether all its file pages are in memory",
            },
        )
        isolated = writeback = blocks = None
        if details.isolated is not None:
            isolated = layout.pool(
                f"isolated{suffix}",
                details.isolated,
                role="kept",
                says={
                    "exceeds": "compares what others have taken off the LRU lists with what is "
                    "left",
                    "move": "puts back or frees what it took off the LRU lists",
                },
            )
        if details.writeback is not None:
            writeback = layout.pool(
                f"under writeback{suffix}",
                details.writeback,
                role="kept",
                says={"exceeds": "looks whether more than half is being written"},
            )
        if details.largest_order is not None:
            check_order(details.largest_order)
            blocks = Blocks(
                layout.word(
                    f"largest free order{suffix}",
                    details.largest_order,
                    says={
                        "read": "looks at the largest free block",
                        "write": "has made a larger block",
                    },
                ),
                layout.pool(
                    f"highatomic reserve{suffix}",
                    details.highatomic,
                    role="kept",
                    says={"move": "makes a block of the highatomic reserve an ordinary one"},
                ),
            )
        return cls(free_slot, reclaimable_slot, marks, blocks, isolated, writeback)


def check_order(order: int) -> None:
    """Raise InputError unless a free block can be of this order."""
    if not 0 <= order < MAX_ORDER:
        raise InputError(f"a block cannot be of order {order}; valid: 0 to {MAX_ORDER - 1}")


@dataclass(frozen=True, eq=False)
class Kswapd:
    """The kernel swapper's part of a node (pglist_data).

    `wanted` is 1 while somebody has asked for it, `failures` counts its fruitless passes in a row;
    tasks that direct reclaim throttles stand on `pfmemalloc_wait`.
    """

    wanted: Slot
    wait: Slot
    failures: Slot
    pfmemalloc_wait: Slot

    @classmethod
    def declare(cls, layout: Layout) -> Kswapd:
        """Declare the four."""
        return cls(
            layout.word("kswapd wanted", 0, says={"write": "asks for kswapd, or takes note of it"}),
            layout.queue("kswapd_wait", "anybody", says={"wake": "wakes kswapd"}),
            layout.word(
                "kswapd_failures",
                0,
                says={
                    "read": "looks how often kswapd has failed in a row",
                    "write": "counts kswapd's fruitless passes",
                },
            ),
            # kswapd wakes it after each of its passes.
            layout.queue(
                "pfmemalloc_wait",
                Answerer("kswapd", "a sign that enough is free"),
                says={"wake": "wakes whoever is throttled"},
            ),
        )


def get_page_from_freelist(zone: Zone, hand: Slot, alloc_flags: int, order: int = 0) -> Op:
    """One attempt: take a block of 2^order pages into `hand` if the watermark allows it.

    Requests with ALLOC_HARDER may take a block of order > 0 out of the highatomic reserve; for all
    others that reserve does not count as free.
    """
    mark = watermark(zone.marks, alloc_flags)
    if zone.blocks is None:
        return take_page(zone.free, hand, mark)
    return take_block(
        zone.free,
        hand,
        mark,
        order,
        zone.blocks.largest_order,
        zone.blocks.highatomic,
        counts=bool(alloc_flags & (ALLOC_HARDER | ALLOC_OOM)),
        opens=bool(alloc_flags & ALLOC_HARDER),
    )


def watermark(marks: Watermarks, alloc_flags: int) -> int:
    """How many free pages an attempt with `alloc_flags` must leave behind: strictly more than this
    many must be free, the 2^order - 1 other pages of a block not counted (__zone_watermark_ok).
    Negative: no watermark at all."""
    if alloc_flags & ALLOC_NO_WATERMARKS:
        return -1
    mark = (marks.min, marks.low, marks.high)[alloc_flags & ALLOC_WMARK_MASK]
    if alloc_flags & ALLOC_HIGH:
        mark -= mark // 2
    if alloc_flags & ALLOC_OOM:
        mark -= mark // 2
    elif alloc_flags & ALLOC_HARDER:
        mark -= mark // 4
    return mark


def gfp_to_alloc_flags(gfp: int, realtime: bool = False, *, half: bool = False) -> int:
    """The slow path's starting flags, without CPUSET and CMA, which one zone does not need.

    A realtime task may try as hard as an atomic request, unless the request is one; with `half` as
    hard as one with `__GFP_HIGH` (since 6.3).
    """
    alloc_flags = ALLOC_WMARK_MIN
    if gfp & flags.HIGH:
        alloc_flags |= ALLOC_HIGH
    if gfp & flags.ATOMIC:
        if not gfp & flags.NOMEMALLOC:
            alloc_flags |= ALLOC_HARDER
    elif realtime:
        alloc_flags |= ALLOC_HIGH if half else ALLOC_HARDER
    return alloc_flags
