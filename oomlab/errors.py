"""The errors oomlab raises on purpose."""

from __future__ import annotations

from collections.abc import Iterable


class OomlabError(Exception):
    """Base of all errors raised on purpose."""


class ModelError(OomlabError):
    """The model broke one of its own rules: a bug in a routine, not in the user's input."""


class InputError(OomlabError, ValueError):
    """The user asked for something that does not exist or cannot be; the message is one line that
    names what is valid."""


def unknown(what: str, name: object, valid: Iterable[object]) -> InputError:
    """An InputError saying that `name` is not a known `what`, and which names are."""
    choices = ", ".join(str(v) for v in valid)
    return InputError(f"unknown {what} {str(name)!r}; valid: {choices}")
