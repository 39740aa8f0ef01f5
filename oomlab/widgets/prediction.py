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
        if not self.question.strip():
            raise InputError("a prediction needs a question")
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
