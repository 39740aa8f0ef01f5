"""Free pages that a CPU keeps to itself (struct per_cpu_pages; mm/page_alloc.c and mm/vmstat.c).

Such a page is not among the zone's free ones, and a request on another CPU, or of another mobility,
does not see it. Since Linux 6.7 the limit of a list follows the load, and it falls again once the
list lies idle: pages come back with nobody giving anything up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oomlab.engine.model import Layout
from oomlab.engine.ops import Routine, Slot, move, sleep
from oomlab.engine.slots import Says
from oomlab.kernel.zone import Watermarks
from oomlab.limits import Limit

if TYPE_CHECKING:
    from oomlab.kernel.machine import Machine

LIMITS = (
    Limit(
        "simplified",
        "Per-CPU lists",
        "One CPU has one, and only where lists follow the load. It is idle from the start, at its "
        "largest limit: nobody takes a page from it or puts one there. What it holds comes back as "
        "it does in the kernel, bit by bit, or at once when a round of reclaim has found something "
        "and the page is still not there.",
    ),
)

HIGH_FRACTION = 8
"""MIN_PERCPU_PAGELIST_HIGH_FRACTION: a list holds an eighth of its zone at most."""
BATCH_SCALE_MAX = 5
"""CONFIG_PCP_BATCH_SCALE_MAX: at most 32 batches leave a list at once."""
LARGEST_BATCH = 256
"""Pages that zone_batchsize starts from: 1 MiB."""


@dataclass(frozen=True, eq=False)
class PerCpuLists:
    """The list of the machine's CPU. `pages`: what it holds; `count` at first, of at most `high`,
    which falls to `lowest`; `most` leave at once. All in pages."""

    pages: Slot
    count: int
    high: int
    lowest: int
    most: int

    @classmethod
    def declare(
        cls, layout: Layout, count: int, managed_pages: int, marks: Watermarks
    ) -> PerCpuLists:
        """Declare a list of `count` pages in a zone of `managed_pages`, with the kernel's own
        limits for one CPU (zone_highsize, zone_batchsize)."""
        pages = layout.pool(
            "per-CPU lists",
            count,
            role="kept",
            says={"move": Says(told="{pages} come back from the per-CPU lists ({task})")},
        )
        batch = batch_size(managed_pages)
        lowest = max(marks.low, 4 * batch)
        high = max(managed_pages // HIGH_FRACTION, lowest)
        return cls(pages, count, high, lowest, batch << BATCH_SCALE_MAX)


def batch_size(managed_pages: int) -> int:
    """How many pages go to a list or leave it together (zone_batchsize)."""
    quarter = max(1, min(managed_pages // 1024, LARGEST_BATCH) // 4)
    return max(1, (1 << ((quarter + quarter // 2).bit_length() - 1)) - 1)


def vmstat_update(machine: Machine, lists: PerCpuLists) -> Routine:
    """The work item that looks after a CPU's counters every second, and lets its list decay
    (decay_pcp_high): the limit falls by a fifth, or by what has lain idle, and what is beyond it
    becomes free."""
    count, high = lists.count, lists.high
    while count > lists.lowest:
        yield sleep(machine.hz)
        high = max(count - lists.most, high - min(count, high // 5), lists.lowest)
        if count > high:
            moved = yield move(lists.pages, machine.zone.free, count - high)
            if not moved:  # drained by somebody else
                break
            count = high
