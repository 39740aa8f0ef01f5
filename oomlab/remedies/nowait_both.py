"""Neither telling the host nor inflating blocks: two proposals together."""

from __future__ import annotations

from oomlab.listeners.virtio_balloon import BalloonPolicy
from oomlab.remedies.remedy import Remedy

NOWAIT_BOTH = Remedy(
    "nowait-both",
    "no allocation under balloon_lock blocks",
    balloon=BalloonPolicy(fill_gfp="nowait", nap="outside-lock", tell_gfp="nowait"),
)
