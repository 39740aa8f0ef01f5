"""`make course`: every set as instructors and students meet it, by two programs that run notebooks.

- The notebooks are what their texts say.
- The solution is right for fifty students.
- nbgrader makes the releases, and they are what is committed in `book/sets`.
- nbval runs the instructor's notebook, and every cell passes; it runs the release, and what fails
  is the checks, the first of them first, and no cell before it.
- nbclient, which nbconvert and Jupyter Book use as well, says the same of both. nbval has had no
  release since March 2024: should it stop working, this is what remains.

Outputs are not compared with stored ones: none are stored, since students' are to be their own.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.course.assignments import CELL_SECONDS, NAMES, nbgrader, nbval, new_course, read, role
from tests.course.played import play_set
from tools import assignments, releases

STUDENTS = range(50)


def failing(notebook: Any) -> list[int]:
    """The code cells that are checks, counted from 0."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [number for number, cell in enumerate(code) if role(cell).get("grade")]


def first_error(path: Path) -> str:
    """The name of the first cell that ends in an error under nbclient, "" for none."""
    notebook = read(path)
    client = NotebookClient(notebook, timeout=CELL_SECONDS, resources={"metadata": {"path": "/"}})
    try:
        client.execute()
    except CellExecutionError:
        for cell in notebook.cells:
            if any(each.output_type == "error" for each in cell.get("outputs", [])):
                return str(cell.id)
    return ""


def faults(name: str, course: Path) -> list[str]:
    """What is wrong with a set whose course is in a folder."""
    by_machine = next(one.by_machine for one in assignments.sets() if one.name == name)
    unsolved = [n for n in STUDENTS if play_set(name, number=n).total != by_machine]
    if unsolved:
        return [f"the solution is wrong for the numbers {unsolved}"]
    nbgrader(course, "generate_assignment", name)
    source = course / "source" / name / f"{name}.ipynb"
    release = course / "release" / name / f"{name}.ipynb"
    wrong = []
    passed = [outcome for outcome, _ in nbval(source)]
    if set(passed) != {"passed"}:
        wrong.append(f"nbval: code cell {passed.index('failed')} of the instructor's fails")
    if releases.released(name).read_bytes() != release.read_bytes():
        wrong.append("the release in book/sets is another; run: python -m tools.releases")
    stubs = failing(read(release))
    failed = [number for number, (outcome, _) in enumerate(nbval(release)) if outcome == "failed"]
    if failed != stubs:
        wrong.append(f"nbval: in the release the code cells {failed} fail, and not {stubs}")
    if error := first_error(source):
        wrong.append(f"nbclient: cell {error} of the instructor's fails")
    first = next(
        c.id for c in read(release).cells if role(c).get("grade") and c.cell_type == "code"
    )
    if (error := first_error(release)) != first:
        wrong.append(f"nbclient: in the release {error or 'nothing'} fails first, and not {first}")
    return wrong


def main() -> int:
    """Check all sets, or those named; the exit status is 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="make course", description="Check the problem sets.")
    parser.add_argument("names", nargs="*", metavar="SET", help=f"one of {', '.join(NAMES)}")
    names = parser.parse_args().names or NAMES
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"unknown set {unknown[0]!r}; valid: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    bad = assignments.stale()
    for name in bad:
        print(f"{name}: not what its text says; run: python -m tools.assignments")
    with tempfile.TemporaryDirectory(prefix="course-") as folder:
        course = new_course(Path(folder) / "course")
        for name in names:
            wrong = faults(name, course)
            bad += wrong
            print(f"{name}: {'; '.join(wrong) or 'in order'}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
