"""The balloon registers a shrinker and no OOM notifier (71994620bb25, 4.19)."""

from __future__ import annotations

from oomlab.listeners.virtio_balloon import BalloonPolicy
from oomlab.remedies.remedy import Remedy

SHRINKER = Remedy(
    "shrinker",
    "the balloon of 4.19: every direct reclaim asks it, and no OOM notifier is left",
    balloon=BalloonPolicy(fill_allocation="outside-lock", hook="shrinker"),
)
