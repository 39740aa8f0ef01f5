"""The releases of the story, each as a point in the space of remedies and kernels.

What a release did about the balloon is a remedy of ours; what it did about the OOM killer is the
parameter `kernel` of every scenario.
"""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.brief import brief
from oomlab.kernel.releases import (
    KERNEL_4_13,
    KERNEL_4_14,
    KERNEL_4_19,
    KERNEL_6_1,
    KERNEL_6_12,
    KERNEL_7_3,
    traits_of,
)
from oomlab.kernel_release import KernelRelease
from oomlab.limits import Limit
from oomlab.registry import Registry
from oomlab.remedies import REMEDIES, Remedy

LIMITS = (
    Limit(
        "simplified",
        "Linux 5.8",
        "It is the balloon of 5.8 in a machine whose OOM killer and allocator are those of 4.19.",
    ),
    Limit(
        "simplified",
        "Linux 4.15",
        "It is the balloon of 4.15, repaired, in a machine whose OOM killer and allocator are "
        "those of 4.14.",
    ),
)


@brief
@dataclass(frozen=True, slots=True)
class Release:
    """`name` is the kernel's version, `kernel` the modelled release closest to it; `summary` says
    in a few words what its balloon does, `events` are keys of `oomlab.evidence.history`."""

    name: str
    kernel: KernelRelease
    summary: str
    events: tuple[str, ...]

    @property
    def remedy(self) -> str:
        """What its balloon does, as the name of a remedy."""
        return traits_of(self.name).balloon

    @property
    def balloon(self) -> Remedy:
        """The remedy as such."""
        return REMEDIES[self.remedy]


RELEASES: Registry[str, Release] = Registry(
    "release",
    (
        Release("4.13", KERNEL_4_13, "allocates with balloon_lock held", ("report",)),
        Release(
            "4.15",
            KERNEL_4_14,
            "allocates before it takes balloon_lock",
            ("merged", "index-fix"),
        ),
        Release(
            "4.19",
            KERNEL_4_19,
            "is a shrinker; no nap under oom_lock, and a reaper without it",
            ("shrinker", "no-nap", "reaper-without-lock"),
        ),
        Release(
            "5.8",
            KERNEL_4_19,
            "is an OOM notifier again",
            ("notifier-again-commit",),
        ),
        Release("6.1", KERNEL_6_1, "is an OOM notifier, as in 5.8", ("notifier-again-commit",)),
        Release("6.12", KERNEL_6_12, "is an OOM notifier, as in 5.8", ("notifier-again-commit",)),
        Release(
            "7.3",
            KERNEL_7_3,
            "is an OOM notifier, and its ring never allocates",
            ("notifier-again-commit",),
        ),
    ),
)
"""In the order of time."""


@dataclass(frozen=True, slots=True)
class ReportedGrowth:
    """What David Hildenbrand reported on 11 March 2020 of a guest with 16 CPUs and 64 GB whose
    balloon was to grow to 53 GB beside a load that reads files: `seconds` until it had, and how
    many `inflations` the guest counted (message 20200311135523.18512-2-david@redhat.com)."""

    seconds: int
    inflations: int


REPORTED: dict[str, ReportedGrowth] = {
    "shrinker": ReportedGrowth(542, 154_828_377),
    "allocate-outside": ReportedGrowth(63, 12_968_539),
}
"""By remedy. With the shrinker (Linux 4.19) the target was reached only after the load had been
stopped, and for 315 s at a stretch nothing was gained."""


def find_release(name: str) -> Release:
    """The release called `name`. Raises InputError naming all of them."""
    return RELEASES.find(name)
