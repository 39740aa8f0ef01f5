"""`oomlab claims`: each sentence of the thread, held against the model."""

from __future__ import annotations

from oomlab.command.ledger import LedgerCommand
from oomlab.evidence.ledger.claims import CLAIMS, find_claim
from oomlab.evidence.ledger.claims_report import claims_data, claims_text, judge_claims

_LEDGER = LedgerCommand(
    "claims",
    CLAIMS,
    "NUMBER",
    find_claim,
    judge_claims,
    claims_data,
    claims_text,
    holds=lambda judged: judged.supported,
)
options, answer = _LEDGER.options, _LEDGER.answer
