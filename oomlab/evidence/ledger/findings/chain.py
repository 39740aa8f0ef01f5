"""Findings about the chain itself, its thread being made and listeners that come and go: R10 to
R13."""

from __future__ import annotations

from oomlab.evidence.ledger.findings.finding import Finding, Measured, Witnessed
from oomlab.evidence.ledger.lab import BUDGET, first_kill_s, timed, waits
from oomlab.evidence.ledger.reading import Reading, Readings, equal_to, limits_over
from oomlab.kernel.oom_watch import (
    ANSWER_OF_ANOTHER_WALK,
    CALLBACK_TWICE,
    CHAIN_SKIPPED,
    REGISTRATION_FAILS,
    THREAD_BEFORE_BLOCK,
)

REMOVAL = "r10-removal-blocked"


def _nobody_comes_or_goes(remedy: str) -> Readings:
    leaving, coming = timed(REMOVAL, remedy), timed(REMOVAL, remedy, loads=1)
    held = equal_to("oom_notify_list rwsem, held by oom_notifier")
    return (
        Reading(
            "when the limit lets the caller go on, and kill",
            first_kill_s(leaving),
            limits_over(1),
            "s",
        ),
        Reading(
            "what the removal of a driver waits for, for ever",
            waits(leaving, "rmmod slow_driver"),
            held,
        ),
        Reading(
            "what the loading of another waits for, for ever",
            waits(coming, "modprobe other_driver"),
            held,
        ),
    )


FINDINGS = (
    Finding(
        "R10",
        "Nobody can register or leave",
        "The stuck thread holds the chain for reading. Removing a driver begins with its listener, "
        "and that waits until no walk is under way; so does adding one.",
        "The limit gives `out_of_memory` a way out, and nobody else.",
        Measured(REMOVAL, _nobody_comes_or_goes),
        ("has it", "has it", "has it"),
    ),
    Finding(
        "R11",
        "Two threads",
        "Two drivers register for the first time at once. Both see that there is no thread, and "
        "both make one. One request then wakes both.",
        "The chain is walked twice at a time, which RCU's callback does not survive, and one walk "
        "answers for the other.",
        Witnessed(
            (CALLBACK_TWICE, ANSWER_OF_ANOTHER_WALK), "r11-double-thread", {"ghosts": 2},
            budgets=(BUDGET // 2,),
        ),
        ("has it", "free of it", "free of it"),
        "Our repairs have their thread from boot.",
    ),
    Finding(
        "R12",
        "A thread before its listener",
        "The thread is there before the first listener is in the chain, and while it is being made "
        "the chain is left out.",
        "None: a walk finds an empty chain, or there is no walk. Looked at because it might have "
        "been a crash.",
        Witnessed(
            (THREAD_BEFORE_BLOCK, CHAIN_SKIPPED), "r12-thread-before-block", {"ghosts": 2}
        ),
        ("has it", "free of it", "free of it"),
        is_defect=False,
    ),
    Finding(
        "R13",
        "Registration can fail",
        "Making a thread takes memory, and can be interrupted by a kill. So a function that could "
        "not fail now can.",
        "A driver is refused in a machine that is short of memory, where it is needed.",
        Witnessed((REGISTRATION_FAILS,), "r13-registration-fails", {"ghosts": 2}, "idle"),
        ("has it", "free of it", "free of it"),
        "Our repairs have their thread from boot.",
    ),
)  # fmt: skip
