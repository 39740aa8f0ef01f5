"""What somebody has proposed to change in the balloon's driver, as choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from oomlab.checked import checked

FillAllocation = Literal["under-lock", "outside-lock"]
"""Where fill_balloon allocates: with balloon_lock held (until 4.14), or before it takes the lock
(c7cdff0e8647, first in 4.15-rc1, as it was meant)."""

Blocking = Literal["blocking", "nowait"]
"""Whether a request may reclaim and wait: with `__GFP_DIRECT_RECLAIM`, or without."""

Nap = Literal["under-lock", "outside-lock"]
"""Where fill_balloon naps after a failed allocation."""

LeakLock = Literal["lock", "trylock"]
"""How leak_balloon takes balloon_lock: waiting, or giving up at once if somebody has it."""

Hook = Literal["oom-notifier", "shrinker"]
"""Who asks the balloon for pages: the OOM notifier chain, or every direct reclaim."""


@checked
@dataclass(frozen=True)
class BalloonPolicy:
    """The driver's choices that somebody has proposed to change; the defaults are those of 4.13.

    Raises InputError for a value that a choice does not have.
    """

    fill_allocation: FillAllocation = "under-lock"
    fill_gfp: Blocking = "blocking"
    nap: Nap = "under-lock"
    tell_gfp: Blocking = "blocking"
    leak_lock: LeakLock = "lock"
    hook: Hook = "oom-notifier"
