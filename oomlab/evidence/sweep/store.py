"""Results of a sweep in a file: JSON with a head that says what they are results of.

A file that was cut off or that is of something else is refused. Whether its values are those of the
model as it is now, `recompute.check` tells.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from oomlab import __version__
from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import InputError, unknown
from oomlab.evidence.sweep.grid import Point, Sweep
from oomlab.evidence.sweep.measure import Row
from oomlab.evidence.sweep.rows import Failure, as_row, row_json
from oomlab.files import check_new, read_bytes, regular, replace, shown_path

FORMAT = "oomlab-sweep-1"

RESULTS = Path(__file__).with_name("results")
"""The results that the book shows: a part of the package, so that they are there wherever it is."""

LARGEST = 2_000_000_000
"""Bytes beyond which a file holds no results of ours (our choice)."""


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
    """All runs of a sweep; those that failed are `failures`."""

    sweep: Sweep
    runs: tuple[Run, ...]
    failures: tuple[tuple[Point, Failure], ...] = ()

    def frame(self) -> Any:
        """All of it as a pandas DataFrame, a row for each run: its settings, its numbers, times in
        microseconds, and `error` and `command` of one that failed.

        Raises InputError if pandas is not installed.
        """
        from oomlab.evidence.sweep.tables import data_frame

        return data_frame(self)

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
        "columns": list(Row._fields),
        "parts": [part.described() for part in sweep.parts],
    }


def default_path(sweep: Sweep) -> Path:
    """Where the package keeps the results of a sweep that the book shows."""
    return RESULTS / f"{sweep.name}.json"


def own_target(sweep: Sweep) -> Path:
    """The same, to be written. Raises InputError outside a checkout: an installed package is not
    changed."""
    if not (RESULTS.parents[3] / "pyproject.toml").is_file():
        raise InputError("this oomlab is installed, no checkout; say with --out where results go")
    return default_path(sweep)


def check_target(path: Path, sweep: Sweep, *, force: bool = False) -> None:
    """Raises InputError unless results of `sweep` may be written to `path`: nothing is there, or
    earlier results of the same sweep. With `force` any regular file may be replaced that is not
    write-protected."""
    if regular(path) is None:
        return
    if not force and not _holds_results(path, sweep):
        raise InputError(
            f"{shown_path(path)} is there already and holds no results of {sweep.name}; choose"
            " another name, or have it replaced with --force"
        )
    check_new(path, force=True)


def _holds_results(path: Path, sweep: Sweep) -> bool:
    content = read_bytes(path, LARGEST)
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and (data.get("format"), data.get("name")) == (FORMAT, sweep.name)


def pieces(sweep: Sweep, rows: Iterable[Row | Failure]) -> Iterator[str]:
    """What a file of results holds, piece by piece. A row is a line, so that a change can be
    read."""
    yield json.dumps(head(sweep), indent=1).removesuffix("\n}") + ',\n "rows": ['
    between = "\n"
    for row in rows:
        yield between + json.dumps(row_json(row), separators=(",", ":"))
        between = ",\n"
    yield "\n]}\n"


def as_text(sweep: Sweep, rows: Iterable[Row | Failure]) -> str:
    """The same as a text."""
    return "".join(pieces(sweep, rows))


def save(path: Path, sweep: Sweep, rows: Iterable[Row | Failure]) -> None:
    """Write results in the form that the name asks for (.csv, .parquet, else JSON); the file is
    there whole or not at all. Raises InputError, also if what writes Parquet is not installed."""
    from oomlab.evidence.sweep.tables import FORMS

    replace(path, FORMS.get(path.suffix.lower(), pieces)(sweep, rows))


def load(path: Path, sweep: Sweep) -> Results:
    """Results of `sweep` from a file.

    Raises InputError if there is none, and for one that is damaged or of something else.
    """
    again = f"make it with: oomlab sweep {sweep.name}"
    name = shown_path(path.name)
    if regular(path) is None:
        raise InputError(f"there is no {name}; {again}")
    content = read_bytes(path, LARGEST)
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        raise InputError(f"{name} cannot be read or is damaged; {again}") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InputError(f"{name} holds no results of a sweep; {again}")
    now = json.loads(json.dumps(head(sweep)))
    if any(data.get(key) != now[key] for key in ("name", "columns", "parts")):
        raise InputError(f"{name} holds results of another sweep than {sweep.name}; {again}")
    points = sweep.points()
    try:
        rows = [as_row(row) for row in data["rows"]]
    except (KeyError, TypeError):
        rows = []
    if len(rows) != len(points):
        raise InputError(f"{name} is not complete; {again}")
    found = list(zip(points, rows, strict=True))
    runs = tuple(Run(point, row) for point, row in found if isinstance(row, Row))
    failures = tuple((point, row) for point, row in found if isinstance(row, Failure))
    return Results(sweep, runs, failures)


@checked
@cache
def stored(name: str) -> Results:
    """The book's own results of a named sweep. Raises InputError as `load` does."""
    from oomlab.evidence.sweep.named import (
        find_sweep,  # the names are of no use to whoever brings a path
    )

    sweep = find_sweep(name)
    return load(default_path(sweep), sweep)
