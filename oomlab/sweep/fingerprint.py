"""The fingerprint of the model: what the results of a sweep depend on, as one short word.

It covers the source of every module of oomlab that `oomlab.sweep.measure` imports, directly or not.
Comments, docstrings and blank lines do not count: they change no result.
"""

from __future__ import annotations

import ast
import hashlib
import io
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
ROOT = "oomlab.sweep.measure"


@cache
def model_fingerprint() -> str:
    """Sixteen hexadecimal digits. The same on every machine and under every version of Python."""
    digest = hashlib.sha256()
    for name in sorted(modules_behind(ROOT)):
        digest.update(f"{name}\n{bare(_file(name).read_text(encoding='utf-8'))}\n".encode())
    return digest.hexdigest()[:16]


def modules_behind(name: str) -> set[str]:
    """`name` and all modules of oomlab that it imports when it runs, directly or not."""
    found = {name}
    todo = [name]
    while todo:
        for other in _imports(todo.pop()):
            if other not in found:
                found.add(other)
                todo.append(other)
    return found


def bare(source: str) -> str:
    """A source without comments, docstrings, blank lines and blanks at the ends of lines."""
    lines: list[str] = source.splitlines()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    for node in _docstrings(ast.parse(source)):
        assert node.end_lineno is not None
        for row in range(node.lineno - 1, node.end_lineno):
            lines[row] = ""
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _docstrings(tree: ast.AST) -> Iterator[ast.Expr]:
    """All statements that are only a constant."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node


def _imports(name: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(_file(name).read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [node.module, *inside]
        for each in names:
            if each.startswith("oomlab.") and _file(each).exists():
                yield each


def _file(name: str) -> Path:
    path = PACKAGE.joinpath(*name.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
