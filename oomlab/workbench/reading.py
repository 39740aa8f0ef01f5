"""Reads a text on the bench: what it declares, which routines it has, and that it does no more.

A text is a small part of Python. It is taken apart by `ast`, and every node must be one of those of
`rules`; names are those of `language` and its own, and no dot is understood at all. So nothing of
Python can be reached from it. What could go on for ever between two steps, or grow without end, is
counted while it runs.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from types import CodeType

from oomlab.workbench.errors import BenchError
from oomlab.workbench.language import ArgumentKind
from oomlab.workbench.placing import with_places
from oomlab.workbench.rules import TextRules

LONGEST_TEXT = 8_000
"""Characters of a text (our choice)."""


@dataclass(frozen=True)
class ReadText:
    """A text that was read. `declared`: what it declares, by name. `routines`: the names of their
    arguments, by name. `calls`: which routine calls which words and routines. `code` runs in a
    namespace with the words, in which it puts what it declares and defines."""

    part: str
    text: str
    declared: Mapping[str, ArgumentKind]
    routines: Mapping[str, tuple[str, ...]]
    lines: Mapping[str, int]
    calls: Mapping[str, frozenset[str]]
    polled: frozenset[str]
    code: CodeType

    def reached_from(self, routine: str) -> frozenset[str]:
        """A routine of the text, and those that it calls."""
        found, left = {routine}, [routine]
        while left:
            fresh = self.calls.get(left.pop(), frozenset()) & self.routines.keys() - found
            found |= fresh
            left += fresh
        return frozenset(found)


def read_text(
    part: str,
    text: str,
    entries: Mapping[str, int],
    known: Mapping[str, ArgumentKind] | None = None,
    routines: Mapping[str, tuple[str, ...]] | None = None,
) -> ReadText:
    """Read the text called `part`. `entries`: the routines that it may be entered by, and how many
    arguments each has. `known`, `routines`: what earlier texts declare, and their routines.

    Raises BenchError for whatever is not understood, at its line.
    """
    if len(text) > LONGEST_TEXT:
        raise BenchError(part, 1, f"the text is longer than {LONGEST_TEXT} characters")
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise BenchError(part, error.lineno or 1, f"this is no Python: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError):
        raise BenchError(part, 1, "this is no Python") from None
    reader = TextRules(part, entries, known or {}, routines or {})
    reader.check(tree)
    code = compile(with_places(tree, part), f"<{part}>", "exec", dont_inherit=True)
    return ReadText(
        part,
        text,
        reader.declared,
        reader.routines,
        reader.lines,
        {name: frozenset(called) for name, called in reader.calls.items()},
        frozenset(reader.polled),
        code,
    )
