"""What `oomlab claims` prints: claims with their figures, as text for people and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.evidence.ledger.claims import WORDS, Claim
from oomlab.evidence.ledger.reading import Reading, Readings


@brief
@dataclass(frozen=True)
class Judged:
    """A claim and its figures, computed once."""

    claim: Claim
    figures: Readings

    @property
    def supported(self) -> bool:
        """Do all figures support the word?"""
        return all(figure.holds for figure in self.figures)


@checked
def judge_claims(claims: Sequence[Claim]) -> list[Judged]:
    """Compute the figures of some claims."""
    return [Judged(claim, claim.measure()) for claim in claims]


def claims_data(judged: Sequence[Judged]) -> dict[str, Any]:
    """The claims as JSON data; `unsupported`: the numbers of those whose word has lost a figure."""
    return {
        "claims": [_claim_data(one) for one in judged],
        "unsupported": [one.claim.number for one in judged if not one.supported],
    }


def _claim_data(judged: Judged) -> dict[str, Any]:
    claim = judged.claim
    return {
        "number": claim.number,
        "who": claim.who,
        "date": claim.when.isoformat(),
        "claim": claim.said,
        "verdict": claim.word,
        "because": claim.because,
        "chapter": claim.chapter,
        "scenarios": list(claim.scenarios),
        "remedies": list(claim.remedies),
        "figures": [figure_data(figure) for figure in judged.figures],
        "supported": judged.supported,
    }


def figure_data(figure: Reading) -> dict[str, Any]:
    """A figure as JSON data."""
    return {
        "what": figure.what,
        "value": figure.value,
        "unit": figure.unit,
        "must_be": figure.condition.words,
        "holds": figure.holds,
    }


def claims_text(judged: Sequence[Judged]) -> Iterator[str]:
    """The claims as lines; the last one says how many there are of each word."""
    for one in judged:
        claim = one.claim
        yield f"{claim.number}. {claim.who}, {claim.when.isoformat()}: {claim.said}"
        yield f"   {claim.word.upper()}. {claim.because}"
        if claim.scenarios:
            yield f"   {', '.join(claim.scenarios)}; {', '.join(claim.remedies)}"
        yield from (f"   - {line}" for line in map(figure_line, one.figures))
        yield ""
    counted = Counter(one.claim.word for one in judged)
    words = ", ".join(f"{counted[word]} {word}" for word in WORDS if counted[word])
    yield f"{len(judged)} claim{'s' if len(judged) > 1 else ''}: {words}"
    yield from unsupported(judged)


def figure_line(figure: Reading) -> str:
    """A figure as a line; one that does not hold says what it had to be."""
    failed = "" if figure.holds else f" (NOT SUPPORTED: must be {figure.condition.words})"
    return f"{figure.what}: {figure.text}{failed}"


def unsupported(judged: Sequence[Judged]) -> Iterator[str]:
    """A line for each claim whose word has lost a figure."""
    for one in judged:
        for figure in one.figures:
            if not figure.holds:
                yield (
                    f"Claim {one.claim.number} is no longer {one.claim.word}: {figure.what} is "
                    f"{figure.text}, must be {figure.condition.words}"
                )
