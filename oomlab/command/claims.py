"""`oomlab claims`: each sentence of the thread, held against the model."""

from __future__ import annotations

from oomlab.command.ledger import LedgerCommand
from oomlab.evidence.ledger.claims import CLAIMS, find_claim
from oomlab.evidence.ledger.claims_report import claims_data, claims_text, judge_claims

COMMAND = LedgerCommand(
    CLAIMS,
    "NUMBER",
    find_claim,
    judge_claims,
    claims_data,
    claims_text,
    holds=lambda judged: judged.supported,
).command("claims", "hold each sentence of the thread against the model")
