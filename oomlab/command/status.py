"""How a call ends: its exit status."""

from __future__ import annotations

import signal

NOT_AS_EXPECTED = 1
"""Something computed is not what was declared."""

BAD_INPUT = 2
"""A name, value or file that is not valid or cannot be used."""

_SIGNALLED = 128
"""To this the number of a signal is added, as shells do."""


class Terminated(KeyboardInterrupt):
    """A signal other than Ctrl-C asks for the end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def stopped(stop: KeyboardInterrupt) -> tuple[int, str]:
    """The exit status after an interruption, and a word for it."""
    if isinstance(stop, Terminated):
        return _SIGNALLED + stop.number, "terminated"
    return _SIGNALLED + signal.SIGINT, "interrupted"
