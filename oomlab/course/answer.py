"""What a check says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from oomlab.brief import brief
from oomlab.errors import InputError

if TYPE_CHECKING:  # drawing takes half of the time that loading the checks takes
    from oomlab.figures import Figure

NOTHING = ...
"""What a name of an answer holds before a student has written one."""


@brief
@dataclass(frozen=True)
class Answer:
    """Is it right, and why: one sentence, then lines that show the state it is about.

    `part` is how much of it is right all the same, from 0 to 1; what counts as half right is our
    choice, and every check says it. `picture` shows the state that an objection is about.
    """

    ok: bool
    sentence: str
    details: tuple[str, ...] = ()
    part: float = 0.0
    picture: Figure | None = field(default=None, repr=False, compare=False)

    @property
    def share(self) -> float:
        """How much of the points this is worth, from 0 to 1."""
        return 1.0 if self.ok else self.part

    def __str__(self) -> str:
        """The answer as a student reads it."""
        lines = [f"{'Right' if self.ok else 'Not yet'}: {self.sentence}"]
        return "\n".join([*lines, *(f"  {line}" for line in self.details)])


def require_answer(*answers: object) -> None:
    """Raises InputError if none of `answers` has been given."""
    if all(answer is NOTHING for answer in answers):
        raise InputError("there is no answer yet; write it in the cell above, and run that cell")


def refused(error: Exception) -> Answer:
    """The answer to what could not be taken for an answer: the error's own sentence."""
    return Answer(False, with_stop(str(error)))


def with_stop(words: str) -> str:
    """Words with a full stop behind them, unless they end a sentence already."""
    return words if words.endswith((".", "?")) else f"{words}."


def first_fault(answers: Iterable[Answer]) -> Answer:
    """The first of several answers that is not right; the first one if all are."""
    given = tuple(answers)
    return next((answer for answer in given if not answer.ok), given[0])
