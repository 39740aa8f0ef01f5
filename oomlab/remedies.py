"""What the thread proposed: named points in a space of independent choices.

`delivery` is how out_of_memory has the notifier chain run; `fill_allocation` is where the balloon
allocates the pages it lends; `timeout_s` bounds the caller's wait when the chain is offloaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from oomlab.errors import unknown
from oomlab.kernel.oom_notify import RFC_TIMEOUT_S
from oomlab.listeners.virtio_balloon import FillAllocation

Delivery = Literal["in-context", "offload"]


@dataclass(frozen=True)
class Remedy:
    """One combination of choices; `timeout_s` is in seconds and None where nothing times out."""

    name: str
    summary: str
    delivery: Delivery = "in-context"
    fill_allocation: FillAllocation = "under-lock"
    timeout_s: float | None = None


REMEDIES: dict[str, Remedy] = {
    remedy.name: remedy
    for remedy in (
        Remedy("mainline", "Linux 4.13 as released: the chain runs under oom_lock, in context"),
        Remedy(
            "offload",
            "the RFC of 1 October 2017: a kernel thread runs the chain, the caller waits 5 s",
            delivery="offload",
            timeout_s=RFC_TIMEOUT_S,
        ),
        Remedy(
            "allocate-outside",
            "the merged fix: the balloon allocates first and takes balloon_lock afterwards",
            fill_allocation="outside-lock",
        ),
    )
}


def find_remedy(name: str) -> Remedy:
    """The remedy called `name`. Raises InputError naming all remedies."""
    if name not in REMEDIES:
        raise unknown("remedy", name, REMEDIES)
    return REMEDIES[name]
