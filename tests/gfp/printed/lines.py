"""Lines in the shapes in which kernels print masks, made up, and what each mask is called.

In `named.txt` a release and a line; in `numbers_only.txt`, for kernels that print no names, the
names too. All are typed from the headers of the time; nothing comes from the tables that they are
held against.
"""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent

Line = tuple[str, str, tuple[str, ...]]
"""A release, a line of its kernel, and the names of the mask in it."""


def numbers_only() -> list[Line]:
    """Lines of kernels that print no names."""
    rows = [row.split(" | ") for row in _rows("numbers_only.txt")]
    return [(release, line, tuple(names.split("|"))) for release, line, names in rows]


def named() -> list[Line]:
    """Lines of kernels that print them."""
    found = []
    for release, line in (row.split(" | ") for row in _rows("named.txt")):
        inside = line[line.index("0x") :].partition("(")[2].partition(")")[0]
        found.append((release, line, tuple(inside.split("|"))))
    return found


def _rows(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()
