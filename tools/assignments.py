"""The problem sets: their notebooks, made of short texts.

A set is one text, `book/assignments/text/NAME.txt`: a head in TOML between two lines `+++`, then
cells. A line `%% KIND NAME` begins a cell, `%% KIND NAME POINTS` one that gives points. The kinds:

- `text`: Markdown; `{chapters}` in the first stands for the titles of the head's chapters
- `code`: code that a student may change
- `given`: code that is locked: imports, and the names of the answers
- `answer`: a student's code; the comments at its top are what the student finds, the rest is the
  solution
- `check`: code that gives points
- `written`: a student's text; what stands here is the solution and the marking notes

`python -m tools.assignments` writes the instructors' notebooks, with `--check` it compares them.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tools.paths import ROOT

FOLDER = ROOT / "book" / "assignments"

CELL = re.compile(r"^%% (\w+) ([a-z0-9-]+)(?: (\d+))?$", re.MULTILINE)

ROLES: dict[str, dict[str, bool] | None] = {
    "text": None,
    "code": None,
    "given": {"grade": False, "locked": True, "solution": False},
    "answer": {"grade": False, "locked": False, "solution": True},
    "check": {"grade": True, "locked": True, "solution": False},
    "written": {"grade": True, "locked": False, "solution": True},
}


class TextFault(Exception):
    """A text of a problem set that cannot be read."""


@dataclass(frozen=True)
class SetCell:
    """One cell of a set."""

    kind: str
    name: str
    points: int
    source: str

    @property
    def is_code(self) -> bool:
        """Is it run?"""
        return self.kind not in ("text", "written")


@dataclass(frozen=True)
class ProblemSet:
    """A set: what its head says, and its cells."""

    name: str
    head: dict[str, Any]
    cells: tuple[SetCell, ...]

    @property
    def points(self) -> int:
        """All points that it gives."""
        return sum(cell.points for cell in self.cells)

    @property
    def by_machine(self) -> int:
        """Those that a check gives."""
        return sum(cell.points for cell in self.cells if cell.kind == "check")


def texts() -> list[Path]:
    """The texts of all sets, by number."""
    return sorted((FOLDER / "text").glob("ps*.txt"), key=lambda path: _number(path.stem))


def _number(name: str) -> int:
    return int(name.removeprefix("ps").partition("-")[0])


def sets() -> list[ProblemSet]:
    """All sets, by number."""
    return [read_set(path) for path in texts()]


def read_set(path: Path) -> ProblemSet:
    """A set from its text. Raises TextFault saying what is wrong with it."""
    text = path.read_text(encoding="utf-8")
    _, head, body = text.split("+++\n", 2) if text.startswith("+++\n") else ("", "", text)
    found = list(CELL.finditer(body))
    if not found or body[: found[0].start()].strip():
        raise TextFault(f"{path.name}: a set begins with a cell, such as: %% text title")
    ends = [*(match.start() for match in found[1:]), len(body)]
    cells = []
    for match, end in zip(found, ends, strict=True):
        kind, name, points = match[1], match[2], int(match[3] or 0)
        if kind not in ROLES:
            raise TextFault(f"{path.name}: unknown kind {kind!r}; valid: {', '.join(ROLES)}")
        if bool(points) != (kind in ("check", "written")):
            raise TextFault(f"{path.name}: cell {name}: points stand with `check` and `written`")
        cells.append(SetCell(kind, name, points, body[match.end() : end].strip("\n")))
    told = tomllib.loads(head)
    if told.get("chapters"):
        titles = [page_title(page) for page in told["chapters"]]
        first = cells[0]
        cells[0] = replace(first, source=first.source.replace("{chapters}", _list(titles)))
    names = [cell.name for cell in cells]
    if len(set(names)) < len(names):
        raise TextFault(f"{path.name}: two cells have one name")
    return ProblemSet(path.stem, told, tuple(cells))


def page_title(page: str) -> str:
    """The title of a page of the book."""
    text = (ROOT / "book" / f"{page}.md").read_text(encoding="utf-8")
    title = re.search(r"^# (.+)$", text, re.MULTILINE)
    if title is None:
        raise TextFault(f"book/{page}.md has no title")
    return title[1]


def _list(titles: list[str]) -> str:
    """Titles in a sentence that is in italics, where they stand upright."""
    upright = [f"*{title}*" for title in titles]
    return " and ".join(filter(None, (", ".join(upright[:-1]), upright[-1])))


def notebook(one: ProblemSet) -> str:
    """The instructors' notebook, as nbformat writes it."""
    made = {
        "cells": [_cell(cell) for cell in one.cells],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _cell(cell: SetCell) -> dict[str, Any]:
    role = ROLES[cell.kind]
    made: dict[str, Any] = {
        "cell_type": "code" if cell.is_code else "markdown",
        "id": cell.name,
        "metadata": {},
        "source": "\n".join(_lines(cell)).splitlines(keepends=True),
    }
    if cell.is_code:
        made |= {"execution_count": None, "outputs": []}
    if role is not None:
        told: dict[str, Any] = {**role, "grade_id": cell.name, "schema_version": 3, "task": False}
        made["metadata"] = {"nbgrader": told | ({"points": cell.points} if cell.points else {})}
    return made


def _lines(cell: SetCell) -> Iterator[str]:
    lines = cell.source.splitlines()
    if cell.kind == "answer":
        shown = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
        yield from lines[:shown]
        lines = lines[shown:]
    solution = cell.kind in ("answer", "written")
    if solution:
        yield "### BEGIN SOLUTION"
    yield from lines
    if solution:
        yield "### END SOLUTION"


def target(one: ProblemSet) -> Path:
    """Where its notebook lies."""
    return FOLDER / "source" / one.name / f"{one.name}.ipynb"


def stale() -> list[str]:
    """The notebooks that are not what their texts say."""
    wrong = []
    for one in sets():
        path = target(one)
        if not path.is_file() or path.read_text(encoding="utf-8") != notebook(one):
            wrong.append(one.name)
    known = {one.name for one in sets()}
    found = {path.parent.name for path in FOLDER.glob("source/*/*.ipynb")}
    return wrong + sorted(found - known)


def main() -> int:
    """Write the notebooks, or compare them; the exit status is 1 where one is not up to date."""
    parser = argparse.ArgumentParser(description="The problem sets' notebooks, from their texts.")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    given = parser.parse_args()
    try:
        if given.check:
            wrong = stale()
            for name in wrong:
                print(f"{name}: not what its text says; run: python -m tools.assignments")
            return 1 if wrong else 0
        for one in sets():
            target(one).parent.mkdir(parents=True, exist_ok=True)
            target(one).write_text(notebook(one), encoding="utf-8")
    except TextFault as fault:
        print(f"assignments: {fault}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
