"""Points for the properties of an answer, each with its sentence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import prod
from typing import TYPE_CHECKING

from oomlab.course.answer import Answer, first_fault, require_answer

if TYPE_CHECKING:  # drawing takes half of the time that loading the checks takes
    from oomlab.figures import Figure

_NOTEBOOKS = {"ipykernel", "pyodide_kernel"}
"""The kernels that run notebooks: Jupyter's own, and that of a JupyterLite page."""

_draws: list[Callable[[Figure], None]] = []


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
        said = first_fault(answers)
        print(f"[{round(given, 2):g} of {points:g}] {said}")
        show_picture(said)

    def total(self) -> float:
        """The points given, after a line that says so."""
        rest = self.points - self._seen
        more = f"; {rest:g} more are decided when it is marked" if rest else ""
        print(f"{round(self._given, 2):g} of {self._seen:g} points{more}")
        return round(self._given, 2)


def show_picture(answer: Answer) -> None:
    """Draw what an answer is about, where somebody can see it: in a notebook, or in a page."""
    if answer.picture is None:
        return
    if _draws:
        _draws[-1](answer.picture)
        return
    shell = sys.modules.get(
        "IPython.display"
    )  # asked for, never brought in: students may have none
    if shell is not None and _NOTEBOOKS & sys.modules.keys():
        shell.display(shell.SVG(answer.picture.svg))


@contextmanager
def drawing(draw: Callable[[Figure], None]) -> Iterator[None]:
    """Pictures go to `draw` meanwhile."""
    _draws.append(draw)
    try:
        yield
    finally:
        _draws.remove(draw)
