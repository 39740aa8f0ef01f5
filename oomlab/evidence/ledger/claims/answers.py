"""Claims 12 to 17: Tsirkin's first answer and Handa's, both of 29 September 2017."""

from __future__ import annotations

from oomlab.analysis.outcome import failed_allocations, pages_returned
from oomlab.evidence.ledger.claims.claim import FIRST_ANSWERS, HANDA, TSIRKIN, Claim
from oomlab.evidence.ledger.claims.first_report import TABLE
from oomlab.evidence.ledger.lab import (
    CROWDED,
    H1,
    H2,
    H3A,
    H3B,
    H3C,
    H3D,
    H4,
    H5_GPU,
    H5_HOST,
    H5_RCU,
    H6,
    H7,
    PRESSURE,
    explored,
    first_kill_s,
    first_timeout_s,
    masks_in_callback,
    timed,
)
from oomlab.evidence.ledger.reading import Reading, Readings, at_least, equal_to, limits_over
from oomlab.gfp.equivalence import compare
from oomlab.gfp.expression import parse
from oomlab.gfp.predicates import Request
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "not modelled",
        "A workqueue in place of a thread",
        "Handa names both. A work item may have to wait for a new worker, and making one takes "
        "memory, unless its queue has a rescuer (`WQ_MEM_RECLAIM`). The model has the thread only.",
    ),
)

WITHOUT_BALLOON = (H3C, H3D, H4, H5_GPU, H5_RCU, H7)
"""The hazards in which no balloon takes part."""

STUCK = ("deadlock", "livelock")


def _outside() -> Readings:
    left = [name for name in (H3B, H5_HOST) if timed(name, "allocate-outside").verdict in STUCK]
    return (
        Reading(
            "schedules of the two-task form, allocating outside the lock",
            explored(H1, "allocate-outside").verdict.word,
            equal_to("exhausted-clean"),
        ),
        Reading(
            "the three-task form in time",
            timed(H2, "allocate-outside").verdict,
            equal_to("completed"),
        ),
        Reading("hazards of the same driver that it leaves", len(left), equal_to(2)),
    )


def _tell_without_reclaim() -> Readings:
    changed = [
        name
        for name in (H1, H2, H3A, H3B, H5_HOST, H6)
        if timed(name, "nowait-tell").events != timed(name).events
    ]
    return (
        Reading(
            "hazards of the balloon in which it changes a single step", len(changed), equal_to(0)
        ),
        Reading(
            "the two-task form with it", timed(H1, "nowait-tell").verdict, equal_to("deadlock")
        ),
        Reading(
            "what it would do to a request with two entries",
            timed(H3A, "nowait-tell", total_sg=2).verdict,
            equal_to("completed"),
        ),
    )


def _effectively_nowait() -> Readings:
    texts = ("GFP_KERNEL & ~__GFP_DIRECT_RECLAIM", "GFP_NOWAIT")
    masks = [parse(text, TABLE) for text in texts]
    found = compare(*(Request(mask, TABLE) for mask in masks))
    return (
        Reading("does the page allocator treat them alike", found.same_behaviour, equal_to(True)),
        Reading("are they the same number", found.same_number, equal_to(False)),
        *(
            Reading(text, hex(mask), equal_to(wanted))
            for text, mask, wanted in zip(texts, masks, ("0x10000c0", "0x1000000"), strict=True)
        ),
        Reading(
            "the bits that differ and mean nothing here",
            ", ".join(found.ignored),
            equal_to("__GFP_IO, __GFP_FS"),
        ),
    )


def _fails_more() -> Readings:
    two = timed(H3A, "nowait-tell", total_sg=2)
    blocking, nowait = (timed(PRESSURE, r, **CROWDED) for r in ("mainline", "nowait-fill"))
    return (
        Reading(
            "requests that fail in telling the host, as the driver does it",
            len(masks_in_callback(timed(H3A, "nowait-tell"))),
            equal_to(0),
        ),
        Reading("the same with two entries", failed_allocations(two), equal_to(1)),
        Reading("pages given back all the same", pages_returned(two), equal_to(256)),
        Reading(
            "failed requests of an inflating balloon that may not block",
            failed_allocations(nowait),
            at_least(failed_allocations(blocking) + 1),
        ),
        Reading("of one that may", failed_allocations(blocking), at_least(1)),
    )


def _a_thread_can_time_out() -> Readings:
    run = timed(H5_HOST, "offload")
    return (
        Reading(
            "under mainline, a host that never answers",
            timed(H5_HOST).verdict,
            equal_to("deadlock"),
        ),
        Reading("with a thread and a limit", run.verdict, equal_to("recovered")),
        Reading("when the caller stops waiting", first_timeout_s(run), limits_over(1), "s"),
    )


def _whole_chain() -> Readings:
    def ended(remedy: str) -> int:
        return sum(timed(name, remedy).verdict not in STUCK for name in WITHOUT_BALLOON)

    return (
        Reading("hazards without a balloon", len(WITHOUT_BALLOON), equal_to(6)),
        Reading("of these, ended by offloading the whole chain", ended("offload"), equal_to(6)),
        Reading(
            "of these, ended by a change in the balloon's driver", ended("trylock"), equal_to(0)
        ),
        Reading(
            "when somebody is killed instead",
            first_kill_s(timed(H4, "offload")),
            limits_over(1),
            "s",
        ),
    )


CLAIMS = (
    Claim(
        12, TSIRKIN, FIRST_ANSWERS,
        "The cure is to let go of the lock while allocating, which is tricky.",
        "opinion",
        "Both halves came true. It is what was merged (c7cdff0e8647), and that commit first "
        "corrupted memory and had to be corrected.",
        "merged", (H1, H2, H3B, H5_HOST), ("allocate-outside",), _outside,
    ),
    Claim(
        13, TSIRKIN, FIRST_ANSWERS,
        "Telling the host can use `GFP_KERNEL` without `__GFP_DIRECT_RECLAIM`.",
        "moot",
        "It would be a sound pattern, but nothing is allocated there: not one step of any run "
        "changes.",
        "nowait", (H1, H2, H3A, H3B, H5_HOST, H6), ("nowait-tell",), _tell_without_reclaim,
    ),
    Claim(
        14, HANDA, FIRST_ANSWERS,
        "That is `GFP_NOWAIT` in effect, as the I/O and filesystem bits mean nothing without it.",
        "confirmed",
        "In effect, yes: the allocator never looks at the two bits. As numbers they differ.",
        "gfp-masks", (), (), _effectively_nowait,
    ),
    Claim(
        15, HANDA, FIRST_ANSWERS,
        "It may make failures a good deal more likely.",
        "qualified",
        "True of such masks in general. Here nothing is asked for, and where a request of two "
        "entries would fail, the ring works without it.",
        "nowait", (H3A, PRESSURE), ("nowait-tell", "nowait-fill"), _fails_more,
    ),
    Claim(
        16, HANDA, FIRST_ANSWERS,
        "A kernel thread or a workqueue could do the work, and the callback wait with a limit.",
        "qualified",
        "A thread can. A workqueue needs a rescuer, or it may itself wait for memory.",
        "offload", (H5_HOST,), ("mainline", "offload"), _a_thread_can_time_out,
    ),
    Claim(
        17, HANDA, FIRST_ANSWERS,
        "The whole chain could be handed over, if the memory-management people agree.",
        "moot",
        "They did not: Michal Hocko objected on 2 October. It would have reached listeners that no "
        "change in the balloon does.",
        "offload", WITHOUT_BALLOON, ("offload", "trylock"), _whole_chain,
    ),
)  # fmt: skip
