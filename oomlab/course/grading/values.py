"""Values written as text by somebody who is not trusted, and cells made of nothing else."""

from __future__ import annotations

import ast

_DEEPEST = 20
"""Brackets within brackets; an answer needs two (our choice)."""

_FAULTS = (ValueError, SyntaxError, TypeError, MemoryError, RecursionError)


def read_value(text: object, longest: int) -> object:
    """The value of a Python literal. Raises ValueError if `text` is anything else."""
    if not isinstance(text, str) or len(text) > longest or _depth(text) > _DEEPEST:
        raise ValueError("not a plain value")
    try:
        value: object = ast.literal_eval(text)
        if repr(ast.literal_eval(repr(value))) != repr(value):  # an infinite number, for one
            raise ValueError("not a plain value")
    except _FAULTS as error:
        raise ValueError("not a plain value") from error
    return value


def assignments(source: str) -> dict[str, object] | None:
    """The values that a cell gives to names if it does nothing else, otherwise None."""
    found: dict[str, object] = {}
    try:
        for line in ast.parse(source).body:
            if not isinstance(line, ast.Assign):
                return None
            value = ast.literal_eval(line.value)
            for target in line.targets:
                if not isinstance(target, ast.Name):
                    return None
                found[target.id] = value
    except _FAULTS:
        return None
    return found


def write_assignments(values: dict[str, object]) -> str:
    """A cell that gives names their values."""
    return "\n".join(f"{name} = {value!r}" for name, value in values.items())


def _depth(text: str) -> int:
    """How deep brackets and signs could be nested, at most."""
    deepest = depth = 0
    for letter in text:
        depth += (letter in "([{") - (letter in ")]}")
        deepest = max(deepest, depth)
    return deepest
