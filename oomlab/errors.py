"""The errors oomlab raises on purpose."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MOST_GUESSES = 3
"""Names that "did you mean" offers at most (our choice)."""


class OomlabError(Exception):
    """Base of all errors raised on purpose."""


class ModelError(OomlabError):
    """The model broke one of its own rules: a bug in a routine, not in the user's input."""


class InputError(OomlabError, ValueError):
    """The user asked for something that does not exist or cannot be; the message is one line that
    names what is valid."""


def unknown(what: str, name: object, valid: Iterable[object]) -> InputError:
    """An InputError saying that `name` is not a known `what`, which names are, and which of them
    may have been meant."""
    choices = [str(v) for v in valid]
    near = close_to(str(name), choices)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return InputError(f"unknown {what} {str(name)!r}; valid: {', '.join(choices)}{hint}")


def close_to(name: str, choices: Iterable[str]) -> list[str]:
    """The few names that begin as `name` does, or else the one that is most like it."""
    known = {choice.casefold(): choice for choice in choices}
    start = name.casefold()
    begun = [choice for folded, choice in known.items() if start and folded.startswith(start)]
    if 0 < len(begun) <= MOST_GUESSES:
        return begun
    return [known[folded] for folded in difflib.get_close_matches(start, known, n=1)]
