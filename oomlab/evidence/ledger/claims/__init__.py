"""The thread, sentence by sentence: who said what, and what has become of it."""

from __future__ import annotations

from oomlab.errors import find
from oomlab.evidence.ledger.claims import (
    answers,
    first_report,
    listeners,
    patch,
    reply,
    second_report,
)
from oomlab.evidence.ledger.claims.claim import WORDS, Claim, Word
from oomlab.registry import Registry

TOPICS = (first_report, second_report, answers, patch, listeners, reply)

CLAIMS: Registry[int, Claim] = Registry(
    "claim",
    sorted((c for topic in TOPICS for c in topic.CLAIMS), key=lambda claim: claim.number),
    key=lambda claim: claim.number,
)
"""All claims by number, in the order of the thread."""


def find_claim(number: str) -> Claim:
    """The claim with that number. Raises InputError naming all numbers."""
    return find("claim", number, {str(known): claim for known, claim in CLAIMS.items()})


__all__ = ["CLAIMS", "WORDS", "Claim", "Word", "find_claim"]
