"""The array of page numbers that the balloon shows to the host (drivers/virtio/virtio_balloon.c).

fill_balloon writes the number of every page it has got into `pfns` and counts them in `num_pfns`;
tell_host hands the first `num_pfns` entries to the host. Entries are numbers of 4 KiB units,
whatever the guest's page size: a page of 64 KiB takes sixteen of them. Pure data, without steps:
all of it happens with balloon_lock held, and no other task can see it half done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import InputError, find
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "Numbers of pages",
        "The pages of a batch are numbered one after the other, from a number of our choice; an "
        "allocator gives whichever are free. What lies behind the array is not modelled: only "
        "that it was written to.",
    ),
)

ARRAY_PFNS_MAX = 256
"""Entries of the array (VIRTIO_BALLOON_ARRAY_PFNS_MAX)."""

UNIT_KIB = 4
"""What one entry stands for, in KiB (VIRTIO_BALLOON_PFN_SHIFT is 12)."""

Advance = Literal["before", "after"]
"""When `num_pfns` is advanced: before a page's number is stored, as c7cdff0e8647 was merged, or
after it, as before that commit and as repaired in December 2017."""


@brief
@dataclass(frozen=True)
class Announcement:
    """One batch, told to the host.

    `slots` is what the array holds now, and what was written behind its end; `length` is how many
    entries the host reads. `lent` are the units of the pages that the guest has given up, in the
    order in which they were announced.
    """

    slots: tuple[int, ...]
    written: frozenset[int]
    length: int
    lent: tuple[int, ...]

    @property
    def read(self) -> tuple[int, ...]:
        """The entries that the host reads, and acts on."""
        return self.slots[: self.length]

    @property
    def stale(self) -> tuple[int, ...]:
        """Numbers of the entries that the host reads although this batch has not written them."""
        return tuple(i for i in range(self.length) if i not in self.written)

    @property
    def untold(self) -> tuple[int, ...]:
        """Units that the guest has given up and the host does not hear of."""
        told = set(self.read)
        return tuple(unit for unit in self.lent if unit not in told)

    @property
    def overrun(self) -> tuple[int, ...]:
        """Numbers of the entries that were written behind the end of the array."""
        return tuple(sorted(i for i in self.written if i >= ARRAY_PFNS_MAX))


@checked(leave="advance")
def announce(
    units: Sequence[int], per_page: int, advance: str, before: Sequence[int] = ()
) -> Announcement:
    """Record the pages of a batch and tell the host.

    `units` are the numbers of the first unit of each page, in the order of allocation; the driver
    takes the page that came last first. `per_page` is how many units a page has, `before` what the
    array holds from earlier batches (zeroes where nothing was written).

    Raises InputError for another order than before or after, a batch that is empty, or one with
    more units than the array has entries.
    """
    find("order", advance, dict.fromkeys(get_args(Advance)))
    if not 0 < len(units) * per_page <= ARRAY_PFNS_MAX:
        raise InputError(
            f"a batch has from 1 to {ARRAY_PFNS_MAX} units of {UNIT_KIB} KiB, not"
            f" {len(units) * per_page}"
        )
    room = ARRAY_PFNS_MAX + per_page
    slots = [*before, *([0] * (room - len(before)))]
    written: set[int] = set()
    num_pfns = 0
    for first in reversed(units):
        if advance == "before":
            num_pfns += per_page
        for i in range(per_page):
            slots[num_pfns + i] = first + i
            written.add(num_pfns + i)
        if advance == "after":
            num_pfns += per_page
    lent = tuple(first + i for first in reversed(units) for i in range(per_page))
    return Announcement(tuple(slots), frozenset(written), num_pfns, lent)
