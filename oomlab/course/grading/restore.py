"""A notebook as handed in, put into the form in which it was given out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell

from oomlab.course.grading.apart import NotebookRun
from oomlab.course.grading.values import assignments, write_assignments

NotebookCell = Any
"""A cell as nbformat reads it."""


@dataclass(frozen=True)
class Given:
    """A cell that was given out, as nbgrader keeps it: its text and what it is for.

    `role` is nbgrader's metadata; the text of an answer is the empty form.
    """

    name: str
    cell_type: str
    source: str
    role: Mapping[str, Any]

    @property
    def is_answer(self) -> bool:
        """Is it for the student to write in?"""
        return bool(self.role["solution"])

    @property
    def is_check(self) -> bool:
        """Does it give points when it is run?"""
        return self.cell_type == "code" and self.role["grade"] and not self.is_answer

    @property
    def is_machinery(self) -> bool:
        """Is it code that a student cannot change, and that gives no points?"""
        return self.cell_type == "code" and not self.role["grade"] and not self.is_answer

    def made(self, source: str) -> NotebookCell:
        """The cell with this text and what was given out of everything else."""
        name = re.sub(r"[^\w-]", "-", self.name)[:64]
        made = (
            new_code_cell(source, id=name)
            if self.cell_type == "code"
            else new_markdown_cell(source, id=name)
        )
        made.metadata["nbgrader"] = dict(self.role)
        return made


@dataclass(frozen=True)
class Piece:
    """A cell of the restored notebook: one that was `given` out, or the student's own."""

    given: Given | None
    cell_type: str
    source: str
    attachments: Mapping[str, Any] | None = None


def restore(cells: Sequence[NotebookCell], given: Sequence[Given]) -> list[Piece]:
    """Every cell that was given out, once and in order, with the student's answers in them.

    Cells of the student's own stay before the cell that they stood before. A second copy of an
    answer is the student's own; the answer is the last copy that has been written in.
    """
    known = {each.name: each for each in given}
    names = [_name(cell, known) for cell in cells]
    answers: dict[str, int] = {}
    for place, name in enumerate(names):
        if name and known[name].is_answer:
            written = cells[place].source.strip() != known[name].source.strip()
            if written or name not in answers:
                answers[name] = place
    before: dict[str, list[Piece]] = {}
    own: list[Piece] = []
    for place, name in enumerate(names):
        if (name and known[name].is_answer and answers[name] != place) or not name:
            cell = cells[place]
            own.append(Piece(None, cell.cell_type, cell.source, cell.get("attachments")))
        elif name:
            before.setdefault(name, []).extend(own)
            own = []
    pieces = []
    for each in given:
        pieces += before.get(each.name, [])
        cell = cells[answers[each.name]] if each.name in answers else None
        source = each.source if cell is None else cell.source
        attached = None if cell is None else cell.get("attachments")
        pieces.append(Piece(each, each.cell_type, source, attached))
    return pieces + own


def deleted(cells: Sequence[NotebookCell], given: Sequence[Given]) -> list[str]:
    """The names of cells that were given out and are gone; `restore` puts them back."""
    known = {each.name: each for each in given}
    there = {_name(cell, known) for cell in cells}
    return [each.name for each in given if each.name not in there]


def to_run(pieces: Sequence[Piece]) -> list[str | None]:
    """What is to be run, piece by piece: text of code, None for a check, "" for prose."""
    last = max((n for n, p in enumerate(pieces) if p.given and p.given.is_check), default=-1)
    return [
        None if piece.given and piece.given.is_check else _code(piece)
        for piece in pieces[: last + 1]
    ]


def to_ask(pieces: Sequence[Piece]) -> list[int]:
    """The pieces before which the answers are asked for, besides checks: locked code that stands
    behind an answer and may use it, as what is drawn from a student's number does."""
    first = next((n for n, p in enumerate(pieces) if p.given and p.given.is_answer), len(pieces))
    return [n for n, p in enumerate(pieces) if n > first and p.given and p.given.is_machinery]


def write_down(pieces: Sequence[Piece], run: NotebookRun) -> list[NotebookCell]:
    """The cells for nbgrader: answers as plain values, no other code of the student's."""
    faults = dict(run.faults)
    values = _values_by_answer(pieces, run)
    cells = []
    for place, piece in enumerate(pieces):
        if piece.given is None:
            cells += _own(piece, faults.get(place))
        elif piece.cell_type == "markdown" or not piece.given.is_answer:
            cells.append(piece.given.made(piece.source))
        else:
            found = assignments(piece.source)
            plain = found is not None and place not in faults and _same(found, values[place])
            if not plain:
                cells.append(_note("As handed in", piece.source, faults.get(place)))
            source = piece.source if plain else write_assignments(values[place])
            cells.append(piece.given.made(source))
        if piece.attachments and cells and cells[-1].cell_type == "markdown":
            cells[-1]["attachments"] = piece.attachments
    return cells


def _values_by_answer(pieces: Sequence[Piece], run: NotebookRun) -> dict[int, dict[str, object]]:
    """What each answer cell has to give, so that every check, and locked code before it, finds what
    it would have found."""
    found: dict[int, dict[str, object]] = {}
    last: int | None = None
    known: dict[str, object] = {}
    for place, piece in enumerate(pieces):
        if piece.given and piece.given.is_answer and piece.cell_type == "code":
            found[place] = {}
            last = place
        elif last is not None and (place in run.values or (piece.given and piece.given.is_check)):
            now = run.values.get(place, {})
            gone = {name: ... for name in known if name not in now and known[name] is not ...}
            changed = {n: v for n, v in now.items() if n not in known or not _equal(known[n], v)}
            found[last].update(gone | changed)
            known |= gone | changed
    return found


def _same(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    return repr(sorted(one.items())) == repr(sorted(other.items()))


def _equal(one: object, other: object) -> bool:
    return repr(one) == repr(other)  # 1 and True are two answers


def _own(piece: Piece, fault: str | None) -> list[NotebookCell]:
    if piece.cell_type == "markdown":
        return [new_markdown_cell(piece.source)]
    return [_note("A cell of the student's own", piece.source, fault)]


def _note(title: str, source: str, fault: str | None) -> NotebookCell:
    """Code to be read, not run."""
    lines = "\n".join(f"    {line}" for line in source.splitlines())
    said = f"\n\n    # {' '.join(fault.split())}" if fault else ""
    return new_markdown_cell(f"*{title}:*\n\n{lines}{said}")


def _code(piece: Piece) -> str:
    return piece.source if piece.cell_type == "code" else ""


def _name(cell: NotebookCell, known: Mapping[str, Given]) -> str:
    """Which cell that was given out this is; editors may lose the metadata or the id, not both."""
    told = cell.metadata.get("nbgrader")
    told = told.get("grade_id") if isinstance(told, Mapping) else None
    return next((str(name) for name in (told, cell.get("id")) if name in known), "")
