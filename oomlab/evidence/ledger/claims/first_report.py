"""Claims 1 to 8: the report of 11 September 2017, and how filling the balloon gets stuck."""

from __future__ import annotations

from oomlab.evidence.ledger.claims.claim import HANDA, REPORT, Claim
from oomlab.evidence.ledger.lab import (
    H1,
    H2,
    H3B,
    balloon_functions,
    first_wait,
    holders_while_allocating,
    oom_callers,
    rounds_of_reclaim,
    timed,
    waits,
)
from oomlab.evidence.ledger.reading import Reading, Readings, equal_to
from oomlab.gfp import flags as gfp
from oomlab.gfp.predicates import Request
from oomlab.gfp.request_outcome import Ending, outcome
from oomlab.gfp.tables import table

TABLE = table("4.13")


def mask_of(site: str) -> int:
    """The mask that a named caller asks with, in Linux 4.13."""
    return TABLE.sites[site]


def ending(mask: int, *, lock_held: bool) -> Ending:
    """How a request of an ordinary task ends when memory is exhausted."""
    return outcome(Request(mask, TABLE), lock_held).ending


def _depends() -> Readings:
    function, owner, _ = first_wait(timed(H1), "balloon_lock")
    return (
        Reading("where the callback waits for balloon_lock", function, equal_to("leak_balloon")),
        Reading("who has it", owner, equal_to("balloon_worker")),
        Reading(
            "may the holder's request block",
            gfp.gfpflags_allow_blocking(gfp.BALLOON_INFLATE),
            equal_to(True),
        ),
        Reading(
            "the run on virtio-ccw, where the callback itself allocates",
            timed(H3B).verdict,
            equal_to("livelock"),
        ),
    )


def _serialises() -> Readings:
    run = timed(H1, reclaim_meets_fs=0)
    users = balloon_functions(run, "balloon_lock")
    return (
        Reading(
            "functions that ask for balloon_lock", users, equal_to("fill_balloon, leak_balloon")
        ),
    )


def _fill_mask() -> Readings:
    run = timed(H1, reclaim_meets_fs=0)
    return (
        Reading(
            "mask with CONFIG_BALLOON_COMPACTION",
            hex(mask_of("balloon-inflate")),
            equal_to("0x14310ca"),
        ),
        Reading("mask without it", hex(mask_of("balloon-inflate-fixed")), equal_to("0x14310c2")),
        Reading(
            "who has balloon_lock whenever the worker asks for a page",
            holders_while_allocating(run, "balloon_worker", "balloon_lock"),
            equal_to("balloon_worker"),
        ),
    )


def _mask_bits() -> Readings:
    names = ("__GFP_DIRECT_RECLAIM", "__GFP_IO", "__GFP_FS")
    return tuple(
        Reading(f"{name} in {site}", bool(mask_of(site) & TABLE.value(name)), equal_to(True))
        for site in ("balloon-inflate", "balloon-inflate-fixed")
        for name in names
    )


def _inside_a_round() -> Readings:
    stuck, free = timed(H1), timed(H1, reclaim_meets_fs=0)
    return (
        Reading(
            "rounds of reclaim that the worker begins",
            rounds_of_reclaim(stuck, "balloon_worker"),
            equal_to(1),
        ),
        Reading(
            "what it waits for inside that round",
            waits(stuck, "balloon_worker"),
            equal_to("fs_lock, held by fs_task"),
        ),
        Reading(
            "the same, if its round meets no lock",
            waits(free, "balloon_worker"),
            equal_to("nothing"),
        ),
        Reading(
            "does the lock's holder, with GFP_NOFS, fail while oom_lock is held",
            ending(gfp.GFP_NOFS, lock_held=True) is not Ending.POLLS,
            equal_to(False),
        ),
    )


