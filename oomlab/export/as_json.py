"""The trace itself, whole: what `oomlab.engine.trace.store` reads again."""

from __future__ import annotations

from oomlab.engine.trace.events import Trace
from oomlab.engine.trace.store import to_json
from oomlab.export.format import Format


def write(trace: Trace) -> bytes:
    """All fields of the trace, as one JSON object."""
    return to_json(trace).encode() + b"\n"


FORMAT = Format("json", "the whole trace, as this program reads it again", False, write)
