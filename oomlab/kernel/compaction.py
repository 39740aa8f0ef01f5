"""Direct compaction, as far as its result decides what a request does next (mm/compaction.c)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import TYPE_CHECKING

from oomlab.engine.ops import Routine, cost, read, write
from oomlab.errors import InputError
from oomlab.gfp import flags
from oomlab.kernel.zone import Zone, check_order
from oomlab.limits import Limit

if TYPE_CHECKING:
    from oomlab.kernel.machine import Machine

LIMITS = (
    Limit(
        "guessed",
        "What compaction achieves",
        "Its result is given to the model, one for each priority; a success makes a block of a "
        "given order. No page is moved, no page lock is waited for. Whether a zone is worth "
        "compacting counts every reclaimable page; the kernel counts only one in `order` of them.",
    ),
)


class CompactResult(Enum):
    """How a round of compaction ended (enum compact_result)."""

    SKIPPED = "skipped"
    DEFERRED = "deferred"
    CONTENDED = "contended"
    PARTIAL_SKIPPED = "partial"
    COMPLETE = "complete"
    SUCCESS = "success"

    @property
    def never_ran(self) -> bool:
        """Nothing was compacted, so that no attempt follows."""
        return self in (CompactResult.SKIPPED, CompactResult.DEFERRED)

    @property
    def withdrawn(self) -> bool:
        """It stopped before it had looked everywhere (compaction_withdrawn)."""
        return self not in (CompactResult.COMPLETE, CompactResult.SUCCESS)


class CompactPriority(IntEnum):
    """How hard compaction tries: a lower number is harder (enum compact_priority)."""

    SYNC_FULL = 0
    SYNC_LIGHT = 1
    ASYNC = 2


DEF_COMPACT_PRIORITY = CompactPriority.SYNC_LIGHT
INIT_COMPACT_PRIORITY = CompactPriority.ASYNC
MIN_COMPACT_PRIORITY = CompactPriority.SYNC_FULL
MIN_COMPACT_COSTLY_PRIORITY = CompactPriority.SYNC_LIGHT
MAX_COMPACT_RETRIES = 16


@dataclass(frozen=True)
class Compaction:
    """What compaction is taken to achieve: the result at each priority, hardest first, and the
    order of the block that a success makes.

    Raises InputError unless there are three results and the order is one that a block can have.
    """

    results: tuple[CompactResult, CompactResult, CompactResult]
    makes_order: int = 0

    def __post_init__(self) -> None:
        if len(self.results) != len(CompactPriority):
            raise InputError(f"compaction needs 3 results, one a priority, not {len(self.results)}")
        check_order(self.makes_order)


def try_to_compact_pages(
    machine: Machine, zone: Zone, gfp: int, priority: CompactPriority
) -> Routine:
    """One round of compaction. Result: a CompactResult.

    Without `__GFP_IO` it is skipped, since moving a page may need I/O.
    """
    compaction = machine.compaction
    if compaction is None or zone.blocks is None or not gfp & flags.IO:
        return CompactResult.SKIPPED
    result = compaction.results[priority]
    if not result.never_ran:
        yield cost(machine.costs.compact_us)
    if result is CompactResult.SUCCESS:
        largest = yield read(zone.blocks.largest_order)
        if largest < compaction.makes_order:
            yield write(zone.blocks.largest_order, compaction.makes_order)
    return result


def compact_gap(order: int) -> int:
    """Pages that must be free beside the mark for compaction to make sense: twice the block."""
    return 2 << order
