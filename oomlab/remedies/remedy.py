"""What the thread proposed: named points in a space of independent choices.

A remedy is a set of knobs, each about one thing: how out_of_memory has the notifier chain run, how
the balloon's worker asks for the pages it lends, how the host is told, how leaking takes the lock.
Names can be joined by "+", as in `nowait-fill+trylock`: what each of them changes is changed.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from oomlab.brief import brief
from oomlab.checked import LOOKED_UP
from oomlab.errors import InputError, find
from oomlab.kernel.oom_notify import RFC_TIMEOUT_S
from oomlab.listeners.virtio_balloon import (
    BalloonPolicy,
    Blocking,
    FillAllocation,
    Hook,
    LeakLock,
    Nap,
)

Delivery = Literal[
    "in-context", "before-oom-lock", "offload", "offload-sequence", "offload-repaired"
]
"""How the chain is run: by the caller of out_of_memory, by that caller before it asks for oom_lock,
or by a thread of its own (the RFC's, or one of two repairs of it)."""


@brief
@dataclass(frozen=True)
class Remedy:
    """One combination of choices; `timeout_s` is in seconds and None where nothing times out."""

    name: str
    summary: str
    delivery: Delivery = "in-context"
    fill_allocation: FillAllocation = "under-lock"
    fill_gfp: Blocking = "blocking"
    nap: Nap = "under-lock"
    tell_gfp: Blocking = "blocking"
    leak_lock: LeakLock = "lock"
    hook: Hook = "oom-notifier"
    timeout_s: float | None = None

    @property
    def balloon(self) -> BalloonPolicy:
        """The choices that concern the balloon driver."""
        names = (knob.name for knob in fields(BalloonPolicy))
        return BalloonPolicy(**{name: getattr(self, name) for name in names})

    def changes(self) -> dict[str, Any]:
        """The knobs that differ from mainline."""
        knobs = (knob for knob in fields(self) if knob.name not in ("name", "summary"))
        return {k.name: getattr(self, k.name) for k in knobs if getattr(self, k.name) != k.default}


REMEDIES: dict[str, Remedy] = {
    remedy.name: remedy
    for remedy in (
        Remedy("mainline", "Linux 4.13 as released: the chain runs under oom_lock, in context"),
        Remedy(
            "nowait-tell",
            "the host is told without blocking allocations (Tsirkin, 29 September 2017)",
            tell_gfp="nowait",
        ),
        Remedy(
            "nowait-fill",
            "inflating never reclaims, and naps without the lock (Handa, 2 January 2018)",
            fill_gfp="nowait",
            nap="outside-lock",
        ),
        Remedy(
            "nowait-both",
            "no allocation under balloon_lock blocks",
            tell_gfp="nowait",
            fill_gfp="nowait",
            nap="outside-lock",
        ),
        Remedy(
            "trylock",
            "leaking gives up at once while somebody has balloon_lock (Handa, 7 October 2017)",
            leak_lock="trylock",
        ),
        Remedy(
            "allocate-outside",
            "the merged fix: the balloon allocates first and takes balloon_lock afterwards",
            fill_allocation="outside-lock",
        ),
        Remedy(
            "before-oom-lock",
            "the chain runs before oom_lock, under a mutex of its own (Handa, 20 June 2018)",
            delivery="before-oom-lock",
        ),
        Remedy(
            "shrinker",
            "the balloon of 4.19: every direct reclaim asks it, and no OOM notifier is left",
            fill_allocation="outside-lock",
            hook="shrinker",
        ),
        Remedy(
            "offload",
            "the RFC of 1 October 2017: a kernel thread runs the chain, the caller waits 5 s",
            delivery="offload",
            timeout_s=RFC_TIMEOUT_S,
        ),
        Remedy(
            "offload-sequence",
            "our first repair of the RFC, which failed: numbered requests, check, then clear",
            delivery="offload-sequence",
            timeout_s=RFC_TIMEOUT_S,
        ),
        Remedy(
            "offload-repaired",
            "our repair: one job at a time, check and reply under one lock, no wait under oom_lock",
            delivery="offload-repaired",
            timeout_s=RFC_TIMEOUT_S,
        ),
    )
}


def find_remedy(name: str) -> Remedy:
    """The remedy called `name`, or the combination of those joined by "+".

    Raises InputError, naming all remedies, for an unknown name, and for names that contradict each
    other.
    """
    parts = name.split("+") if isinstance(name, str) else [name]
    known = [find("remedy", part, REMEDIES) for part in parts]
    if len(parts) == 1:
        return known[0]
    changes: dict[str, Any] = {}
    for remedy in known:
        for knob, value in remedy.changes().items():
            if changes.setdefault(knob, value) != value:
                raise InputError(
                    f"{name!r} asks for two values of {knob}: {changes[knob]} and {value}"
                )
    return replace(REMEDIES["mainline"], name=name, summary=" and ".join(parts), **changes)


LOOKED_UP["remedy"] = find_remedy
