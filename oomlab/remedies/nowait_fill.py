"""Inflating never blocks (Tetsuo Handa to linux-mm, 2 January 2018)."""

from __future__ import annotations

from oomlab.listeners.virtio_balloon import BalloonPolicy
from oomlab.remedies.remedy import Remedy

NOWAIT_FILL = Remedy(
    "nowait-fill",
    "inflating never reclaims, and naps without the lock (Handa, 2 January 2018)",
    balloon=BalloonPolicy(fill_gfp="nowait", nap="outside-lock"),
)
