"""Telling the host never blocks (Michael S. Tsirkin to linux-mm, 29 September 2017)."""

from __future__ import annotations

from oomlab.listeners.virtio_balloon import BalloonPolicy
from oomlab.remedies.remedy import Remedy

NOWAIT_TELL = Remedy(
    "nowait-tell",
    "the host is told without blocking allocations (Tsirkin, 29 September 2017)",
    balloon=BalloonPolicy(tell_gfp="nowait"),
)
