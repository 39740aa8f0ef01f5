"""A memory zone: its free pages and its watermarks (include/linux/mmzone.h)."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt

from oomlab.errors import InputError
from oomlab.kernel import gfp as flags
from oomlab.limits import Limit
from oomlab.model import Layout
from oomlab.ops import Slot

LIMITS = (
    Limit(
        "simplified",
        "Single pages, two zones",
        "There is no NUMA, no cpuset, no compaction, no per-CPU list. A request is for one "
        "page; one that insists on the lowest zone does not get a page of the other, and "
        "never lends it one.",
    ),
)

PAGE_KIB = 4
WATERMARK_SCALE_FACTOR = 10  # of 10,000 (vm.watermark_scale_factor, kernel default)

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


@dataclass(frozen=True, eq=False)
class Zone:
    """Free pages, reclaimable pages (clean page cache) and the marks."""

    free: Slot
    reclaimable: Slot
    marks: Watermarks

    @classmethod
    def declare(
        cls, layout: Layout, free: int, reclaimable: int, marks: Watermarks, name: str = ""
    ) -> Zone:
        """Declare the zone's pools in `layout`; counts in pages. `name`: of any but the main
        one."""
        suffix = f" in {name}" if name else ""
        return cls(
            layout.pool(f"free{suffix}", free),
            layout.pool(f"reclaimable{suffix}", reclaimable),
            marks,
        )


def watermark(marks: Watermarks, alloc_flags: int) -> int:
    """How many free pages an order-0 attempt with `alloc_flags` must leave behind: strictly more
    than this many must be free (__zone_watermark_ok). Negative: no watermark at all."""
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


def gfp_to_alloc_flags(gfp: int) -> int:
    """The slow path's starting flags, without CPUSET and CMA, which one zone does not need."""
    alloc_flags = ALLOC_WMARK_MIN
    if gfp & flags.HIGH:
        alloc_flags |= ALLOC_HIGH
    if gfp & flags.ATOMIC and not gfp & flags.NOMEMALLOC:
        alloc_flags |= ALLOC_HARDER
    return alloc_flags
