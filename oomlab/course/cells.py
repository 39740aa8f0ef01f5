"""A notebook's cells, run where there is no Jupyter: in a page of the book, and in tests.

They share one set of names, as in a notebook. What a check prints is what it prints elsewhere.
"""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from oomlab.course import marks

if TYPE_CHECKING:  # drawing takes half of the time that loading the checks takes
    from oomlab.figures import Figure

MOST_PRINTED = 50_000
"""Letters that one cell may print (our choice): more makes a page slow, and nobody reads them."""

_CUT = "\n[The rest of what this cell printed is left out.]\n"


class _Printed(io.StringIO):
    """What a cell prints, up to MOST_PRINTED letters."""

    def write(self, text: str) -> int:
        room = MOST_PRINTED - self.tell()
        if room > 0:
            super().write(text[:room] + (_CUT if len(text) > room else ""))
        return len(text)


@dataclass
class CellRun:
    """What one cell did: `parts` in order, each ("text" or "svg", its text); the `problem` that it
    ended in, if any, and that as an `error` for students, of one or two lines; `value` of its last
    expression."""

    parts: list[tuple[str, str]] = field(default_factory=list)
    problem: BaseException | None = None
    error: str = ""
    value: Any = None

    @property
    def printed(self) -> str:
        """All text."""
        return "".join(text for kind, text in self.parts if kind == "text")


class Cells:
    """The cells of one notebook and their names."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"__name__": "__main__"}

    def run(self, source: str, name: str = "cell") -> CellRun:
        """Run one cell. What it raises is told in its `error`, and never raised here."""
        run = CellRun()
        file = f"<{name}>"
        try:
            with _parts_of(run):
                run.value = self.evaluate(source, file)
        except BaseException as problem:  # whatever a student's code does, exit() too
            run.problem = problem
            run.error = _told(problem, file)
        return run

    def evaluate(self, source: str, file: str) -> Any:
        """Run one cell; the value of its last expression. Raises whatever it raises."""
        # `inspect` finds the text of a function by this: a routine is judged by its text.
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        tree = ast.parse(source, file)
        last = tree.body[-1] if tree.body else None
        if isinstance(last, ast.Expr):
            exec(compile(ast.Module(tree.body[:-1], []), file, "exec"), self.names)
            return eval(compile(ast.Expression(last.value), file, "eval"), self.names)
        exec(compile(tree, file, "exec"), self.names)
        return None


_in_page = Cells()


def run_in_page(source: str, name: str, graded: bool = False) -> dict[str, Any]:
    """Run a cell of the one notebook that a page has; what a page shows of it, as JSON carries it.

    The value of a cell that is `graded` are its points; that of any other is shown.
    """
    return shown_run(_in_page.run(source, name), graded)


def shown_run(run: CellRun, graded: bool = False) -> dict[str, Any]:
    """What a page shows of a cell's run: its parts, its error, and its points if it gives some."""
    parts = list(run.parts)
    if run.value is not None and not graded:
        parts.append(("text", f"{_words(run.value)}\n"))
    points = run.value if graded and type(run.value) in (int, float) else None
    return {"parts": parts, "error": run.error, "points": points}


@contextlib.contextmanager
def _parts_of(run: CellRun) -> Iterator[None]:
    """Collects what is printed and drawn, in order."""
    said = _Printed()
    taken = 0

    def take() -> None:
        nonlocal taken
        text = said.getvalue()
        if text[taken:]:
            run.parts.append(("text", text[taken:]))
        taken = len(text)

    def draw(picture: Figure) -> None:
        take()
        run.parts.append(("svg", picture.svg))

    try:
        with contextlib.redirect_stdout(said), marks.drawing(draw):
            yield
    finally:
        take()


def _told(problem: BaseException, file: str) -> str:
    """An error as a student needs it: the line of the cell, and what is wrong there."""
    if isinstance(problem, KeyboardInterrupt):
        return "It was stopped."
    words = str(problem)
    name = type(problem).__name__
    if isinstance(problem, SyntaxError) and problem.filename == file:
        return f"Line {problem.lineno}: {(problem.text or '').strip()}\n{name}: {problem.msg}"
    frames = [each for each in traceback.extract_tb(problem.__traceback__) if each.filename == file]
    where = f"Line {frames[-1].lineno}: {frames[-1].line}\n" if frames else ""
    return f"{where}{name}: {words}" if words else f"{where}{name}"


def _words(value: object) -> str:
    try:
        words = repr(value)
    except Exception as problem:  # a student's class may have any __repr__
        return f"(its __repr__ ended in {type(problem).__name__})"
    return words if len(words) <= MOST_PRINTED else words[:MOST_PRINTED] + _CUT.rstrip()
