"""Results of a sweep as tables for other tools: CSV, Parquet, a pandas DataFrame.

A row is a run: its part, scenario, remedy and seed, the settings that any part varies (empty where
its own does not), the numbers of `Row`, and `error` and `command` of one that failed. CSV needs
nothing; pyarrow and pandas come with `oomlab[tables]`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING, Any

from oomlab.errors import InputError
from oomlab.evidence.sweep.grid import Point, Sweep
from oomlab.evidence.sweep.measure import Row
from oomlab.evidence.sweep.rows import Failure

if TYPE_CHECKING:
    from oomlab.evidence.sweep.store import Results

RUN = ("part", "scenario", "remedy", "seed")
"""The first columns: which run it is."""

GROUP = 20_000
"""Rows that lie in memory at a time while a table is written (our choice)."""

_TEXTS = frozenset({"part", "scenario", "remedy", "verdict", "error", "command"})


def axes(sweep: Sweep) -> tuple[str, ...]:
    """The settings that any part varies, in the order of the parts."""
    return tuple(dict.fromkeys(name for part in sweep.parts for name in part.axes))


def columns(sweep: Sweep) -> tuple[str, ...]:
    """The names of all columns."""
    return (*RUN, *axes(sweep), *Row._fields, *Failure._fields)


def records(sweep: Sweep, rows: Iterable[Row | Failure]) -> Iterator[tuple[Any, ...]]:
    """The rows of the table; None is an empty cell."""
    varied = axes(sweep)
    for point, row in zip(sweep.points(), rows, strict=True):
        yield record(point, row, varied)


def record(point: Point, row: Row | Failure, varied: tuple[str, ...]) -> tuple[Any, ...]:
    """One row of the table."""
    run = (point.part, point.scenario, point.remedy, point.seed)
    given = (point.axes.get(name) for name in varied)
    if isinstance(row, Failure):
        return (*run, *given, *[None] * len(Row._fields), *row)
    return (*run, *given, *row, *[None] * len(Failure._fields))


def as_csv(sweep: Sweep, rows: Iterable[Row | Failure]) -> Iterator[str]:
    """The table as CSV with a line of names."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns(sweep))
    for one in records(sweep, rows):
        yield text.getvalue()
        text.seek(0)
        text.truncate()
        writer.writerow(one)
    yield text.getvalue()


def as_parquet(sweep: Sweep, rows: Iterable[Row | Failure]) -> Iterator[bytes]:
    """The table as Parquet. Raises InputError if pyarrow is not installed."""
    check_form(".parquet")
    import pyarrow
    from pyarrow import parquet

    names = columns(sweep)
    kinds = {name: _arrow_kind(pyarrow, sweep, name) for name in names}
    schema = pyarrow.schema(list(kinds.items()))
    target = io.BytesIO()
    found = records(sweep, rows)
    with parquet.ParquetWriter(target, schema) as writer:
        while some := list(islice(found, GROUP)):
            values = zip(*some, strict=True)
            arrays = [pyarrow.array(v, kinds[n]) for n, v in zip(names, values, strict=True)]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))
    yield target.getvalue()  # packed, it is a tenth of the rows; it knows its own offsets


def check_form(suffix: str) -> None:
    """Raise InputError unless a file whose name ends so can be written here."""
    if suffix.lower() == ".parquet" and not _there("pyarrow"):
        raise _missing("Parquet", "pyarrow")


def _there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ValueError:  # it was taken away on purpose
        return False


def _arrow_kind(pyarrow: Any, sweep: Sweep, name: str) -> Any:
    values = [value for part in sweep.parts for value in part.axes.get(name, ())]
    if name in _TEXTS or any(isinstance(value, str) for value in values):
        return pyarrow.string()
    return pyarrow.float64() if any(isinstance(v, float) for v in values) else pyarrow.int64()


def data_frame(results: Results) -> Any:
    """Results as a pandas DataFrame; whole numbers that may be missing are of the type Int64."""
    try:
        import pandas
    except ImportError:
        raise _missing("a DataFrame", "pandas") from None
    varied = axes(results.sweep)
    rows = [record(run.point, run.row, varied) for run in results.runs]
    rows += [record(point, failure, varied) for point, failure in results.failures]
    return pandas.DataFrame(rows, columns=list(columns(results.sweep))).convert_dtypes()


def _missing(what: str, package: str) -> InputError:
    return InputError(
        f"{what} needs {package}, which is not installed: pip install 'oomlab[tables]'"
    )


FORMS: dict[str, Callable[[Sweep, Iterable[Row | Failure]], Iterator[str] | Iterator[bytes]]] = {
    ".csv": as_csv,
    ".parquet": as_parquet,
}
"""By the end of a file's name; anything else is JSON, which is what oomlab itself reads."""
