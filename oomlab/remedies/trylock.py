"""The callback does not wait for balloon_lock (Tetsuo Handa to linux-mm, 7 October 2017)."""

from __future__ import annotations

from oomlab.listeners.virtio_balloon import BalloonPolicy
from oomlab.remedies.remedy import Remedy

TRYLOCK = Remedy(
    "trylock",
    "leaking gives up at once while somebody has balloon_lock (Handa, 7 October 2017)",
    balloon=BalloonPolicy(leak_lock="trylock"),
)
