"""The fingerprint of the model: what the results of a sweep depend on, as one short word.

It covers the source of every module of oomlab that `oomlab.evidence.sweep.measure` and the sweep's
scenarios import, directly or not, and the defaults of those scenarios. The list of all scenarios is
left out: one that is added changes no result. Nor do comments, docstrings and blank lines.
"""

from __future__ import annotations

import ast
import hashlib
import io
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from oomlab.evidence.sweep.grid import Sweep
from oomlab.scenarios import find_scenario

PACKAGE = Path(__file__).parents[2]
ROOT = "oomlab.evidence.sweep.measure"
REGISTRY = "oomlab.scenarios"


def model_fingerprint(sweep: Sweep) -> str:
    """Sixteen hexadecimal digits. The same on every machine and under every version of Python."""
    scenarios = sorted({part.scenario for part in sweep.parts})
    return _fingerprint(tuple(scenarios))


@cache
def _fingerprint(scenarios: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    roots = {ROOT}
    for name in scenarios:
        found = find_scenario(name)
        roots.add(found.builder.__module__)
        digest.update(f"{name} {sorted(found.settle({}, 'clock').items())}\n".encode())
    for name in sorted(modules_behind(roots)):
        digest.update(f"{name}\n{bare(_file(name).read_text(encoding='utf-8'))}\n".encode())
    return digest.hexdigest()[:16]


def modules_behind(roots: set[str]) -> set[str]:
    """The roots and all modules of oomlab that they import when they run, directly or not."""
    found = set(roots)
    todo = list(roots)
    while todo:
        for other in _imports(todo.pop()):
            if other not in found and other != REGISTRY:
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
