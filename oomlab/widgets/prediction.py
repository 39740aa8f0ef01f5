"""A prediction: what the reader commits to before the panel shows its picture.

Its answer is chosen from a list, or drawn: a moment on the axis of time, or a wait that closes a
circle. What is drawn is right or wrong by what the run itself says, never by what somebody typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.engine.trace import Trace
from oomlab.errors import InputError
from oomlab.figures.stage import DrawnGuess, draw_moment_guess, draw_wait_guess


@checked
@brief
@dataclass(frozen=True)
class Prediction:
    """A question with a few answers to choose from, asked before the first picture is shown.

    Afterwards the panel puts the reader's choice beside what the model says: `because`, the reason
    in a sentence, or the sentence of the first picture if that is empty. `right` is the place of
    the option that holds, from 0. `who` says it, where it is not the model.
    Raises ValueError for an empty question, fewer than two options, the same option twice, or a
    `right` that is the place of none.
    """

    question: str
    options: Sequence[str]
    answer_sentence: str = ""
    who: str = "The model"
    right: int | None = None
    because: str = ""

    def __post_init__(self) -> None:
        _check_question(self.question)
        options = (self.options,) if isinstance(self.options, str) else tuple(self.options)
        if len(options) < 2 or len(set(options)) < len(options):
            raise InputError(
                f"a prediction needs at least two options, each of them once, not {list(options)}"
            )
        if not all(isinstance(option, str) and option.strip() for option in options):
            raise InputError(f"the options of a prediction are sentences, not {list(options)}")
        if self.right is not None and self.right not in range(len(options)):
            raise InputError(
                f"the right option is one of 0 to {len(options) - 1}, not {self.right}"
            )
        object.__setattr__(self, "options", options)
        object.__setattr__(self, "answer_sentence", self.because or self.answer_sentence)


@dataclass(frozen=True)
class _Drawn:
    """A question whose answer is drawn into `guess`; see `Prediction` for the rest."""

    question: str
    trace: Trace
    because: str
    who: str = "The model"
    guess: DrawnGuess = field(init=False, repr=False)

    @property
    def right(self) -> int:
        """The number of the guess that holds."""
        return self.guess.right

    @property
    def answer_sentence(self) -> str:
        """What is said beside it."""
        return self.because


@checked
@brief
@dataclass(frozen=True)
class MomentPrediction(_Drawn):
    """A question whose answer is a mark on the time axis of a run: from when on does nobody get
    out? `at`: that moment, in microseconds, or the number of a step, as the explorer said it.

    Raises ValueError for an empty question, and for a moment at which nothing happens.
    """

    at: int = field(kw_only=True)

    def __post_init__(self) -> None:
        _check_question(self.question)
        object.__setattr__(self, "guess", draw_moment_guess(self.trace, self.at))


@checked
@brief
@dataclass(frozen=True)
class WaitPrediction(_Drawn):
    """A question whose answer is an arrow between a task and what it waits for: which wait closes
    the circle in which a run ends?

    Raises ValueError for an empty question, and for a run that does not end in a circle.
    """

    def __post_init__(self) -> None:
        _check_question(self.question)
        object.__setattr__(self, "guess", draw_wait_guess(self.trace))


AnyPrediction: TypeAlias = Prediction | MomentPrediction | WaitPrediction


def _check_question(question: str) -> None:
    if not question.strip():
        raise InputError("a prediction needs a question")
