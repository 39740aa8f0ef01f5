"""The releases of the kernel, and what one does otherwise than another.

One registry, `DIFFERENCES`, says what changed, when, what that rests on and where it shows.
`traits_of` works out of it what a release is like; the page "What changed since" is its table.
"""

from __future__ import annotations

from oomlab.errors import unknown
from oomlab.kernel.releases.difference import Difference
from oomlab.kernel.releases.differences import DIFFERENCES
from oomlab.kernel.releases.traits import OOM_REAPER_DELAY_S, StallWarnings, Traits
from oomlab.kernel_release import KernelRelease, Spelled
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "A release of the kernel",
        "It is Linux 4.13 with the differences that the page about them lists. What changed "
        "besides is not there: a machine of 7.3 here has the lists, caches and costs of 4.13.",
    ),
)

KERNEL_4_13 = KernelRelease(4, 13)
KERNEL_4_14 = KernelRelease(4, 14)
KERNEL_4_19 = KernelRelease(4, 19)
KERNEL_5_17 = KernelRelease(5, 17)
KERNEL_6_1 = KernelRelease(6, 1)
KERNEL_6_12 = KernelRelease(6, 12)
KERNEL_7_3 = KernelRelease(7, 3)
KERNELS = (
    KERNEL_4_13,
    KERNEL_4_14,
    KERNEL_4_19,
    KERNEL_5_17,
    KERNEL_6_1,
    KERNEL_6_12,
    KERNEL_7_3,
)
"""The releases that a machine can be of, in the order of time."""


def modelled_kernel(spelled: object) -> KernelRelease:
    """The modelled release that is meant. Raises InputError, naming all of them, for another."""
    release = KernelRelease.meant(spelled)
    if release is None or release not in KERNELS:
        raise unknown("kernel version", f"{spelled}", KERNELS)
    return release


def traits_of(release: Spelled) -> Traits:
    """What `release` is like, as far as it differs from 4.13: what was so before counts as 4.13.

    Any release is answered, also one that no machine can be of. Raises InputError for what is no
    release.
    """
    asked = KernelRelease.of(release)
    traits = Traits()
    for difference in DIFFERENCES.values():
        if difference.holds_in(asked):
            traits = difference.applied(traits)
    return traits


__all__ = [
    "DIFFERENCES",
    "KERNELS",
    "KERNEL_4_13",
    "KERNEL_4_14",
    "KERNEL_4_19",
    "KERNEL_5_17",
    "KERNEL_6_1",
    "KERNEL_6_12",
    "KERNEL_7_3",
    "OOM_REAPER_DELAY_S",
    "Difference",
    "StallWarnings",
    "Traits",
    "modelled_kernel",
    "traits_of",
]
