"""What the book claims, and what holds it: claims, findings, sweeps, the matrix, the history."""

from __future__ import annotations

from typing import Any

from oomlab.faces import Face

_FACE = Face(
    __name__,
    {
        "oomlab.evidence.history": (
            "Document",
            "cite",
            "events",
            "history_markdown",
        ),
        "oomlab.evidence.matrix_map": ("heat",),
        "oomlab.evidence.ledger.claims": ("CLAIMS",),
        "oomlab.evidence.ledger.claims_report": ("judge_claims",),
        "oomlab.evidence.ledger.findings": ("FINDINGS",),
        "oomlab.evidence.ledger.findings_report": ("review",),
        "oomlab.evidence.ledger.book_pages": ("claims_html", "findings_html", "offloads_table"),
        "oomlab.evidence.real_kernel.cases": ("CASES",),
        "oomlab.evidence.real_kernel.compare": ("compare_kernel", "kernel_cells"),
        "oomlab.evidence.real_kernel.disagreements": ("DISAGREEMENTS",),
        "oomlab.evidence.real_kernel.stored": ("kernel_runs",),
        "oomlab.evidence.releases": ("RELEASES", "REPORTED"),
        "oomlab.evidence.sensitivity": ("GUESSED", "shares", "stored_shares"),
        "oomlab.evidence.speed": ("speed_markdown",),
        "oomlab.evidence.sweep.named": (
            "BYSTANDERS",
            "KILLERS",
            "SEEDS",
            "TIMEOUTS_S",
            "find_sweep",
        ),
        "oomlab.evidence.sweep.store": ("stored",),
        "oomlab.evidence.sweep.summaries": (
            "crowd",
            "fair_draw",
            "needless_share",
            "rounds",
            "tradeoff",
        ),
        "oomlab.evidence.years": ("changes_markdown",),
    },
    modules=("oomlab.evidence.ledger.lab", "oomlab.evidence.matrix"),
)

__all__ = [*_FACE.names]


def __getattr__(name: str) -> Any:
    return _FACE.load(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
