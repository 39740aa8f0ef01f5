"""What a GFP mask permits, one question a function.

The answers are those of the page allocator of Linux 4.13 (mm/page_alloc.c) for a task without
special rights; other kernels answer alike where nothing else is said. A flag counts only where the
allocator can still look at it: a request that may not sleep never reaches reclaim, so its
`__GFP_FS` permits nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import InputError, shown
from oomlab.gfp.expression import check, parse
from oomlab.gfp.tables import DEFAULT_VERSION, Table, table
from oomlab.kernel_release import KernelRelease

COSTLY = 3
"""PAGE_ALLOC_COSTLY_ORDER: for requests above it nobody is killed."""

MAX_ORDER = 64
"""Orders from here on are a slip (our choice); no kernel serves one above 17."""

_NOFS_RUNS_CHAIN = KernelRelease(4, 7)
"""The first release in which out_of_memory, and no longer its caller, asks for `__GFP_FS`
(3da88fb3bacf): from it on the notifiers run before that."""

_NOFAIL_OBEYS = KernelRelease(4, 11)
"""The first release in which `__GFP_NOFAIL` does not have somebody killed where no other request
would (06ad276ac187; the release is from memory)."""

_SLEEPS = ("__GFP_DIRECT_RECLAIM", "__GFP_WAIT")
"""What makes a request a blocking one; the second until 4.3."""


@checked
@brief
@dataclass(frozen=True)
class Request:
    """A mask, the kernel that reads it, and for how many pages it asks (2 to the power of `order`).

    Raises InputError if the mask does not fit gfp_t or the order is none.
    """

    mask: int
    table: Table
    order: int = 0

    def __post_init__(self) -> None:
        check(self.mask)
        if not -1 <= self.order < MAX_ORDER:
            raise InputError(
                f"{shown(self.order)} is not an order; valid: 0 to {MAX_ORDER - 1} (-1: SysRq-f)"
            )

    @checked
    def has(self, name: str) -> bool:
        """Is the flag `name` set? A flag that this kernel lacks never is."""
        return bool(self.mask & self.table.bits.get(name, 0))


@checked(leave="version")
def request(expression: str, version: str = DEFAULT_VERSION) -> Request:
    """The request that a kernel expression stands for. Raises InputError."""
    numbers = table(version)
    return Request(parse(expression, numbers), numbers)


class HighestZone(Enum):
    """The highest zone a request may be served from; lower ones are open to it too."""

    DMA = "ZONE_DMA"
    DMA32 = "ZONE_DMA32"
    NORMAL = "ZONE_NORMAL"
    HIGHMEM = "ZONE_HIGHMEM"
    MOVABLE = "ZONE_MOVABLE"
    INVALID = "invalid"


_ZONES = {
    (): HighestZone.NORMAL,
    ("__GFP_DMA",): HighestZone.DMA,
    ("__GFP_HIGHMEM",): HighestZone.HIGHMEM,
    ("__GFP_DMA32",): HighestZone.DMA32,
    ("__GFP_MOVABLE",): HighestZone.NORMAL,
    ("__GFP_DMA", "__GFP_MOVABLE"): HighestZone.DMA,
    ("__GFP_HIGHMEM", "__GFP_MOVABLE"): HighestZone.MOVABLE,
    ("__GFP_DMA32", "__GFP_MOVABLE"): HighestZone.DMA32,
}
_SELECTORS = ("__GFP_DMA", "__GFP_HIGHMEM", "__GFP_DMA32", "__GFP_MOVABLE")


def zone(request: Request) -> HighestZone:
    """The zone that the four selector bits name (gfp_zone), on a machine that has all zones.

    `__GFP_MOVABLE` opens ZONE_MOVABLE only together with `__GFP_HIGHMEM`. Two of the other three
    bits together are a bug of the caller; the kernel's table then answers with its lowest zone.
    """
    selectors = tuple(name for name in _SELECTORS if request.has(name))
    return _ZONES.get(selectors, HighestZone.INVALID)


def below_normal(request: Request) -> bool:
    """Is the request confined to zones below ZONE_NORMAL (the test of ac->high_zoneidx)?"""
    return zone(request) in (HighestZone.DMA, HighestZone.DMA32, HighestZone.INVALID)


class Reserve(Enum):
    """How deep a request may dig below the min watermark, the least first."""

    NONE = "none"
    QUARTER = "a quarter of the min watermark"
    HALF = "half of the min watermark"
    FIVE_EIGHTHS = "five eighths of the min watermark"
    ALL = "all free memory"


def reserve(request: Request) -> Reserve:
    """The share of the reserves that the mask itself opens (gfp_to_alloc_flags,
    gfp_pfmemalloc_allowed, __zone_watermark_ok).

    `__GFP_HIGH` halves the mark, `__GFP_ATOMIC` takes a quarter off what is left; ATOMIC is
    dropped from a request that may sleep, and gives nothing under NOMEMALLOC. From 6.3 on the
    quarter goes to requests with `__GFP_HIGH` that may not sleep, until 4.3 to all that may not.
    MEMALLOC ignores all marks unless NOMEMALLOC forbids it.
    """
    forbidden = request.has("__GFP_NOMEMALLOC")
    if request.has("__GFP_MEMALLOC") and not forbidden:
        return Reserve.ALL
    high = request.has("__GFP_HIGH")
    if "__GFP_WAIT" in request.table.bits:
        atomic = wakes_kswapd(request)
    else:
        has_atomic_flag = "__GFP_ATOMIC" in request.table.bits
        atomic = request.has("__GFP_ATOMIC") if has_atomic_flag else high
    harder = atomic and not may_block(request) and not forbidden
    if high:
        return Reserve.FIVE_EIGHTHS if harder else Reserve.HALF
    return Reserve.QUARTER if harder else Reserve.NONE


@checked
def may_block(request: Request) -> bool:
    """`__GFP_DIRECT_RECLAIM` and nothing else decides it (gfpflags_allow_blocking); until 4.3
    `__GFP_WAIT` did."""
    return any(request.has(name) for name in _SLEEPS)


@checked
def wakes_kswapd(request: Request) -> bool:
    """Both at the start of the slow path and before each retry (wake_all_kswapds). Until 4.3 every
    request did that had no `__GFP_NO_KSWAPD`."""
    if "__GFP_KSWAPD_RECLAIM" not in request.table.bits:
        return not request.has("__GFP_NO_KSWAPD")
    return request.has("__GFP_KSWAPD_RECLAIM")


def may_start_io(request: Request) -> bool:
    """`__GFP_IO`, in a request that reclaims at all (shrink_page_list)."""
    return may_block(request) and request.has("__GFP_IO")


def may_enter_fs(request: Request) -> bool:
    """`__GFP_FS`, in a request that reclaims at all (shrink_page_list, the shrinkers)."""
    return may_block(request) and request.has("__GFP_FS")


def may_use_reserves(request: Request) -> bool:
    """Any share of them, by the mask alone; `reserve` says which."""
    return reserve(request) is not Reserve.NONE


def task_may_use_reserves(request: Request) -> bool:
    """`__GFP_NOMEMALLOC` is asked before the task is (gfp_pfmemalloc_allowed)."""
    return not request.has("__GFP_NOMEMALLOC")


def costly(request: Request) -> bool:
    """More pages in one piece than the kernel thinks worth a victim: an order above 3."""
    return request.order > COSTLY


def gives_up_as_costly(request: Request) -> bool:
    """A costly request leaves at step 17, before oom_lock, unless it asks to be retried."""
    retried = request.has("__GFP_RETRY_MAYFAIL") or request.has("__GFP_REPEAT")
    return costly(request) and not retried


def may_fail_early(request: Request) -> bool:
    """It may not sleep (step 11 of the slow path), may try only once (step 16), or asks for too
    many pages in one piece (step 17).

    `__GFP_NOFAIL` overrules both, but means nothing to a request that may not sleep.
    """
    if not may_block(request):
        return True
    early = request.has("__GFP_NORETRY") or gives_up_as_costly(request)
    return early and not request.has("__GFP_NOFAIL")


@checked
def may_take_oom_lock(request: Request) -> bool:
    """Every request that sleeps and retries gets to step 20 (__alloc_pages_may_oom), where the
    trylock comes before each test of the mask."""
    tries_once = request.has("__GFP_NORETRY") or gives_up_as_costly(request)
    return may_block(request) and not tries_once


@checked
def invokes_notifiers(request: Request) -> bool:
    """It holds oom_lock and passes the early exits: not RETRY_MAYFAIL, not THISNODE, not confined
    to a zone below ZONE_NORMAL, not costly. `__GFP_FS` is not asked from 4.7 on: out_of_memory runs
    the chain first."""
    kept_away = request.has("__GFP_RETRY_MAYFAIL") or request.has("__GFP_THISNODE")
    if nofail_passes(request):
        return may_take_oom_lock(request)
    if request.table.release < _NOFS_RUNS_CHAIN and not request.has("__GFP_FS"):
        return False
    kept_away = kept_away or costly(request) or below_normal(request)
    return may_take_oom_lock(request) and not kept_away


@checked
def may_kill(request: Request) -> bool:
    """It runs the notifiers, and `__GFP_FS` is there when out_of_memory asks for it afterwards."""
    allowed = request.has("__GFP_FS") or nofail_passes(request)
    return invokes_notifiers(request) and allowed


def nofail_passes(request: Request) -> bool:
    """`__GFP_NOFAIL` on a kernel where it overruled every reason not to kill."""
    return request.table.release < _NOFAIL_OBEYS and request.has("__GFP_NOFAIL")


def must_not_fail(request: Request) -> bool:
    """`__GFP_NOFAIL` in a request that may sleep: it loops until there is a page (step 23)."""
    return may_block(request) and request.has("__GFP_NOFAIL")
