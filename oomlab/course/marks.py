"""Points for the properties of an answer, each with its sentence."""

from __future__ import annotations

from math import prod

from oomlab.course.answer import Answer, first_fault, require_answer


class Marks:
    """The points of one check cell.

    The last line of such a cell is `marks.total()`: nbgrader takes the value of a cell for its
    points.
    """

    def __init__(self, points: float, *answers: object) -> None:
        """`points` are all that there are. Raises InputError if none of `answers` is given yet."""
        require_answer(*answers)
        self.points = points
        self._seen = 0.0
        self._given = 0.0

    def add(self, points: float, *answers: Answer) -> None:
        """Give `points`, or the share of them that every one of `answers` leaves, and say why.

        A property that is worth nothing without another one is added together with that one.
        """
        given = points * prod(answer.share for answer in answers)
        self._seen += points
        self._given += given
        print(f"[{given:g} of {points:g}] {first_fault(answers)}")

    def total(self) -> float:
        """The points given, after a line that says so."""
        rest = self.points - self._seen
        more = f"; {rest:g} more are decided when it is marked" if rest else ""
        print(f"{self._given:g} of {self._seen:g} points{more}")
        return round(self._given, 2)
