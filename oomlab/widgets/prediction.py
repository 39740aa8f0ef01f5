"""A prediction: what the reader commits to before the panel shows its picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import InputError


@checked
@brief
@dataclass(frozen=True)
class Prediction:
    """A question with a few answers to choose from, asked before the first picture is shown.

    Afterwards the panel puts the reader's choice beside what the model says: `answer_sentence`, or
    the sentence of the first picture if that is empty. `who` says it, where it is not the model. It
    does not mark the choice right or wrong.
    Raises ValueError for an empty question, fewer than two options or the same option twice.
    """

    question: str
    options: Sequence[str]
    answer_sentence: str = ""
    who: str = "The model"

    def __post_init__(self) -> None:
        if not self.question.strip():
            raise InputError("a prediction needs a question")
        options = (self.options,) if isinstance(self.options, str) else tuple(self.options)
        if len(options) < 2 or len(set(options)) < len(options):
            raise InputError(
                f"a prediction needs at least two options, each of them once, not {list(options)}"
            )
        if not all(isinstance(option, str) and option.strip() for option in options):
            raise InputError(f"the options of a prediction are sentences, not {list(options)}")
        object.__setattr__(self, "options", options)
