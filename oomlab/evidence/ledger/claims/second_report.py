"""Claims 9 to 11: the rest of that report, about allocations inside a callback."""

from __future__ import annotations

from oomlab.evidence.ledger.claims.claim import HANDA, REPORT, Claim
from oomlab.evidence.ledger.lab import (
    H1,
    H3A,
    H3B,
    H3C,
    H3D,
    H4,
    explored,
    masks_in_callback,
    timed,
    waits,
)
from oomlab.evidence.ledger.reading import Reading, Readings, at_least, equal_to
from oomlab.gfp import flags as gfp


def _tells_the_host() -> Readings:
    one, two = timed(H3A, total_sg=1), timed(H3A, total_sg=2)
    masks = masks_in_callback(two)
    called = any("tell_host" in e.stack and "leak_balloon" in e.stack for e in one.events)
    return (
        Reading("does leaking tell the host", called, equal_to(True)),
        Reading(
            "the mask that virtqueue_add_outbuf is given",
            ", ".join(map(hex, masks)) or "none",
            equal_to(hex(gfp.GFP_KERNEL)),
        ),
    )


def _named_allocation() -> Readings:
    one, two = timed(H3A, total_sg=1), timed(H3A, total_sg=2)
    real = [name for name in (H3B, H3C, H3D) if timed(name).verdict == "livelock"]
    return (
        Reading(
            "requests for memory with the driver's one entry",
            len(masks_in_callback(one)),
            equal_to(0),
        ),
        Reading("how that ends", one.verdict, equal_to("completed")),
        Reading("how it would end with two entries", two.verdict, equal_to("livelock")),
        Reading(
            "what its task would wait for", waits(two, "hog"), equal_to("oom_lock, held by hog")
        ),
        Reading("places where the same does happen", len(real), equal_to(3)),
    )


def _rule() -> Readings:
    broken = {H1: {}, H3A: {"total_sg": 2}, H3B: {}, H3C: {}, H3D: {}, H4: {}}
    kept = {
        H3A: {"total_sg": 1}, H3B: {"ccw": 0}, H3C: {"shared_fences": 0}, H3D: {"swizzled": 0},
    }  # fmt: skip
    stuck = sum(
        timed(s, "mainline", **g).verdict in ("deadlock", "livelock") for s, g in broken.items()
    )
    fine = sum(timed(s, "mainline", **g).verdict == "completed" for s, g in kept.items())
    return (
        Reading("callbacks that depend on an allocation and lock up", stuck, equal_to(len(broken))),
        Reading(
            "the same callbacks without that dependence, and none does", fine, equal_to(len(kept))
        ),
        Reading(
            "schedules explored of the balloon that allocates outside its lock",
            explored(H1, "allocate-outside").verdict.word,
            equal_to("exhausted-clean"),
        ),
        Reading("states seen", len(explored(H1, "allocate-outside").graph), at_least(100)),
    )


CLAIMS = (
    Claim(
        9, HANDA, REPORT,
        "Leaking tells the host, and passes `GFP_KERNEL` to `virtqueue_add_outbuf` for it.",
        "confirmed",
        "The call is there, with that mask. Whether anything is allocated is the next claim.",
        "second-report", (H3A,), ("mainline",), _tells_the_host,
    ),
    Claim(
        10, HANDA, REPORT,
        "If that request reaches the OOM path it locks up, as its own task has `oom_lock`.",
        "qualified",
        "The mechanism is right and the place is wrong: a request with one scatterlist entry never "
        "allocates, which Handa granted on 2 October. The mechanism is real in three other places.",
        "second-report", (H3A, H3B, H3C, H3D), ("mainline",), _named_allocation,
    ),
    Claim(
        11, HANDA, REPORT,
        "An OOM callback must not depend on an allocation that may block, not even indirectly.",
        "confirmed",
        "Each callback that does can lock up, and each stops doing so once it no longer does.",
        "second-report", (H1, H3A, H3B, H3C, H3D, H4), ("mainline", "allocate-outside"), _rule,
    ),
)  # fmt: skip
