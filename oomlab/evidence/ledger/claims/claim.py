"""What a claim of the thread is in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from oomlab.brief import brief
from oomlab.evidence.ledger.reading import Readings

Word = Literal["confirmed", "qualified", "refuted", "opinion", "moot"]
"""`confirmed`: so it is. `qualified`: so it is, with a condition that was not said. `refuted`: it
is not so. `opinion`: a judgement, beside which figures can only be laid. `moot`: nothing depends on
it any more."""

WORDS: tuple[Word, ...] = get_args(Word)

Person = Literal["Tetsuo Handa", "Michael S. Tsirkin"]

HANDA: Person = "Tetsuo Handa"
TSIRKIN: Person = "Michael S. Tsirkin"

REPORT = date(2017, 9, 11)
"""Handa's report, with which the thread begins."""
FIRST_ANSWERS = date(2017, 9, 29)
"""Tsirkin's first answer, and Handa's the same day."""
PATCH = date(2017, 10, 1)
"""Handa's RFC patch: a kernel thread that runs the chain."""
LAST_ANSWER = date(2017, 10, 2)
"""Tsirkin's answer to it, the last message of the thread."""


@brief
@dataclass(frozen=True)
class Claim:
    """One sentence of the thread.

    `number`: its place in the thread, from 1. `said`: what it says, in our words. `word`: what has
    become of it, `because`: why, in a sentence or two. `scenarios`, `remedies`: where the model
    shows it; none for what concerns masks alone. `measure`: computes the figures that support the
    word, now. `chapter`: the page that shows it, a file of the book.
    """

    number: int
    who: Person
    when: date
    said: str
    word: Word
    because: str
    chapter: str
    scenarios: tuple[str, ...]
    remedies: tuple[str, ...]
    measure: Callable[[], Readings]
