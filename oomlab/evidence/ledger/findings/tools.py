"""Findings about what can be seen and said: R19, R21, R22 and R24."""

from __future__ import annotations

from oomlab.analysis import first_cycle_us, lock_order_graph
from oomlab.engine.trace.events import Trace
from oomlab.evidence.ledger.findings.finding import CannotBeShown, Finding, Measured
from oomlab.evidence.ledger.lab import H1, H5_HOST, log_lines, longest_sleep_s, timed, waits
from oomlab.evidence.ledger.reading import Reading, Readings, at_least, below, equal_to
from oomlab.kernel.oom_watch import OOM_NOTIFIER
from oomlab.scenarios.parameters import Value

HUNG_TASK_S = 120.0
"""How long a task must sleep without a break to be reported (kernel/hung_task.c, the default)."""

RUNS_OF_H1: tuple[dict[str, Value], ...] = (
    {},
    {"fault_tasks": 1},
    {"reclaim_meets_fs": 0},
    {"give_back_pages": 512, "give_back_s": 0, "inflate_pages": 1024, "rounds": 4},
)
"""What the lock checker may learn from: also runs in which nothing goes wrong."""


def _silence(remedy: str) -> Readings:
    run = timed(H5_HOST, remedy)
    return (
        Reading(
            "lines in the log about a callback or a limit", log_lines(run, "notif"), equal_to(0)
        ),
        Reading(
            "longest sleep of the caller", longest_sleep_s(run, "hog"), below(HUNG_TASK_S), "s"
        ),
        Reading("where the thread is at the end", waits(run, OOM_NOTIFIER), equal_to("acked")),
    )


def _runs(remedy: str) -> tuple[Trace, ...]:
    return tuple(timed(H1, remedy, **given) for given in RUNS_OF_H1)


def _blind_checker(remedy: str) -> Readings:
    before, after = _runs("mainline"), _runs(remedy)
    way = lock_order_graph(after).way("fs_lock", "balloon_lock")
    return (
        Reading(
            "warnings learned from mainline", len(lock_order_graph(before).cycles()), at_least(1)
        ),
        Reading(
            "warnings learned with the thread", len(lock_order_graph(after).cycles()), equal_to(0)
        ),
        Reading(
            "orders that lead from the filesystem's lock to balloon_lock", len(way), equal_to(0)
        ),
        Reading(
            "does a circle of waits form all the same",
            any(first_cycle_us(run) is not None for run in after),
            equal_to(True),
        ),
    )


def _bug_stays(remedy: str) -> Readings:
    cured = timed(H1, "allocate-outside", fault_tasks=1)
    return (
        Reading(
            "does the circle of waits still form",
            first_cycle_us(timed(H1, remedy, fault_tasks=1)) is not None,
            equal_to(True),
        ),
        Reading(
            "does it, if the balloon allocates outside its lock",
            first_cycle_us(cured) is not None,
            equal_to(False),
        ),
    )


FINDINGS = (
    Finding(
        "R19",
        "Memory ordering",
        "The thread stores its count and then its flag, with nothing that keeps the two in order.",
        "On a weakly ordered processor the caller can see the flag and miss the count: a needless "
        "kill now, stale credit later.",
        CannotBeShown(
            "Memory ordering on weakly ordered machines",
            "In the model each step is seen by everybody at once and in the same order, which is "
            "stronger than any real processor.",
        ),
        None,
    ),
    Finding(
        "R21",
        "Nothing is said",
        "When the limit is over, no line is logged, and nothing names the stuck callback.",
        "The hung-task detector will name the thread after two minutes or more. The caller never "
        "sleeps long enough to be named.",
        Measured(H5_HOST, _silence),
        ("has it", "has it", "has it"),
    ),
    Finding(
        "R22",
        "The lock checker goes blind",
        "In the caller's context the checker sees which locks he holds when the callback takes "
        "`balloon_lock`. In the thread it sees an empty stack.",
        "The patch removes the one tool that could have warned of the deadlock it works around.",
        Measured(H1, _blind_checker),
        ("has it", "has it", "has it"),
    ),
    Finding(
        "R24",
        "A bug is bounded, not removed",
        "The callback still waits for a lock whose holder allocates. Hocko's objection was that it "
        "must not, and that the interface should not grow to make it bearable.",
        "A judgement, but its fact can be shown: the circle of waits still forms.",
        Measured(H1, _bug_stays, {"fault_tasks": 1}),
        ("has it", "has it", "has it"),
    ),
)  # fmt: skip
