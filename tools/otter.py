"""`make otter`: the problem sets as assignments of otter-grader, in `_build/otter`.

otter-grader has a form of its own for a notebook of which it makes the rest: questions, solutions
and tests stand between raw cells. This writes each set in that form, from the text of which the
notebook for nbgrader is made as well, and has `otter assign` make of it

- `_build/otter/NAME/student/NAME.ipynb`, which students get, with the checks as `grader.check`;
- `_build/otter/NAME/autograder/NAME-autograder_DATE.zip`, with which `otter run` grades.

`otter assign` ends in an error unless the solution gets all points. What else is the same as under
nbgrader is tried by tests/course/otter.py; what is lost, the book's page for teachers says.
"""

from __future__ import annotations

import argparse
import builtins
import os
import re
import shutil
import subprocess
import symtable
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent
from typing import Any

import nbformat
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from tools import assignments
from tools.assignments import ProblemSet, SetCell
from tools.paths import BUILD, ROOT
from tools.settings import settings

OUTPUT = ROOT / "_build" / "otter"
STUB = "# YOUR CODE HERE"
PLUGIN = "oomlab.course.for_otter.PartialPoints"
TOTAL = "marks.total()"

_HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS\n", re.DOTALL)


def notebook(one: ProblemSet) -> Any:
    """A set in the form of which `otter assign` makes what students get and what grades them."""
    repository = settings(os.environ)["repository"]["url"]
    config = {
        "export_cell": False,  # the notebook itself is handed in
        "tests": {"files": False, "ok_format": False},
        "plugins": [PLUGIN],
        "requirements": [f"oomlab @ git+{repository}"],
    }
    cells = [_raw("ASSIGNMENT CONFIG", config), *_cells(one)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _cells(one: ProblemSet) -> Iterator[Any]:
    for place, cell in enumerate(one.cells):
        follows = one.cells[place + 1].kind if place + 1 < len(one.cells) else ""
        if cell.kind == "text" and follows != "written":
            yield new_markdown_cell(cell.source, id=cell.name)
        elif cell.kind in ("code", "given"):
            yield new_code_cell(cell.source, id=cell.name)
        elif cell.kind == "answer" and follows != "check":
            form, _ = _parted(cell)
            yield new_code_cell(f"{form}{STUB}", id=cell.name)
        elif cell.kind in ("answer", "written"):
            # A written answer has its question with it: otter-grader prints both for who reads it.
            yield from _question(cell, one.cells[place + (1 if cell.kind == "answer" else -1)])


def _question(answer: SetCell, other: SetCell) -> Iterator[Any]:
    """An answer with its check, or with the text that asks for it."""
    by_hand = answer.kind == "written"
    name = answer.name if by_hand else other.name
    more = {"manual": True, "points": answer.points} if by_hand else {}
    yield _raw("BEGIN QUESTION", {"name": name, **more})
    if by_hand:
        yield new_markdown_cell(other.source, id=other.name)
    yield _raw("BEGIN SOLUTION")
    if by_hand:
        yield new_markdown_cell(answer.source, id=answer.name)
    else:
        form, solution = _parted(answer)
        marked = f"# BEGIN SOLUTION NO PROMPT\n{solution}\n# END SOLUTION\n"
        yield new_code_cell(f"{form}{marked}{STUB}", id=answer.name)
    yield _raw("END SOLUTION")
    if not by_hand:
        yield _raw("BEGIN TESTS")
        yield from _tests(other)
        yield _raw("END TESTS")
    yield _raw("END QUESTION")


def _parted(answer: SetCell) -> tuple[str, str]:
    """What a student finds in an answer's cell, and the solution."""
    lines = answer.source.splitlines(keepends=True)
    shown = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(lines[:shown]), "".join(lines[shown:]).rstrip()


def _tests(check: SetCell) -> Iterator[Any]:
    """A check as a test that everybody sees; and a second one, hidden, if it keeps something back:
    then the first one asks for the form of the answer and gives no points."""
    whole = check.source
    name = check.name.replace("-", "_")
    if _HIDDEN.search(whole):
        yield _test(name, _HIDDEN.sub("", whole), 0, hidden=False)
        name, whole = f"{name}_hidden", _HIDDEN.sub(r"\1", whole)
    yield _test(name, whole, check.points, hidden=name.endswith("_hidden"))


def _test(name: str, source: str, points: int, *, hidden: bool) -> Any:
    *lines, last = source.rstrip().splitlines()
    assert last == TOTAL, last
    body = indent("\n".join([*lines, f"_given.points = {TOTAL}"]), 8 * " ")
    return new_code_cell(
        f'""" # BEGIN TEST CONFIG\npoints: {points}\nhidden: {str(hidden).lower()}\n'
        f'""" # END TEST CONFIG\n'
        f"def {name}({', '.join(asked_names(source))}):\n"
        "    from oomlab.course.for_otter import as_test\n\n"
        f"    with as_test({points}) as _given:\n{body}"
    )


def asked_names(source: str) -> list[str]:
    """The names of the notebook that a check needs: it becomes a function, which is handed them."""
    whole = symtable.symtable(source, "check", "exec")
    own = {s.get_name() for s in whole.get_symbols() if s.is_assigned() or s.is_namespace()}
    asked = {s.get_name() for part in _tables(whole) for s in part.get_symbols() if s.is_global()}
    return sorted(asked - own - {*dir(builtins)})


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for part in table.get_children():
        yield from _tables(part)


def _raw(title: str, told: object = None) -> Any:
    more = "" if told is None else yaml.safe_dump(told, sort_keys=False, default_flow_style=False)
    return new_raw_cell(f"# {title}\n{more}".rstrip())


def assign(one: ProblemSet, python: Path) -> str:
    """Have otter-grader make its files of a set: "", or what went wrong."""
    master = BUILD / "otter" / f"{one.name}.ipynb"
    master.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook(one), master)
    shutil.rmtree(OUTPUT / one.name, ignore_errors=True)
    command = [str(python), "-m", "otter", "assign", str(master), str(OUTPUT / one.name)]
    done = subprocess.run(command, cwd=master.parent, capture_output=True, text=True)
    if done.returncode:
        shutil.rmtree(OUTPUT / one.name, ignore_errors=True)
        return f"{done.stdout}{done.stderr}".strip()
    return ""


def chosen(names: list[str]) -> list[ProblemSet]:
    """The sets with these names, all for none. Ends the program on a name that is none."""
    sets = {one.name: one for one in assignments.sets()}
    unknown = [name for name in names if name not in sets]
    if unknown:
        print(f"unknown set {unknown[0]!r}; valid: {', '.join(sets)}", file=sys.stderr)
        sys.exit(2)
    return [sets[name] for name in names or sets]


def main() -> int:
    """Make them; the exit status is 1 where otter-grader refuses one."""
    parser = argparse.ArgumentParser(
        prog="make otter", description="The problem sets for otter-grader."
    )
    parser.add_argument("--python", required=True, type=Path, help="one that has otter-grader")
    parser.add_argument("names", nargs="*", metavar="SET", help="a set; all of them by default")
    given = parser.parse_args()
    bad = False
    for one in chosen(given.names):
        wrong = assign(one, given.python.absolute())
        print(f"{one.name}: {wrong or 'made'}", flush=True)
        bad = bad or bool(wrong)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
