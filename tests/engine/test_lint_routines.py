"""Routines keep the rules that let the engines recognise where they stand.

Position and local variables must identify a suspended routine, so nothing may hide on the
interpreter's value stack: no half-evaluated expression around a `yield`, no iterator other than
that of a `range` whose index is a variable in use.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import oomlab

PACKAGE = Path(oomlab.__file__).parent
FILES = [
    path
    for folder in ("kernel", "listeners", "scenarios")
    for path in sorted((PACKAGE / folder).rglob("*.py"))
]

GOOD = """
def good(lock, count):
    got = yield lock
    first, second = yield from other(lock)
    for i in range(count):
        yield lock[i]
    while not got:
        got = yield lock
    return first
"""

BAD = {
    "a yield inside an expression": "def bad(a):\n    x = 1 + (yield a)\n    return x\n",
    "a yield inside a test": "def bad(a):\n    if (yield a):\n        return 1\n",
    "a yield as an argument": "def bad(a):\n    print((yield a))\n",
    "a for over something other than a range": "def bad(a):\n    for x in a:\n        yield x\n",
    "a for whose index is not used": "def bad(a):\n    for i in range(3):\n        yield a\n",
    "a with around a yield": "def bad(a):\n    with a:\n        yield a\n",
    "a list in a variable": "def bad(a):\n    found = []\n    yield a\n    found.append(a)\n",
    "a set in a variable": "def bad(a):\n    found = set(a)\n    yield a\n    return found\n",
    "a try around a yield": "def bad(a):\n    try:\n        yield a\n    finally:\n        pass\n",
}


def breaches(source: str) -> Iterator[str]:
    """What a source breaks, with the line."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef) or _observes(function):
            continue
        if any(_yields(function)):
            yield from _breaches(function)


def _observes(function: ast.FunctionDef) -> bool:
    """Is this no routine but what an observer does at a probe, all of it at once?"""
    return function.returns is not None and ast.unparse(function.returns) == "Iterator[Op]"


def _yields(function: ast.AST) -> Iterator[ast.AST]:
    """The yields of a function itself, not of functions inside it."""
    for child in ast.iter_child_nodes(function):
        if isinstance(child, ast.FunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.Yield | ast.YieldFrom):
            yield child
        yield from _yields(child)


def _breaches(function: ast.FunctionDef) -> Iterator[str]:
    plain = {
        id(node.value)
        for node in ast.walk(function)
        if isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign)
    }
    for node in _yields(function):
        if id(node) not in plain:
            yield f"line {node.lineno}: the yield is part of a larger expression"  # type: ignore[attr-defined]
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AnnAssign) and _can_change(node.value):
            yield f"line {node.lineno}: a variable that can change in place cannot be compared"
        if isinstance(node, ast.With | ast.Try) and any(_yields(node)):
            yield f"line {node.lineno}: a yield inside with or try"
        if isinstance(node, ast.For) and any(_yields(node)):
            yield from _loop(node)


def _can_change(value: ast.AST | None) -> bool:
    """Is this a list, a dictionary or a set?"""
    if isinstance(value, ast.Call):
        return getattr(value.func, "id", "") in ("list", "dict", "set", "bytearray")
    displays = ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp
    return isinstance(value, displays)


def _loop(loop: ast.For) -> Iterator[str]:
    over = loop.iter
    is_range = isinstance(over, ast.Call) and getattr(over.func, "id", "") == "range"
    if not is_range or not isinstance(loop.target, ast.Name):
        yield f"line {loop.lineno}: a loop over something other than a range"
        return
    names = [n.id for part in loop.body for n in ast.walk(part) if isinstance(n, ast.Name)]
    if loop.target.id not in names:
        yield f"line {loop.lineno}: the loop's index {loop.target.id} is not used"


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_routines_can_be_recognised(path: Path) -> None:
    assert list(breaches(path.read_text(encoding="utf-8"))) == []


def test_the_lint_lets_good_routines_pass() -> None:
    assert list(breaches(GOOD)) == []


@pytest.mark.parametrize("source", BAD.values(), ids=BAD.keys())
def test_the_lint_sees(source: str) -> None:
    assert len(list(breaches(source))) == 1


ROUTINES = [*FILES, *sorted((PACKAGE / "remedies").rglob("*.py"))]


@pytest.mark.parametrize("path", ROUTINES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_routines_do_not_know_that_they_are_watched(path: Path) -> None:
    """Whoever watches stands outside: see `engine/observers.py`."""
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(function, ast.FunctionDef) or _observes(function):
            continue
        if any(_yields(function)):
            names = {n.attr for n in ast.walk(function) if isinstance(n, ast.Attribute)}
            names |= {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
            known = sorted(n for n in names if n.startswith(("ghost", "witness")) or n == "watch")
            assert not known, (
                f"{function.name}, line {function.lineno}: a routine says {', '.join(known)}; let "
                "an observer look instead"
            )
