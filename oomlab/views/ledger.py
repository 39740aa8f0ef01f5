"""The ledger of claims: which of them have come to which word."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from oomlab.errors import unknown
from oomlab.evidence.ledger.claims import CLAIMS, WORDS, Claim
from oomlab.figures.messages import Message, draw_messages
from oomlab.views import View, view

MEANINGS = {
    "confirmed": "So it is.",
    "qualified": "So it is, with a condition that was not said.",
    "refuted": "It is not so.",
    "opinion": "A judgement: the figures can be laid beside it, and decide nothing.",
    "moot": "Nothing depends on it any more.",
}
"""What each word means, in a sentence."""


@view
def claims(word: str) -> View:
    """Where in the thread the claims of one word stand. Raises InputError for another word."""
    if word not in WORDS:
        raise unknown("word", word, WORDS)
    marked = frozenset(number for number, claim in CLAIMS.items() if claim.word == word)
    figure = draw_messages(_messages(), marked, word)
    numbers = ", ".join(map(str, sorted(marked)))
    verb = "claim is" if len(marked) == 1 else "claims are"
    sentence = f"{len(marked)} {verb} {word}: {numbers}. {MEANINGS[word]}"
    return View(figure.html, sentence, figure.twin)


def _messages() -> list[Message]:
    return [
        Message(f"{who}, {when.day} {when:%B %Y}", tuple(claim.number for claim in group))
        for (who, when), group in groupby(CLAIMS.values(), key=_message_of)
    ]


def _message_of(claim: Claim) -> tuple[str, date]:
    return claim.who, claim.when
