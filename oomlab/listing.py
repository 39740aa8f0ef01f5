"""A routine of the model, and a few lines in the manner of C that tell the same.

The routines follow the kernel step by step. Whoever reads C finds her way into them by a listing of
about ten lines, in our own words, that keeps the order of locks, waits and requests and leaves out
the rest. A `listings.py` in kernel/, listeners/ and remedies/ holds them; `oomlab.show_code` shows
both side by side.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Listing:
    """`name`: the kernel's name of the function, with a release where there are several of it.
    `routine`: the model's. `code`: the lines like C. `remedy`: the only one whose tasks run it, ""
    where any may: remedies give their own routines the same names."""

    name: str
    routine: Callable[..., Any]
    code: str
    remedy: str = ""


def source_of(routine: Callable[..., Any], *, without: Collection[object] = ()) -> str:
    """The source of a routine as it is, without docstrings and without the steps that are
    `yield from` one of the routines in `without`; an `if` that holds nothing else goes, too."""
    source = textwrap.dedent(inspect.getsource(routine))
    lines = source.splitlines()
    for cut in reversed(_cuts(ast.parse(source).body, inspect.getmodule(routine), without)):
        lines[cut.first - 1 : cut.last] = cut.instead
    return "\n".join(lines)


class _Cut(NamedTuple):
    """Lines that are not shown, and what stands there instead."""

    first: int
    last: int
    instead: tuple[str, ...] = ()


def _cuts(body: list[ast.stmt], module: object, without: Collection[object]) -> list[_Cut]:
    """What to cut out of a block, in order."""
    found = []
    for statement in body:
        whole = _Cut(statement.lineno, statement.end_lineno or statement.lineno)
        if _is_left_out(statement, module, without):
            found.append(whole)
            continue
        for block in (getattr(statement, "body", []), getattr(statement, "orelse", [])):
            inner = _cuts(block, module, without)
            if block and all(_is_left_out(each, module, without) for each in block):
                if isinstance(statement, ast.If) and not statement.orelse:
                    found.append(whole)
                    continue
                first, last = block[0], inner[-1].last
                inner = [_Cut(first.lineno, last, (" " * first.col_offset + "pass",))]
            found += inner
    return found


def _is_left_out(statement: ast.stmt, module: object, without: Collection[object]) -> bool:
    """Is it a docstring, or a step of those that only watch?"""
    if not isinstance(statement, ast.Expr):
        return False
    value = statement.value
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str)
    if isinstance(value, ast.YieldFrom) and isinstance(value.value, ast.Call):
        return getattr(module, ast.unparse(value.value.func), None) in without
    return False
