"""Claims 18 to 20 and 26 to 28: the text of the RFC patch of 1 October 2017."""

from __future__ import annotations

from oomlab.analysis.episodes import walks
from oomlab.analysis.outcome import longest_request_us, pages_returned
from oomlab.evidence.ledger.claims.claim import HANDA, PATCH, Claim
from oomlab.evidence.ledger.claims.first_report import TABLE, ending
from oomlab.evidence.ledger.lab import (
    H1,
    H3A,
    H5_GPU,
    H5_HOST,
    explored,
    first_kill_s,
    masks_in_callback,
    seen,
    sleeps_in_callback,
    timed,
)
from oomlab.evidence.ledger.reading import (
    Reading,
    Readings,
    at_least,
    below,
    between,
    equal_to,
    limits_over,
)
from oomlab.gfp import flags as gfp
from oomlab.gfp.outcomes import Caller, Ending, outcome
from oomlab.gfp.predicates import Request
from oomlab.kernel.oom_watch import OOM_NOTIFIER, TWO_WALKS

ENDLESS = ("GFP_KERNEL", "GFP_NOFS", "GFP_NOIO")
"""Masks of which the claim speaks."""

ALSO_ENDLESS = ("__GFP_RETRY_MAYFAIL", "__GFP_THISNODE", "__GFP_DMA")
"""Flags with which such a request fails, unless somebody has oom_lock."""


def _may_sleep() -> Readings:
    run = timed(H5_HOST, host_answers=1)
    return (
        Reading(
            "what a callback sleeps on while the chain is walked",
            ", ".join(sleeps_in_callback(run)),
            equal_to("acked"),
        ),
        Reading("how that ends if the host answers", run.verdict, equal_to("completed")),
        Reading("how it ends if not", timed(H5_HOST).verdict, equal_to("deadlock")),
    )


def _cannot_fail() -> Readings:
    polling = sum(ending(TABLE.value(m), lock_held=True) is Ending.POLLS for m in ENDLESS)
    more = [gfp.GFP_KERNEL | TABLE.value(name) for name in ALSO_ENDLESS]
    fail_otherwise = sum(outcome(Request(m, TABLE), lock_held=False).fails for m in more)
    poll_now = sum(ending(m, lock_held=True) is Ending.POLLS for m in more)
    leave = [
        outcome(Request(gfp.GFP_KERNEL, TABLE), lock_held=True, caller=caller).fails
        for caller in (Caller.PF_MEMALLOC, Caller.VICTIM)
    ]
    return (
        Reading(
            f"of {len(ENDLESS)} ordinary masks, those that poll for ever",
            polling,
            equal_to(len(ENDLESS)),
        ),
        Reading(
            f"of {len(more)} masks made to fail, those that do with oom_lock free",
            fail_otherwise,
            equal_to(len(more)),
        ),
        Reading(
            "of the same, those that poll for ever with it held", poll_now, equal_to(len(more))
        ),
        Reading("does a reclaiming task fail, and a victim", all(leave), equal_to(True)),
    )


def _avoid_reclaim_without_noretry() -> Readings:
    noretry = bool(gfp.BALLOON_INFLATE & gfp.NORETRY)
    return (
        Reading("does the request under balloon_lock have __GFP_NORETRY", noretry, equal_to(True)),
        Reading("and yet the two-task form", timed(H1).verdict, equal_to("deadlock")),
        Reading(
            "requests that the callback itself makes there",
            len(masks_in_callback(timed(H1))),
            equal_to(0),
        ),
    )


def _forget_lockups() -> Readings:
    found = explored(H1, "offload")
    return (
        Reading(
            "all schedules of the two-task form under the patch",
            found.verdict.word,
            equal_to("lockup"),
        ),
        Reading(
            "the same in time, if nobody there may kill",
            timed(H1, "offload").verdict,
            equal_to("livelock"),
        ),
        Reading(
            "kinds of defect that the watch sees in those schedules", len(seen(found)), at_least(4)
        ),
    )


def _a_guess() -> Readings:
    def kill(timeout_s: float) -> float | str:
        return first_kill_s(timed(H1, "offload", fault_tasks=1, timeout_s=timeout_s))

    gpu_us = longest_request_us(timed(H5_GPU, gpu_us=3_000_000)) or 0
    quick_us = longest_request_us(timed(H3A, "offload")) or 0
    return (
        Reading("first kill with a limit of 1 s", kill(1.0), limits_over(2, 1.0), "s"),
        Reading("first kill with a limit of 7 s", kill(7.0), limits_over(2, 7.0), "s"),
        Reading("a chain nobody is in the way of", quick_us / 1000, below(10.0), "ms"),
        Reading(
            "a chain, in mainline, behind a GPU busy for 3 s",
            gpu_us / 1_000_000,
            between(3.0, 3.1),
            "s",
        ),
    )


def _no_waste() -> Readings:
    def tasks(remedy: str) -> int:
        return len(timed(H3A, remedy).tasks)

    unused = timed(H3A, "offload", deflate_on_oom=0)
    walked = sum(walk.runner == OOM_NOTIFIER for walk in walks(unused))
    return (
        Reading("tasks more than in mainline", tasks("offload") - tasks("mainline"), equal_to(1)),
        Reading("walks for a balloon that was never told to deflate on OOM", walked, at_least(1)),
        Reading("pages that those bring", pages_returned(unused), equal_to(0)),
        Reading(
            "can two first registrations make two threads",
            TWO_WALKS in seen(explored("r11-double-thread", "offload")),
            equal_to(True),
        ),
    )


CLAIMS = (
    Claim(
        18, HANDA, PATCH,
        "The chain is of the blocking kind, so callbacks are allowed to sleep.",
        "confirmed",
        "By the rules of notifier chains, yes. What makes it dangerous is `oom_lock` around it.",
        "chain", (H5_HOST,), ("mainline",), _may_sleep,
    ),
    Claim(
        19, HANDA, PATCH,
        "With `oom_lock` held, a request that may block and does retry cannot fail.",
        "qualified",
        "True of small requests by ordinary tasks, and more than was said: requests made to fail "
        "cannot fail either. A victim and a task that is reclaiming can.",
        "running-out", (), (), _cannot_fail,
    ),
    Claim(
        20, HANDA, PATCH,
        "So callbacks should avoid requests with direct reclaim and without `__GFP_NORETRY`.",
        "qualified",
        "Needed, but not enough: in his own case the request has that flag, and is not the "
        "callback's but that of the holder of its lock.",
        "second-report", (H1,), ("mainline",), _avoid_reclaim_without_noretry,
    ),
    Claim(
        26, HANDA, PATCH,
        "With a thread and a limit, lockups in notifiers can be forgotten.",
        "refuted",
        "Without somebody who may kill, the machine beats in rounds of the limit for ever; and the "
        "protocol brings defects of its own.",
        "review", (H1,), ("offload",), _forget_lockups,
    ),
    Claim(
        27, HANDA, PATCH,
        "Five seconds is a guess; the chain should be quick, as others only try the lock.",
        "opinion",
        "Nothing in the kernel makes it quick. Downtime follows the limit in proportion.",
        "five-seconds", (H1, H3A, H5_GPU), ("mainline", "offload"), _a_guess,
    ),
    Claim(
        28, HANDA, PATCH,
        "The thread is made by the first registration, so who has no listener wastes nothing.",
        "qualified",
        "The code does so. But the balloon registers even where it will never deflate, and then "
        "every OOM event pays for a walk; and two first registrations can race.",
        "review", (H3A, "r11-double-thread"), ("mainline", "offload"), _no_waste,
    ),
)  # fmt: skip