def _reaches_oom() -> Readings:
    excluded = ("__GFP_RETRY_MAYFAIL", "__GFP_THISNODE", "__GFP_DMA")
    leaves = sum(
        ending(gfp.GFP_KERNEL | TABLE.value(name), lock_held=False)
        not in (Ending.KILLS, Ending.NOTIFIES)
        for name in excluded
    )
    return (
        Reading("who calls out_of_memory", oom_callers(timed(H1)), equal_to("fs_task")),
        Reading(
            "what becomes of GFP_NOFS with oom_lock free",
            ending(gfp.GFP_NOFS, lock_held=False).value,
            equal_to(Ending.NOTIFIES.value),
        ),
        Reading(
            f"of {len(excluded)} special masks, those that leave before it",
            leaves,
            equal_to(len(excluded)),
        ),
    )


def _while_filling() -> Readings:
    function, balloon_owner, oom_owner = first_wait(timed(H1), "balloon_lock")
    return (
        Reading("where the caller stands", function, equal_to("leak_balloon")),
        Reading("who has balloon_lock at that moment", balloon_owner, equal_to("balloon_worker")),
        Reading("who has oom_lock at that moment", oom_owner, equal_to("fs_task")),
    )


def _who_waits() -> Readings:
    two, three = timed(H1), timed(H2)
    return (
        Reading(
            "who waits for balloon_lock, two tasks",
            waits(two, "fs_task"),
            equal_to("balloon_lock, held by balloon_worker"),
        ),
        Reading(
            "who waits for balloon_lock, three tasks",
            waits(three, "hog"),
            equal_to("balloon_lock, held by balloon_worker"),
        ),
        Reading(
            "what the filling worker waits for",
            waits(two, "balloon_worker"),
            equal_to("fs_lock, held by fs_task"),
        ),
    )


CLAIMS = (
    Claim(
        1, HANDA, REPORT,
        "The balloon's OOM callback may come to depend on a memory allocation that may block.",
        "confirmed",
        "It waits for `balloon_lock`, whose holder is allocating. On virtio-ccw it even allocates "
        "itself.",
        "report", (H1, H3B), ("mainline",), _depends,
    ),
    Claim(
        2, HANDA, REPORT,
        "Leaking takes `balloon_lock`, so that it does not run beside filling.",
        "confirmed",
        "Both sides take that mutex, and nothing else does.",
        "report", (H1,), ("mainline",), _serialises,
    ),
    Claim(
        3, HANDA, REPORT,
        "Filling asks for pages with that mutex held: highuser memory, no reserves, no retry.",
        "confirmed",
        "Every request of the worker is made with the mutex held, with one of two masks.",
        "report", (H1,), ("mainline",), _fill_mask,
    ),
    Claim(
        4, HANDA, REPORT,
        "Such a mask permits direct reclaim, and in it I/O and filesystem work.",
        "confirmed",
        "All three bits are part of every highuser mask.",
        "gfp-masks", (), (), _mask_bits,
    ),
    Claim(
        5, HANDA, REPORT,
        "So filling may wait for somebody else's allocation, one that may block and does retry.",
        "confirmed",
        "`__GFP_NORETRY` limits the number of rounds. Inside its one round the worker waits for a "
        "lock, and the lock's holder asks for memory without that flag.",
        "report", (H1,), ("mainline",), _inside_a_round,
    ),
    Claim(
        6, HANDA, REPORT,
        "That other allocation can take `oom_lock` and call `out_of_memory`.",
        "confirmed",
        "It can, and need not even be allowed to kill. A few kinds of request leave before.",
        "running-out", (H1,), ("mainline",), _reaches_oom,
    ),
    Claim(
        7, HANDA, REPORT,
        "Then the callback runs while filling already has `balloon_lock`.",
        "confirmed",
        "At the moment the callback asks for the mutex, the filling worker is its owner.",
        "report", (H1,), ("mainline",), _while_filling,
    ),
    Claim(
        8, HANDA, REPORT,
        "So filling can get stuck, though it never retries, waiting for the mutex in leaking.",
        "qualified",
        "It gets stuck, but it is not the one who waits for the mutex. The caller of the OOM path "
        "does, and filling waits for that caller through a lock of a filesystem. Handa drew it so "
        "on 9 October.",
        "report", (H1, H2), ("mainline",), _who_waits,
    ),
)  # fmt: skip
