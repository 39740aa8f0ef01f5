"""Standard streams and signals: what a shell may do to them, and one line about it at most."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from types import FrameType
from typing import NoReturn, TextIO

from oomlab.command.status import BAD_INPUT, Terminated
from oomlab.errors import InputError
from oomlab.files import printable, reason

LONGEST_LINE = 4000
"""Characters of a message that are shown (our choice)."""

_ENDING = ("SIGTERM", "SIGHUP")


def say(message: str, who: str = "oomlab") -> None:
    """One line on standard error, whatever is in the message; nothing if that cannot be written."""
    line = printable(message)
    if len(line) > LONGEST_LINE:
        line = f"{line[: LONGEST_LINE // 2]} ... {line[-LONGEST_LINE // 2 :]}"
    with suppress(OSError, ValueError):  # full or closed: there is no third place to say it
        print(f"{who}: {line}", file=sys.stderr, flush=True)


class Unwritable(Exception):
    """Standard output takes no more; the cause is the OSError."""


def write(lines: Iterable[str]) -> None:
    """Lines for standard output. Raises Unwritable, and what making the lines raises."""
    for line in lines:
        try:
            print(line)
        except OSError as error:
            raise Unwritable from error
    try:
        sys.stdout.flush()
    except OSError as error:
        raise Unwritable from error


def write_bytes(data: bytes, what: str) -> None:
    """The bytes of a file for standard output. `what` they are, in a user's words: a terminal is
    not for them. Raises InputError for a terminal, Unwritable for what takes no bytes."""
    if sys.stdout.isatty():
        raise InputError(f"a terminal cannot show {what}; name a file with -o, or use a pipe")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        raise Unwritable from error


def given_up(error: Unwritable) -> int:
    """The exit status after that: a reader who has seen enough is no error."""
    _discard(sys.stdout)
    cause = error.__cause__
    assert isinstance(cause, OSError)
    if isinstance(cause, BrokenPipeError):
        return 0
    say(f"standard output cannot be written: {reason(cause)}")
    return BAD_INPUT


def prepare() -> bool:
    """Make ready for a shell's call: signals end it in good order, and a file that is opened never
    gets the number of a standard stream. Result: is there a standard output?"""
    for name in _ENDING:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores one
            signal.signal(number, _end)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    closed = _fill_closed()
    if sys.stderr is None:
        sys.stderr = io.StringIO()  # what is written there nobody reads
    if sys.stdout is None:
        say(f"standard output is {'closed' if 1 in closed else 'missing'}; nothing was done")
        return False
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that knows no dashes
    return True


def finish(status: int) -> int:
    """Write what is left to be written. Result: the exit status, which may have become worse."""
    try:
        write(())
    except Unwritable as error:
        status = given_up(error) or status
    try:
        sys.stderr.flush()
    except OSError:
        _discard(sys.stderr)
    return status


def _fill_closed() -> list[int]:
    closed = []
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
            closed.append(number)
    return closed


def _discard(stream: TextIO) -> None:
    """Nothing of what is still to be written may trouble the end of the interpreter."""
    with suppress(OSError):  # a stream without a descriptor leaves nothing behind
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_DFL)  # a second one ends it at once
    raise Terminated(number)


def _interrupt(number: int, _frame: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_DFL)
    raise KeyboardInterrupt
