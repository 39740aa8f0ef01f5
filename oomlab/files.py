"""Files that a user names: read only if they are regular, replaced only whole.

Everything that goes wrong with a file is an InputError of one line, with the name in a form that a
terminal shows as it is.
"""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from oomlab.errors import InputError

LONGEST_NAME = 200
"""Characters of a name that a message shows (our choice)."""

_KINDS: dict[Callable[[int], bool], str] = {
    stat.S_ISDIR: "a folder",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
    stat.S_ISFIFO: "a FIFO",
    stat.S_ISSOCK: "a socket",
    stat.S_ISLNK: "a link",
}
_NO_WAITING = getattr(os, "O_NONBLOCK", 0)  # for a FIFO that took the place of a file just now


def printable(text: str) -> str:
    """`text` as one line that moves no cursor: what is not printable is written as an escape."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def shown_path(name: str | Path) -> str:
    """The name of a file for a message: as it is, or in quotes if it could be misread."""
    text = str(name)
    if len(text) > LONGEST_NAME:
        text = f"{text[: LONGEST_NAME // 2]}...{text[-LONGEST_NAME // 2 :]}"
    return text if text and text == text.strip() and text.isprintable() else repr(text)


def shell_word(text: str) -> str:
    """`text` as one word of a shell's command line that can be shown and pasted."""
    if text.isprintable():
        return shlex.quote(text)
    plain = {byte: chr(byte) for byte in range(0x20, 0x7F) if chr(byte) not in "\\'"}
    escaped = (plain.get(byte) or f"\\x{byte:02x}" for byte in os.fsencode(text))
    return f"$'{''.join(escaped)}'"


@contextmanager
def file_errors(name: str | Path, done: str) -> Iterator[None]:
    """Makes an OSError from within an InputError: `name` cannot be `done` ("read", "written")."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{shown_path(name)} cannot be {done}: {reason(error)}") from error


def reason(error: OSError) -> str:
    """Why the operating system refused, in its own words."""
    return error.strerror or str(error) or type(error).__name__


def resolved(name: str | Path) -> Path:
    """The place a name stands for, links followed. Raises InputError for what names no file."""
    text = os.fspath(name)
    if not text or "\0" in text:
        raise InputError(f"{text!r} is no name of a file")
    if text.endswith(os.sep):
        raise InputError(f"{shown_path(text)} names a folder, not a file")
    with file_errors(text, "found"):
        return Path(os.path.realpath(text))


def regular(path: Path, *, links: bool = True) -> os.stat_result | None:
    """What is known of the regular file at `path`; None if there is nothing.

    Raises InputError for a folder, device, FIFO or socket (and, without `links`, for a link).
    """
    with file_errors(path, "used"):
        try:
            found = os.stat(path, follow_symlinks=links)
        except FileNotFoundError:
            return None
    _must_be_regular(path, found)
    return found


def _must_be_regular(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = next((word for test, word in _KINDS.items() if test(found.st_mode)), "something")
        raise InputError(f"{shown_path(path)} is {kind}, not a regular file")


def open_regular(path: Path, flags: int, *, links: bool = True) -> int:
    """A descriptor of a regular file that is there. Raises InputError for anything else, and never
    waits, as opening a FIFO does."""
    regular(path, links=links)
    flags |= _NO_WAITING | getattr(os, "O_CLOEXEC", 0)
    if not links:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    with file_errors(path, "opened"):
        descriptor = os.open(path, flags)
    try:
        _must_be_regular(path, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def read_bytes(path: Path, at_most: int) -> bytes:
    """What a regular file holds. Raises InputError if it cannot be read, or has more than `at_most`
    bytes."""
    with os.fdopen(open_regular(path, os.O_RDONLY), "rb") as file, file_errors(path, "read"):
        found = file.read(at_most + 1)
    if len(found) > at_most:
        raise InputError(f"{shown_path(path)} is larger than {at_most // 1_000_000} MB")
    return found


@contextmanager
def folder_of(path: Path) -> Iterator[None]:
    """The folder of `path` is there meanwhile, made if need be; a folder that was made and holds
    nothing afterwards is removed again. Raises InputError if it cannot be made."""
    made: list[Path] = []
    try:
        with file_errors(path, "written"):
            missing = [folder for folder in path.parents if not folder.is_dir()]
            for folder in reversed(missing):
                folder.mkdir(exist_ok=True)
                made.append(folder)
        yield
    finally:
        for folder in reversed(made):
            with suppress(OSError):  # it holds something, as it should when all went well
                folder.rmdir()


def check_new(path: Path, *, force: bool = False) -> None:
    """Raises InputError unless something may be written to `path`: nothing is there, or with
    `force` a regular file that is not write-protected."""
    if regular(path) is None:
        return
    if not force:
        raise InputError(
            f"{shown_path(path)} is there already; choose another name, or have it replaced with"
            " --force"
        )
    if not os.access(path, os.W_OK):
        raise InputError(f"{shown_path(path)} cannot be written: it is write-protected")


def replace(path: Path, content: str | bytes | Iterable[str | bytes]) -> None:
    """Write a regular file whole or not at all (a text as UTF-8, or one piece after the other); one
    that is there keeps its mode until then and afterwards. Raises InputError."""
    pieces = (content,) if isinstance(content, str | bytes) else content
    before = regular(path)
    new = path.with_name(f".oomlab-{os.urandom(8).hex()}.new")
    with file_errors(path, "written"):
        try:
            with open(new, "xb") as file:
                for piece in pieces:
                    file.write(piece.encode() if isinstance(piece, str) else piece)
                file.flush()
                if before is not None:
                    os.chmod(new, stat.S_IMODE(before.st_mode))
                os.fsync(file.fileno())
            os.replace(new, path)
        except BaseException:
            with suppress(FileNotFoundError):  # if it could not be made, there is none
                new.unlink()
            raise
