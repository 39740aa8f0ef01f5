"""Points of a sweep that are computed already, kept beside the file that they will end in.

The first line has the number of the process that works on it, the second says of which sweep it is,
then there is a line for each point, written at once: whatever ends the sweep, no
computed point is lost. While a process works on it, it holds a lock on it, where the system has
fcntl's locks; elsewhere a second sweep is told to look first.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterator, Mapping
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Any

from oomlab.errors import InputError
from oomlab.evidence.sweep.measure import Row
from oomlab.files import file_errors, open_regular, read_bytes, regular, shown_path

try:
    import fcntl
except ImportError:  # not a POSIX system: two sweeps into one file are refused without --resume
    fcntl = None  # type: ignore[assignment]

LARGEST = 50_000_000
"""Bytes beyond which a file is no leftover of ours (our choice)."""

_OWNER_DIGITS = 12
_UNLOCKED = " (but first see that no sweep is writing it now: this system has no locks to tell)"
_HELD = (errno.EACCES, errno.EAGAIN)


class Partial:
    """The leftover beside `path` of a sweep whose results have this `head` and so many `points`.

    As a context: made or, to `resume`, read, and locked. What it holds is in `rows` then. When the
    context is left without a single point, the file is removed. `current` is asked about rows that
    are to be taken up: would the model as it is now give the same?

    Entering raises InputError if the file cannot be made, is in use, is left of an earlier sweep
    (unless to `resume`), or belongs to another sweep, or is damaged.
    """

    def __init__(
        self,
        path: Path,
        head: Mapping[str, Any],
        points: int,
        *,
        resume: bool = False,
        current: Callable[[Mapping[int, Row]], bool] = lambda rows: True,
    ) -> None:
        self.path = path.with_name(f"{path.name}.partial")
        self.rows: dict[int, Row] = {}
        self._results = path
        self._head = json.dumps(head)
        self._current = current
        self._points = points
        self._resume = resume

    def __enter__(self) -> Partial:
        """Make or read the file."""
        if regular(self.path, links=False) is None:
            self._make()
        else:
            self._take_up()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let the file go."""
        if not self.rows:
            self.remove()
        self._file.close()

    def _make(self) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
        with file_errors(self.path, "written"):
            descriptor = os.open(self.path, flags, 0o666)
            try:
                self._file = self._lock(descriptor)
            except OSError:
                self.remove()
                raise
            try:
                self._write(f"{os.getpid():<{_OWNER_DIGITS}}\n{self._head}\n")
            except BaseException:
                self.remove()
                self._file.close()
                raise

    def _take_up(self) -> None:
        self._file = self._lock(open_regular(self.path, os.O_RDWR, links=False))
        try:
            whole = self._read()
            if not self._resume:
                raise InputError(
                    f"{shown_path(self.path)} is left of a sweep that was interrupted; go on with"
                    f" --resume, or delete it{_UNLOCKED if fcntl is None else ''}"
                )
            if not self._current(self.rows):
                raise self._foreign()
            with file_errors(self.path, "written"):
                self._file.truncate(whole)  # the last line may have been cut off in the middle
                self._file.seek(0)
                self._write(f"{os.getpid():<{_OWNER_DIGITS}}")
                self._file.seek(0, os.SEEK_END)
        except BaseException:
            self._file.close()
            raise

    def _lock(self, descriptor: int) -> FileIO:
        """The file with that descriptor. Raises InputError if another process works on it."""
        file = FileIO(descriptor, "r+")
        try:
            if fcntl is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            owner = file.read(_OWNER_DIGITS).strip()
            file.close()
            if error.errno not in _HELD:
                raise
            process = f" (process {int(owner)})" if owner.isdigit() else ""
            raise InputError(
                f"another oomlab sweep is writing {shown_path(self._results)}{process}; wait for"
                " it, or choose another name with --out"
            ) from None
        return file

    def _read(self) -> int:
        """Read the rows. Result: the bytes up to the end of the last whole line."""
        content = read_bytes(self.path, LARGEST)
        whole = content.rfind(b"\n") + 1
        try:
            owner, head, *lines = content[:whole].decode("utf-8").splitlines()
            int(owner)
            same = {**json.loads(head), "model": 0} == {**json.loads(self._head), "model": 0}
            self.rows = dict(self._row(line) for line in lines) if same else {}
        except (ValueError, TypeError, RecursionError):
            raise InputError(
                f"{shown_path(self.path)} is damaged or no leftover of a sweep; delete it, and"
                " begin anew without --resume"
            ) from None
        if not same:
            raise self._foreign()
        return whole

    def _foreign(self) -> InputError:
        return InputError(
            f"{shown_path(self.path)} belongs to another sweep or another model; delete it first"
        )

    def _row(self, line: str) -> tuple[int, Row]:
        number, row = json.loads(line)
        if type(number) is not int or not 0 <= number < self._points:
            raise ValueError
        return number, Row(*row)

    def add(self, number: int, row: Row) -> None:
        """One more point. Raises InputError if it cannot be written; it is not kept then."""
        with file_errors(self.path, "written"):
            self._write(json.dumps([number, row]) + "\n")
        self.rows[number] = row

    def in_order(self) -> Iterator[Row]:
        """The rows of all points, which must be there."""
        return (self.rows[number] for number in range(self._points))

    def remove(self) -> None:
        """The results are complete, and elsewhere."""
        with file_errors(self.path, "removed"):
            self.path.unlink(missing_ok=True)

    def _write(self, text: str) -> None:
        rest = text.encode()
        while rest:  # a disk that is almost full takes a part of it
            rest = rest[self._file.write(rest) :]
