"""Results in a few words: what an interpreter or a notebook shows of them.

A run or an exploration holds millions of characters. `brief` gives a dataclass a `repr` that fits
into a few lines: short values as they are, of long ones how many entries they have.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, TypeVar

AT_MOST = 300
"""Characters of a `repr`, and"""
VALUE_AT_MOST = 60
"""of one value in it (our choice)."""

T = TypeVar("T")


def brief(kind: type[T]) -> type[T]:
    """Class decorator, above `dataclass`: a short `repr`."""
    kind.__repr__ = _repr  # type: ignore[method-assign]
    return kind


def _repr(self: Any) -> str:
    shown = [
        f"{field.name}={_value(getattr(self, field.name))}" for field in fields(self) if field.repr
    ]
    text = ", ".join(shown)
    room = AT_MOST - len(type(self).__name__) - 2
    if len(text) > room:
        text = f"{text[: room - 3]}..."
    return f"{type(self).__name__}({text})"


def _value(value: object) -> str:
    if isinstance(value, str):
        short = value if len(value) <= VALUE_AT_MOST else f"{value[: VALUE_AT_MOST - 3]}..."
        return repr(short)
    if hasattr(value, "__len__") and len(value) > 3:
        return f"<{len(value)} entries>"
    text = " ".join(repr(value).split())
    return text if len(text) <= VALUE_AT_MOST else f"<{type(value).__name__}>"


def table(title: str, rows: Iterable[tuple[str, str]]) -> str:
    """Rows of a name and a text as an HTML table that has no colours of its own; all escaped."""
    from html import escape  # takes a while, and only a notebook asks

    cells = "".join(
        f'<tr><th scope="row" style="text-align:left">{escape(name)}</th>'
        f'<td style="text-align:left;overflow-wrap:anywhere">{escape(text)}</td></tr>'
        for name, text in rows
    )
    return f"<table><caption>{escape(title)}</caption><tbody>{cells}</tbody></table>"
