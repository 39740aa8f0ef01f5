"""Which formats there are, and how a run is given in one."""

from __future__ import annotations

from oomlab.checked import checked
from oomlab.engine.trace.events import Trace
from oomlab.export import as_csv, as_ftrace, as_json, as_perfetto
from oomlab.export.format import Format
from oomlab.registry import Registry

FORMATS: Registry[str, Format] = Registry(
    "format", (as_perfetto.FORMAT, as_ftrace.FORMAT, as_csv.FORMAT, as_json.FORMAT)
)
"""By name."""


@checked(leave="form")
def exported(trace: Trace, form: str) -> bytes:
    """A run in the format called `form` (one of FORMATS), as the bytes of a file; the same run
    gives the same bytes.

    Raises InputError, naming all, for another format, and MissingPackageError, saying how to get
    it, if a package is missing that the format needs.
    """
    return FORMATS.find(form).write(trace)


__all__ = ["FORMATS", "Format", "exported"]
