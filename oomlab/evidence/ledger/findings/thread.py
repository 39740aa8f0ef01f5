"""Findings about the one thread that runs everybody's callbacks: R9 and R17."""

from __future__ import annotations

from oomlab.analysis.outcome import pages_returned
from oomlab.evidence.ledger.findings.finding import Finding, Measured, Witnessed
from oomlab.evidence.ledger.lab import H3A, H5_HOST, timed, waits, walks_begun
from oomlab.evidence.ledger.reading import Reading, Readings, equal_to
from oomlab.kernel.oom_watch import ASKS_ITSELF

BEHIND = {"cmm_pages": 1024}
"""The s390 driver stands behind the balloon, and could give pages back."""


def _nobody_behind_is_asked(remedy: str) -> Readings:
    stuck = timed(H5_HOST, remedy, **BEHIND)
    healthy = timed(H5_HOST, remedy, host_answers=1, **BEHIND)
    return (
        Reading("how the run ends", stuck.verdict, equal_to("recovered")),
        Reading("walks of the chain that come to an end", walks_begun(stuck) - 1, equal_to(0)),
        Reading("where the thread is for good", waits(stuck, "oom_notifier"), equal_to("acked")),
        Reading("pages that the listener behind gives back", pages_returned(stuck), equal_to(0)),
        Reading(
            "pages that both give back if the host answers", pages_returned(healthy), equal_to(512)
        ),
    )


FINDINGS = (
    Finding(
        "R9",
        "One stuck callback silences all",
        "The thread that is stuck in one callback never comes to the listeners behind it, neither "
        "in this walk nor in any later one.",
        "The machine goes on, and has lost all its OOM notifiers without a word.",
        Measured(H5_HOST, _nobody_behind_is_asked, BEHIND),
        ("has it", "has it", "has it"),
    ),
    Finding(
        "R17",
        "Requests inside a callback are still hopeless",
        "The thread asks for memory like anybody. While the caller has `oom_lock` it polls; when "
        "the caller gives up, it can win the lock and wait for an answer that only it can give.",
        "The self-made livelock (H3) is not cured, only cut off, and costs a limit each time.",
        Witnessed((ASKS_ITSELF,), H3A, {"total_sg": 2}, "idle"),
        ("has it", "has it", "free of it"),
    ),
)  # fmt: skip
