"""Results of a sweep in a file: JSON with a head that says what they are results of.

A file that was cut off, that is of something else, or that was made by another model is refused.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from oomlab import __version__
from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import InputError, unknown
from oomlab.evidence.sweep.fingerprint import model_fingerprint
from oomlab.evidence.sweep.grid import Point, Sweep
from oomlab.evidence.sweep.measure import Row

FORMAT = "oomlab-sweep-1"


def book_data() -> Path | None:
    """Where the book keeps its results: in the checkout that this package is part of, or, if it is
    installed elsewhere as on Binder, in the one that the working directory is in. None if neither
    is a checkout of the book."""
    for folder in (Path(__file__).parents[3], Path.cwd(), *Path.cwd().parents):
        if (folder / "_toc.yml").is_file() and (folder / "book").is_dir():
            return folder / "book" / "data"
    return None


@brief
@dataclass(frozen=True)
class Run:
    """A point and what came of it."""

    point: Point
    row: Row

    def value(self, name: str) -> Any:
        """A setting or a number of the row, by name; `remedy` and `seed` as well."""
        if name in Row._fields:
            return getattr(self.row, name)
        if name in ("remedy", "seed", "part"):
            return getattr(self.point, name)
        return self.point.settings[name]


@brief
@dataclass(frozen=True)
class Results:
    """All runs of a sweep, and the fingerprint of the model that made them."""

    sweep: Sweep
    model: str
    runs: tuple[Run, ...]

    @property
    def is_current(self) -> bool:
        """Does the file come from the model as it is now?"""
        return self.model == model_fingerprint(self.sweep)

    def select(self, part: str, **wanted: Any) -> list[Run]:
        """The runs of a part in which settings, remedy or seed have these values.

        Raises InputError for a part that the sweep does not have.
        """
        names = [each.name for each in self.sweep.parts]
        if part not in names:
            raise unknown("part of the sweep", part, names)
        return [
            run
            for run in self.runs
            if run.point.part == part and all(run.value(k) == v for k, v in wanted.items())
        ]


def head(sweep: Sweep) -> dict[str, Any]:
    """What a file of results says about itself."""
    return {
        "format": FORMAT,
        "name": sweep.name,
        "oomlab": __version__,
        "model": model_fingerprint(sweep),
        "columns": list(Row._fields),
        "parts": [part.described() for part in sweep.parts],
    }


def default_path(sweep: Sweep) -> Path:
    """Where the book looks for a sweep. Raises InputError outside a checkout."""
    data = book_data()
    if data is None:
        raise InputError("this is no checkout of the book; say with --out where the results go")
    return data / f"{sweep.name}.json"


def save(path: Path, sweep: Sweep, rows: list[Row]) -> None:
    """Write results; the file is there whole or not at all. A row is a line, so that a change can
    be read."""
    lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
    text = json.dumps(head(sweep), indent=1).removesuffix("\n}") + f',\n "rows": [\n{lines}\n]}}\n'
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)


def load(path: Path, sweep: Sweep) -> Results:
    """Results of `sweep` from a file.

    Raises InputError if there is none, and for one that is damaged or of something else.
    """
    again = f"make it with: oomlab sweep {sweep.name}"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"there is no {path.name}; {again}") from None
    except (OSError, ValueError):
        raise InputError(f"{path.name} cannot be read or is damaged; {again}") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InputError(f"{path.name} holds no results of a sweep; {again}")
    now = json.loads(json.dumps(head(sweep)))
    if any(data.get(key) != now[key] for key in ("name", "columns", "parts")):
        raise InputError(f"{path.name} holds results of another sweep than {sweep.name}; {again}")
    points = sweep.points()
    try:
        rows = [Row(*row) for row in data["rows"]]
    except (KeyError, TypeError):
        rows = []
    if len(rows) != len(points):
        raise InputError(f"{path.name} is not complete; {again}")
    runs = tuple(Run(point, row) for point, row in zip(points, rows, strict=True))
    return Results(sweep, str(data["model"]), runs)


@checked
@cache
def stored(name: str) -> Results:
    """The book's own results of a named sweep. Raises InputError as `load` does."""
    from oomlab.evidence.sweep.named import (
        find_sweep,  # the names are of no use to whoever brings a path
    )

    sweep = find_sweep(name)
    return load(default_path(sweep), sweep)


class Partial:
    """Points that are computed already, beside the file that they will end in.

    A line for each, written at once: whatever ends the sweep, no computed point is lost.
    """

    def __init__(self, path: Path, sweep: Sweep) -> None:
        self.path = path.with_name(f"{path.name}.partial")
        self._head = json.dumps(head(sweep))

    def read(self) -> dict[int, Row]:
        """Number of the point -> row. Raises InputError for a file of another sweep or model."""
        if not self.path.exists():
            return {}
        first, *rest = self.path.read_text(encoding="utf-8").split("\n")
        if first != self._head:
            raise InputError(
                f"{self.path.name} belongs to another sweep or another model; delete it first"
            )
        return dict(_complete_lines(rest))

    def write(self, rows: Mapping[int, Row]) -> None:
        """Begin anew with these points."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = [self._head, *(json.dumps([number, row]) for number, row in rows.items()), ""]
        self.path.write_text("\n".join(lines), encoding="utf-8")

    def add(self, number: int, row: Row) -> None:
        """One more point."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([number, row]) + "\n")

    def remove(self) -> None:
        """The results are complete, and elsewhere."""
        self.path.unlink()


def _complete_lines(lines: list[str]) -> Iterator[tuple[int, Row]]:
    """The last line may have been cut off in the middle; all others are whole."""
    for line in lines[:-1]:
        number, row = json.loads(line)
        yield number, Row(*row)
