"""The errors oomlab raises on purpose."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

SHOWN_AT_MOST = 60
"""Characters of a wrong value that a message repeats (our choice)."""

MOST_GUESSES = 3
"""Names that "did you mean" offers at most (our choice)."""


class OomlabError(Exception):
    """Base of all errors raised on purpose."""


class ModelError(OomlabError):
    """The model broke one of its own rules: a bug in a routine, not in the user's input."""


class InputError(OomlabError, ValueError):
    """The user asked for something that does not exist or cannot be; the message is one line that
    names what is valid."""


class BrokenOff(OomlabError):  # named for what happened, as the message says
    """Work that was asked for could not be done to its end; the message is one line."""


class MissingPackageError(InputError, ImportError):
    """A package that this part of oomlab needs is not installed; the message says how to get it."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback: nothing in the cell is wrong."""
        return [str(self)]


@contextmanager
def needed(extra: str = "") -> Iterator[None]:
    """Around imports of other packages: raises MissingPackageError where one is not installed.
    `extra` is the extra of oomlab that brings it, "" for those that always come with oomlab."""
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in ("", "oomlab"):
            raise
        raise MissingPackageError(_how_to_get(missing, extra)) from None


def _how_to_get(missing: str, extra: str) -> str:
    if sys.platform == "emscripten":  # where nothing can be installed
        return (
            f"{missing} is not in this page's Python, which this needs; it is there on Binder, and"
            " on a machine of your own"
        )
    what = f"oomlab[{extra}]" if extra else "oomlab"
    return f'{missing} is not installed, which this needs; get it with: pip install "{what}"'


def unknown(what: str, name: object, valid: Iterable[object]) -> InputError:
    """An InputError saying that `name` is not a known `what`, which names are, and which of them
    may have been meant."""
    choices = [str(v) for v in valid]
    # Between versions and numbers likeness means nothing.
    near = close_to(name, choices) if isinstance(name, str) and name.upper() != name.lower() else []
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return InputError(f"unknown {what} {shown(name)}; valid: {', '.join(choices)}{hint}")


def close_to(name: str, choices: Iterable[str]) -> list[str]:
    """The few names that begin as `name` does, or else the one that is most like it; none for what
    is too long to be a name."""
    if len(name) > SHOWN_AT_MOST:
        return []
    known = {choice.casefold(): choice for choice in choices}
    start = name.casefold()
    begun = [choice for folded, choice in known.items() if start and folded.startswith(start)]
    if 0 < len(begun) <= MOST_GUESSES:
        return begun
    import difflib  # of no use until somebody slips

    return [known[folded] for folded in difflib.get_close_matches(start, known, n=1)]


def find(what: str, name: object, known: Mapping[K, V]) -> V:
    """The entry `name` of a registry. Raises InputError, naming all entries, for anything else,
    also for what no key can be."""
    if isinstance(name, str | int | float) and name in known:
        return known[name]  # type: ignore[index]
    raise unknown(what, name, known)


def shown(value: object) -> str:
    """A wrong value as a message shows it: in one line, cut off where it is long, and never an
    error of its own."""
    if isinstance(value, str | bytes) and len(value) > SHOWN_AT_MOST:
        return f"{value[: SHOWN_AT_MOST - 3]!r}..."
    if isinstance(value, int) and value.bit_length() > 4 * SHOWN_AT_MOST:
        return f"a number of about {value.bit_length() * 30103 // 100000} digits"
    if isinstance(value, list | tuple | set | frozenset | dict) and len(value) > SHOWN_AT_MOST:
        return f"a {type(value).__name__} of {len(value)} entries"
    try:
        text = " ".join(repr(value).split())
    except Exception:  # an object of somebody else's: its own repr may do anything
        return f"a value of type {type(value).__name__}"
    return text if len(text) <= 2 * SHOWN_AT_MOST else f"{text[: SHOWN_AT_MOST - 3]}..."
