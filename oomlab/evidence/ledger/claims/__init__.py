"""The thread, sentence by sentence: who said what, and what has become of it."""

from __future__ import annotations

from oomlab.errors import unknown
from oomlab.evidence.ledger.claims import answers, listeners, patch, reply, report, second_report
from oomlab.evidence.ledger.claims.claim import WORDS, Claim, Word

TOPICS = (report, second_report, answers, patch, listeners, reply)

CLAIMS: dict[int, Claim] = dict(
    sorted(((c.number, c) for topic in TOPICS for c in topic.CLAIMS), key=lambda pair: pair[0])
)
"""All claims by number, in the order of the thread."""


def find_claim(number: str) -> Claim:
    """The claim with that number. Raises InputError naming all numbers."""
    by_text = {str(n): claim for n, claim in CLAIMS.items()}
    if number not in by_text:
        raise unknown("claim", number, by_text)
    return by_text[number]


__all__ = ["CLAIMS", "WORDS", "Claim", "Word", "find_claim"]
