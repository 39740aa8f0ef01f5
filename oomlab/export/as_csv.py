"""One event a row, for spreadsheets and data frames (RFC 4180, UTF-8, a line ends with LF)."""

from __future__ import annotations

import csv
import io
import json

from oomlab.engine.trace.events import Event, Trace
from oomlab.export.format import Format

COLUMNS = {
    "at_us": "microseconds since the run began (the step, in a replayed schedule)",
    "task": "who does it",
    "stack": "kernel functions, outermost first, separated by semicolons",
    "op": "what is done, by the name of the engine's op",
    "on": "the lock, queue, word or pool it is about; may be empty",
    "condition": "how it left the task: done, blocked, timeout, sleeps, polling or polled",
    "result": "what the op gave, as JSON; empty for nothing",
    "until_us": "when a sleep ends; empty otherwise",
    "changes": "slots with a new value, as a JSON object",
}
"""What each column says, in the order of the columns."""


def write(trace: Trace) -> bytes:
    """A line with the names of the columns, then the events in order."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows(_row(event) for event in trace.events)
    return text.getvalue().encode()


def _row(event: Event) -> list[object]:
    return [
        event.at_us,
        event.task,
        ";".join(event.stack),
        event.op,
        event.on,
        event.condition,
        "" if event.result is None else json.dumps(event.result),
        "" if event.until_us is None else event.until_us,
        json.dumps(event.changes),
    ]


FORMAT = Format("csv", "one event a row", False, write)
