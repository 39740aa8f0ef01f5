"""The `oomlab` command, a module for each of its commands.

`main` answers one call and can be used from Python, too; `console` is what a shell starts. Both
give the exit status.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from oomlab.command.status import BAD_INPUT, NOT_AS_EXPECTED, stopped
from oomlab.command.streams import finish, prepare, say


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer one call: the answer goes to standard output; what is wrong, in one line, to standard
    error."""
    try:
        # Not before: reading the model takes a while, in which Ctrl-C must be answered, too.
        from oomlab.command.dispatch import dispatch

        return dispatch(sys.argv[1:] if arguments is None else arguments)
    except KeyboardInterrupt as stop:
        status, word = stopped(stop)
        say("; ".join([word, *getattr(stop, "__notes__", [])]))
        return status


def console() -> int:
    """Answer the call of a shell, with whatever standard streams and signals it brings."""
    try:
        if not prepare():
            return BAD_INPUT
        return finish(main())
    except KeyboardInterrupt as stop:  # between what `main` guards
        return stopped(stop)[0]


__all__ = ["BAD_INPUT", "NOT_AS_EXPECTED", "console", "main"]
