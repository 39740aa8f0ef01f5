"""What comes of a point: a row of numbers, or the error with which the run failed."""

from __future__ import annotations

from typing import Any, NamedTuple

from oomlab.evidence.sweep.measure import Row


class Failure(NamedTuple):
    """A run that failed: with what `error`, in one line, and the `command` that repeats it."""

    error: str
    command: str


def row_json(row: Row | Failure) -> list[Any] | dict[str, str]:
    """A row as JSON data: numbers in the order of the columns, or an object for a failure."""
    return row._asdict() if isinstance(row, Failure) else list(row)


def as_row(data: Any) -> Row | Failure:
    """The row that `row_json` gave. Raises TypeError for anything else."""
    return Failure(**data) if isinstance(data, dict) else Row(*data)
