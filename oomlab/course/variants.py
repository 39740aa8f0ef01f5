"""What differs from student to student: drawn from a number, the same for the same number."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import TypeVar

from oomlab.errors import InputError, shown

T = TypeVar("T")

COMMON = 0
"""The number of the version that the book shows, and of those who have not given theirs."""


class Draw:
    """Draws for one problem set and one number; each `of` is a lot of its own, so that a later set
    of questions changes no earlier one."""

    def __init__(self, problem_set: str, number: object) -> None:
        self.key = f"{problem_set}/{student_number(number)}"

    def random(self, of: str) -> random.Random:
        """The generator of the lot `of`."""
        digest = hashlib.sha256(f"{self.key}/{of}".encode()).digest()
        return random.Random(int.from_bytes(digest[:8], "big"))

    def one(self, of: str, choices: Sequence[T]) -> T:
        """One of `choices`."""
        return choices[self.random(of).randrange(len(choices))]

    def some(self, of: str, choices: Sequence[T], count: int) -> tuple[T, ...]:
        """`count` different ones, in an order of chance."""
        return tuple(self.random(of).sample(list(choices), count))

    def whole(self, of: str, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        return self.random(of).randint(least, most)


def student_number(number: object) -> int:
    """The number that was written, COMMON for none. Raises InputError for what is no number."""
    if number is ...:
        return COMMON
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 10**12:
        return number
    raise InputError(f"your number is a whole number of at most twelve digits, not {shown(number)}")
