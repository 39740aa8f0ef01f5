"""A log that was read, as JSON data of one stable shape.

`format` is FORMAT; it grows by one when a name goes or changes its meaning, not when one is added.
Of each record: `kind`, `line` and `last_line`, `boot_us`, `wall`, `caller`, `release`, and the
fields of its class in `oomlab.logs.incidents`. A mask is an object with the text as printed, the
number, the kernel's names and the releases they are of; an OOM report also says whether such a
request may kill (`may_kill`: true, false, or null where that is not known).
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from oomlab.gfp.printed import PrintedMask
from oomlab.logs.incidents import AboutRequest, Incident, OomReport, PageOwner
from oomlab.logs.story.request import may_kill
from oomlab.logs.whole_log import Log

FORMAT = 1


def log_data(log: Log) -> dict[str, Any]:
    """All of it."""
    return {
        "format": FORMAT,
        "source": log.source,
        "lines": {
            name: value for name, value in _data(log.counts).items() if name not in ("sample",)
        },
        "not_understood": [{"line": line, "text": text} for line, text in log.counts.sample],
        "releases": [_data(seen) for seen in log.releases],
        "incidents": [incident_data(one) for one in log.incidents],
    }


def json_lines(log: Log, **more: Any) -> Iterator[str]:
    """The same as lines of JSON, with `more` behind it; record by record, because all of them at
    once would need several times the memory of the log that was read."""
    head = log_data(replace(log, incidents=()))
    del head["incidents"]
    yield json.dumps(head, indent=1).removesuffix("\n}") + ","
    yield ' "incidents": ['
    last = len(log.incidents) - 1
    for number, one in enumerate(log.incidents):
        comma = "" if number == last else ","
        yield textwrap.indent(json.dumps(incident_data(one), indent=1), "  ") + comma
    yield " ]," if more else " ]"
    if more:
        yield json.dumps(more, indent=1).removeprefix("{\n").removesuffix("\n}")
    yield "}"


def incident_data(one: Incident) -> dict[str, Any]:
    """One record."""
    place = one.place
    data: dict[str, Any] = {
        "kind": one.kind,
        "line": place.first,
        "last_line": place.last,
        "boot_us": place.boot_us,
        "wall": place.wall,
        "caller": place.caller,
    }
    data |= {f.name: _data(getattr(one, f.name)) for f in fields(one) if f.name != "place"}
    if isinstance(one, AboutRequest | PageOwner):
        mask = one.mask
        data["mask"] = None if mask is None else _mask(mask)
        if isinstance(one, OomReport):
            data["may_kill"], data["may_kill_why"] = may_kill(one, mask)
    return data


def _mask(mask: PrintedMask) -> dict[str, Any]:
    return {
        "value": mask.value,
        "names": list(mask.names),
        "releases": mask.spans,
        "disagreement": mask.disagreement,
    }


def _data(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _data(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple | list):
        return [_data(one) for one in value]
    return value
