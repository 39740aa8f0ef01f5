"""Traces as JSON text, and back."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from oomlab.checked import checked
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError

FORMAT = "oomlab-trace-2"


@checked
def to_json(trace: Trace) -> str:
    """A trace as one JSON object; the same trace gives the same text."""
    return json.dumps({"format": FORMAT, **asdict(trace)}, indent=1)


@checked
def from_json(text: str) -> Trace:
    """The trace that `to_json` wrote. Raises InputError, saying what is wrong, for other text."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(
            f"this is not a trace: line {error.lineno} is not JSON ({error.msg})"
        ) from None
    except (ValueError, RecursionError):  # an endless number, brackets without end
        raise InputError("this is not a trace: it is not JSON that can be read") from None
    if not isinstance(data, dict) or data.pop("format", None) != FORMAT:
        raise InputError(f"this is not a trace: its format is not {FORMAT!r}")
    trace = _read(Trace, data, "the trace")
    assert isinstance(trace, Trace)
    return trace


@checked
def save(trace: Trace, path: Path) -> None:
    """Write a trace to a file, whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(to_json(trace))
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


@checked
def load(path: Path) -> Trace:
    """Read a trace from a file. Raises InputError if it cannot be read or is damaged."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the trace {path}: {error}") from None
    return from_json(text)


def _read(hint: Any, data: Any, where: str) -> Any:
    """`data` as a value of the type `hint`. Raises InputError if it is not one."""
    if hint is Any:
        return data
    if is_dataclass(hint):
        return _read_dataclass(hint, data, where)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is tuple and isinstance(data, list):
        return tuple(_read(parts[0], item, f"{where}[{i}]") for i, item in enumerate(data))
    if origin is dict and isinstance(data, dict):
        return {key: _read(parts[1], value, f"{where}.{key}") for key, value in data.items()}
    fits = {
        Literal: data in parts if isinstance(data, str) else False,
        UnionType: type(data) in parts,
        None: type(data) is hint,
    }
    if not fits.get(origin, False):
        raise InputError(f"this trace is damaged: {where} is wrong")
    return data


def _read_dataclass(kind: Any, data: Any, where: str) -> Any:
    names = {field.name for field in fields(kind)}
    if not isinstance(data, dict) or set(data) != names:
        raise InputError(f"this trace is damaged: {where} must have {', '.join(sorted(names))}")
    hints = get_type_hints(kind)
    return kind(**{key: _read(hints[key], value, f"{where}.{key}") for key, value in data.items()})
