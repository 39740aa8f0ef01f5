"""`oomlab findings`: each finding of the review of the RFC, shown by the model."""

from __future__ import annotations

from oomlab.command.ledger import LedgerCommand
from oomlab.evidence.ledger.findings import FINDINGS, find_finding
from oomlab.evidence.ledger.findings_report import findings_data, findings_text, review

_LEDGER = LedgerCommand(
    "findings",
    FINDINGS,
    "ID",
    find_finding,
    review,
    findings_data,
    findings_text,
    holds=lambda reviewed: not reviewed.problems,
)
options, answer = _LEDGER.options, _LEDGER.answer
