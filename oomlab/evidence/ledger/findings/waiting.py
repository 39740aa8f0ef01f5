"""Findings about who waits, for how long, and what it costs others: R5 to R7, R18, R20
and R25."""

from __future__ import annotations

from oomlab.analysis.episodes import walks
from oomlab.analysis.outcome import longest_request_us, oom_calls, pages_returned
from oomlab.evidence.ledger.findings.finding import Finding, Measured, Witnessed
from oomlab.evidence.ledger.lab import (
    BUDGET,
    H1,
    H2,
    H3A,
    H5_HOST,
    SLOW_HOST,
    explored,
    first_kill_s,
    hand_overs,
    seen,
    timed,
    timeouts_before_kill,
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
from oomlab.kernel.oom_watch import KILLS_WITHOUT_A_LOOK, OOM_NOTIFIER, WAITS_UNDER_OOM_LOCK

BEHIND_OOM_LOCK = {
    "the reaper, after a first attempt in vain": ("earlier_victim", "oom_reaper"),
    "a kill by hand (SysRq-f)": ("sysrq", "sysrq_f"),
    "a memory cgroup at its limit": ("memcg_oom", "memcg_task"),
    "a suspend": ("suspend", "pm_suspend"),
}
"""Who may have to wait for oom_lock: the parameter that puts it there, and its task."""


def _all_stand_behind(remedy: str) -> Readings:
    sleeps = WAITS_UNDER_OOM_LOCK in seen(explored(H5_HOST, remedy, "any", BUDGET, **SLOW_HOST))
    return (
        Reading(
            "is there a schedule in which a caller sleeps with oom_lock held",
            sleeps,
            equal_to(True),
        ),
        *(
            Reading(
                f"how long the lock is waited for by {who}",
                wait_for_lock_s(timed(H5_HOST, remedy, **{parameter: 1}), task, "oom_lock"),
                between(4.8, 5.1),
                "s",
            )
            for who, (parameter, task) in BEHIND_OOM_LOCK.items()
        ),
    )


def _killed_but_waits(remedy: str) -> Readings:
    run = timed(H5_HOST, remedy, admin_kills_s=1.0)
    waited_us = longest_request_us(run)
    return (
        Reading(
            "when the waiting task is killed by hand", first_kill_s(run), between(1.0, 1.0), "s"
        ),
        Reading(
            "how long its request for a page lasts",
            (waited_us or 0) / 1_000_000,
            limits_over(1),
            "s",
        ),
        Reading("invocations of out_of_memory", len(oom_calls(run)), equal_to(1)),
    )


def _limits_add_up(remedy: str) -> Readings:
    return (
        Reading(
            "limits that run out before the first kill, three tasks",
            timeouts_before_kill(timed(H2, remedy)),
            equal_to(1),
        ),
        Reading(
            "the same, two tasks, whose caller may not kill, and one that may",
            timeouts_before_kill(timed(H1, remedy, fault_tasks=1)),
            at_least(2),
        ),
        Reading(
            "the first kill then",
            first_kill_s(timed(H1, remedy, fault_tasks=1)),
            limits_over(2),
            "s",
        ),
    )


SIX_SECONDS: dict[str, int | float] = {
    "host_answers": 1,
    "host_us": 6_000_000,
    "suspend": 1,
    "rescue_s": 7.0,
}
"""The host takes longer than the limit; a suspend at 7 s keeps the run going until it is done."""


def _needless_kill(remedy: str) -> Readings:
    run = timed(H5_HOST, remedy, **SIX_SECONDS)
    patient = timed(H5_HOST, "mainline", **SIX_SECONDS)
    return (
        Reading("first kill, with a host that takes 6 s", first_kill_s(run), limits_over(1), "s"),
        Reading("pages that come back a second later", pages_returned(run), equal_to(256)),
        Reading("first kill without a limit", first_kill_s(patient), equal_to("never")),
    )


def _standing_cost(remedy: str) -> Readings:
    run, plain = timed(H3A, remedy), timed(H3A)
    unused = timed(H3A, remedy, deflate_on_oom=0)
    walked = sum(walk.runner == OOM_NOTIFIER for walk in walks(unused))
    return (
        Reading(
            "kernel threads more than in mainline", len(run.tasks) - len(plain.tasks), equal_to(1)
        ),
        Reading("hand-overs between tasks in one OOM event", hand_overs(run), equal_to(2)),
        Reading("walks for a balloon that was never told to deflate on OOM", walked, at_least(1)),
    )


FINDINGS = (
    Finding(
        "R5",
        "The wait is under `oom_lock`",
        "The caller sleeps until the answer, and nobody else can have `oom_lock` meanwhile.",
        "All who allocate poll it. The reaper, the manual kill, memory cgroups and suspend stand "
        "behind it. This is the strongest form of the objection to 5 s.",
        Measured(H5_HOST, _all_stand_behind),
        ("has it", "has it", "free of it"),
    ),
    Finding(
        "R6",
        "A kill does not end the wait",
        "Whoever waits for the thread cannot be interrupted, not even by SIGKILL.",
        "A task that would exit and give its memory back stays for the rest of the limit.",
        Measured(H5_HOST, _killed_but_waits, {"admin_kills_s": 1.0}),
        ("has it", "has it", "free of it"),
    ),
    Finding(
        "R7",
        "The limits add up",
        "Each caller that may not kill and wins `oom_lock` first waits a limit of its own.",
        "5 s with three tasks, 10 s with two, and no end if nobody there may kill.",
        Measured(H1, _limits_add_up, {"fault_tasks": 1}),
        ("has it", "has it", "free of it"),
    ),
    Finding(
        "R18",
        "A needless kill",
        "When the limit is over somebody is killed, although the pages may be about to come.",
        "A process is lost for nothing, and the late pages become stale credit (R2).",
        Measured(H5_HOST, _needless_kill, SIX_SECONDS),
        ("has it", "has it", "has it"),
    ),
    Finding(
        "R20",
        "A standing cost",
        "One more kernel thread for good, and two hand-overs for each OOM event, also where no "
        "listener will ever give a page.",
        "Small, but paid by everybody who has a balloon, an Intel GPU, or RCU's build option.",
        Measured(H3A, _standing_cost),
        ("has it", "has it", "has it"),
    ),
    Finding(
        "R25",
        "A second victim, with memory free",
        "The last look at free memory comes before the wait. When the limit is over the next step "
        "is to choose a victim, whatever has become free in the meantime.",
        "Two callers ask one after the other; the first kills. When the second has waited its own "
        "limit, that memory has long been there, and it has another process killed.",
        Witnessed((KILLS_WITHOUT_A_LOOK,), H5_HOST, {"fault_oom": 1, "ghosts": 2}),
        ("has it", "has it", "free of it"),
        "The second repair waits before it asks for `oom_lock`, and the look comes after that.",
    ),
)  # fmt: skip
