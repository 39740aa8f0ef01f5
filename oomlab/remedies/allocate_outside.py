"""The balloon allocates before it takes its lock (c7cdff0e8647, first in 4.15-rc1)."""

from __future__ import annotations

from oomlab.listeners.virtio_balloon import BalloonPolicy
from oomlab.remedies.remedy import Remedy

ALLOCATE_OUTSIDE = Remedy(
    "allocate-outside",
    "the merged fix: the balloon allocates first and takes balloon_lock afterwards",
    balloon=BalloonPolicy(fill_allocation="outside-lock"),
)
