"""Claims 29 and 30: Tsirkin's answer of 2 October 2017 to the patch."""

from __future__ import annotations

from oomlab.analysis.rounds import tries_in_vain
from oomlab.evidence.ledger.claims.claim import LAST_ANSWER, TSIRKIN, Claim
from oomlab.evidence.ledger.lab import (
    H1,
    H2,
    H5_HOST,
    allocating,
    first_kill_s,
    starved,
    timed,
    timeouts_s,
    wait_for_lock_s,
)
from oomlab.evidence.ledger.reading import (
    Reading,
    Readings,
    at_least,
    between,
    equal_to,
    limits_over,
)


def _ends_after_five() -> Readings:
    return (
        Reading("first kill, three tasks", first_kill_s(timed(H2, "offload")), limits_over(1), "s"),
        Reading(
            "first kill, two tasks and one that may kill",
            first_kill_s(timed(H1, "offload", fault_tasks=1)),
            limits_over(2),
            "s",
        ),
        Reading(
            "first kill, two tasks alone", first_kill_s(timed(H1, "offload")), equal_to("never")
        ),
        Reading("how that run ends", timed(H1, "offload").verdict, equal_to("livelock")),
    )


def _still_a_lot() -> Readings:
    run = timed(H1, "offload", fault_tasks=8)
    asking = allocating(run)
    return (
        Reading("tasks that ask for a page", len(asking), at_least(3)),
        Reading(
            "of these, without one for 5 s or more", len(starved(run, 5.0)), equal_to(len(asking))
        ),
        Reading("rounds of 5 s until somebody is killed", len(timeouts_s(run)), at_least(2)),
        Reading(
            "vain tries to get oom_lock meanwhile", tries_in_vain(run, "oom_lock"), at_least(1000)
        ),
        Reading(
            "how long a reaper with work to do waits for it",
            wait_for_lock_s(timed(H5_HOST, "offload", earlier_victim=1), "oom_reaper", "oom_lock"),
            between(4.8, 5.1),
            "s",
        ),
        Reading(
            "a kill by hand, pressed at 1 s, comes at",
            first_kill_s(timed("r23-manual-kill", "offload")),
            limits_over(2),
            "s",
        ),
    )


CLAIMS = (
    Claim(
        29, TSIRKIN, LAST_ANSWER,
        "What was a deadlock now comes to an end after five seconds.",
        "qualified",
        "Five seconds for each call of `out_of_memory`: once with three tasks, twice with two, and "
        "without end where nobody may kill.",
        "five-seconds", (H1, H2), ("offload",), _ends_after_five,
    ),
    Claim(
        30, TSIRKIN, LAST_ANSWER,
        "Five seconds of downtime is still a lot.",
        "opinion",
        "The figures are on its side: every allocator stands still, and so does whoever needs "
        "`oom_lock` to help. Handa's answer was that it should hardly ever come to it.",
        "five-seconds", (H1, H5_HOST, "r23-manual-kill"), ("offload",), _still_a_lot,
    ),
)  # fmt: skip
