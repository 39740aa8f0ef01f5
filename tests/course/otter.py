"""`make otter`, its second half: does otter-grader give what nbgrader gives?

For every set it runs what `otter assign` has made, with `otter run` and with a student's notebook:
the solution, also under another number, a student who has done nothing, one who is wrong in places,
and the last one's answers in the notebook that a page of the book saves. Each check must give the
points that it gives under nbgrader; `grader.check` must say what the check says there. Last, with
one set, it sees whether what the page for teachers calls lost is so still.
"""

from __future__ import annotations

import argparse
import html
import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from oomlab.course.grading.apart import Bounds
from oomlab.course.grading.checks import Checks
from tests.course.assignments import read, role, solve, source
from tests.course.graded import Graded, grade
from tools.assignments import ProblemSet
from tools.otter import OUTPUT, STUB, chosen
from tools.releases import released

ANSWERS = tomllib.loads(Path(__file__).with_name("wrong_answers.toml").read_text("utf-8"))
BOUNDS = Bounds(seconds=60)


@dataclass(frozen=True)
class Trial:
    """One set under otter-grader: where its files are, and the Python that has otter-grader."""

    one: ProblemSet
    python: Path

    @property
    def student(self) -> Path:
        """What students get."""
        return OUTPUT / self.one.name / "student" / f"{self.one.name}.ipynb"

    def handed_in(self, answers: Mapping[str, str]) -> Any:
        """What students get, with these answers written in, by the names of their cells."""
        notebook = read(self.student)
        for cell in notebook.cells:
            cell.source = answers.get(cell.id, cell.source)
        return notebook

    def points(self, notebook: Any, folder: Path) -> dict[str, float]:
        """What `otter run` gives, by check."""
        path = folder / f"{self.one.name}.ipynb"
        nbformat.write(notebook, path)
        (grader,) = (OUTPUT / self.one.name / "autograder").glob("*.zip")
        self._run(folder, "otter", "run", str(path), "-a", str(grader), "-o", str(folder))
        told = json.loads((folder / "results.json").read_text(encoding="utf-8"))
        return {each["name"]: each["score"] for each in told["tests"] if "score" in each}

    def said(self, notebook: Any, folder: Path) -> str:
        """All that a student's notebook shows after it was run from top to bottom."""
        path = folder / f"{self.one.name}.ipynb"
        nbformat.write(notebook, path)
        self._run(folder, "nbconvert", "--to=notebook", "--execute", "--allow-errors",
                  "--inplace", str(path))  # fmt: skip
        outputs = [out for cell in read(path).cells for out in cell.get("outputs", [])]
        texts = [out.get("text") or out.get("data", {}).get("text/html", "") for out in outputs]
        return html.unescape("\n".join(texts))

    def _run(self, folder: Path, *command: str) -> None:
        done = subprocess.run(
            [str(self.python), "-m", *command], cwd=folder, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command[:2])}: {done.stdout}{done.stderr}")


def partly_wrong(name: str) -> dict[str, str]:
    """The first wrong answer to each question for which we have one, by cell."""
    found: dict[str, str] = {}
    for each in ANSWERS["wrong"]:
        if each["set"] == name:
            found.setdefault(each["cell"], each["answer"])
    return found


def solutions(name: str) -> dict[str, str]:
    """The instructor's code, by cell."""
    cells = [cell for cell in read(source(name)).cells if cell.cell_type == "code"]
    return {cell.id: cell.source for cell in cells if role(cell).get("solution")}


def differences(trial: Trial, checks: Checks, folder: Path) -> Iterator[str]:
    """A line for everything that otter-grader does otherwise than nbgrader."""
    name = trial.one.name
    solved, wrong = solutions(name), partly_wrong(name)
    unanswered = {cell: STUB for cell in solved}
    cases = {
        "the solution": {},
        "number 7": {"number": "number = 7"},
        "nothing done": unanswered,
        "partly wrong": wrong,
    }
    for case, changes in cases.items():
        theirs = solve(released(name), source(name), changes)
        due = grade(name, theirs, checks, BOUNDS)
        yield from _compared(case, due, trial.points(trial.handed_in(solved | changes), folder))
        if case == "the solution" and sum(due.points.values()) != trial.one.by_machine:
            yield f"{case}: nbgrader itself does not give all points"
        if case == "partly wrong":
            yield from _compared("saved by the page", due, trial.points(theirs, folder))
            shown = trial.said(trial.handed_in(solved | changes), folder)
            yield from _unsaid(trial.one, due, shown)


def _compared(case: str, due: Graded, given: Mapping[str, float]) -> Iterator[str]:
    for check in sorted({*due.points, *given}):
        wanted, got = due.points.get(check), given.get(check)
        if wanted is None or got is None or abs(wanted - got) > 0.001:
            yield f"{case}: {check}: {got} points, and {wanted} under nbgrader"


def _unsaid(one: ProblemSet, due: Graded, shown: str) -> Iterator[str]:
    """Sentences of checks that keep nothing back and that `grader.check` does not show."""
    for cell in one.cells:
        if cell.kind == "check" and "HIDDEN TESTS" not in cell.source:
            lines = [line.strip() for line in due.said[cell.name].splitlines()]
            yield from (f"{cell.name} does not say: {line}" for line in lines if line not in shown)


def no_longer_lost(trial: Trial, folder: Path) -> Iterator[str]:
    """A line for what is better than the page for teachers says, tried with set 1 and nothing that
    does harm."""
    solved = solutions(trial.one.name)
    mark = folder / "written"
    write = f"open({str(mark)!r}, 'w').close()\n"
    _points(trial, folder, solved | {"number": write + solved["number"]})
    if not mark.exists():
        yield "a student's code cannot write a file any more"
    notebook = trial.handed_in(solved)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "setup"]
    if any(trial.points(notebook, folder).values()):
        yield "a deleted cell is put back"
    wrong = trial.handed_in(solved | {"held-answer": "worker_holds = ['fs_lock']"})
    if "held-test</pre></strong> passed!" not in trial.said(wrong, folder):
        yield "a wrong prediction is not called passed any more"


def _points(trial: Trial, folder: Path, answers: Mapping[str, str]) -> dict[str, float]:
    return trial.points(trial.handed_in(answers), folder)


def main() -> int:
    """Try all sets, or those named; the exit status is 1 where something is otherwise."""
    parser = argparse.ArgumentParser(prog="make otter", description="Try sets with otter-grader.")
    parser.add_argument("--python", required=True, type=Path, help="one that has otter-grader")
    parser.add_argument("names", nargs="*", metavar="SET", help="a set; all of them by default")
    options = parser.parse_args()
    checks = Checks()
    bad = False
    try:
        for one in chosen(options.names):
            with tempfile.TemporaryDirectory(prefix="otter-") as folder:
                trial = Trial(one, options.python.absolute())
                wrong = list(differences(trial, checks, Path(folder)))
                if one.name == "ps1-two-tasks":
                    wrong += no_longer_lost(trial, Path(folder))
            bad = bad or bool(wrong)
            print(f"{one.name}: {'; '.join(wrong) or 'as under nbgrader'}", flush=True)
    finally:
        checks.close()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
