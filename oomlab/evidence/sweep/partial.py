"""Points of a sweep that are computed already, kept beside the file that they will end in.

The first line has the number of the process that works on it, the second says of which sweep it is,
then there is a line for each point, written at once: whatever ends the sweep, no computed point is
lost. In memory is only where in the file each row stands. While a process works on it, it holds a
lock on it, where the system has fcntl's locks; elsewhere a second sweep is told to look first.
"""

from __future__ import annotations

import errno
import json
import os
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Any

from oomlab.errors import InputError
from oomlab.evidence.sweep.measure import Row
from oomlab.evidence.sweep.rows import Failure, as_row, row_json
from oomlab.files import file_errors, open_regular, regular, shown_path

try:
    import fcntl
except ImportError:  # not a POSIX system: two sweeps into one file are refused without --resume
    fcntl = None  # type: ignore[assignment]

_NOT_YET = -1
_LINE = 400
_BLOCK = 1 << 20

_OWNER_DIGITS = 12
_UNLOCKED = " (but first see that no sweep is writing it now: this system has no locks to tell)"
_HELD = (errno.EACCES, errno.EAGAIN)


class Partial:
    """The leftover beside `path` of a sweep whose results have this `head` and so many `points`.

    As a context: made or, to `resume`, read, and locked. What it holds is its length and its
    elements then, by the number of the point. When the context is left without a single point, the
    file is removed. `current` is asked about what is to be taken up: would the model as it is now
    give the same?

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
        current: Callable[[Partial], bool] = lambda rows: True,
    ) -> None:
        self.path = path.with_name(f"{path.name}.partial")
        self._places = array("q", [_NOT_YET]) * points
        self._length = 0
        self._results = path
        self._head = json.dumps(head)
        self._current = current
        self._points = points
        self._resume = resume

    def __len__(self) -> int:
        """How many points it has."""
        return self._length

    def __contains__(self, number: object) -> bool:
        """Has it this point?"""
        return isinstance(number, int) and self._places[number] != _NOT_YET

    def __getitem__(self, number: int) -> Row | Failure:
        """The row of a point, read from the file."""
        with file_errors(self.path, "read"):
            self._file.seek(self._places[number])
            line = b""
            while not line.endswith(b"\n"):
                line += self._file.read(_LINE)
                line = line[: line.find(b"\n") + 1 or None]
            self._file.seek(0, os.SEEK_END)
        return self._row(line)[1]

    def numbers(self) -> Iterable[int]:
        """The points that it has."""
        return (number for number, place in enumerate(self._places) if place != _NOT_YET)

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
        if not self._length:
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
            if not self._current(self):
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
        """Find the rows. Result: the bytes up to the end of the last whole line."""
        same, whole = False, 0
        try:
            for number, line in enumerate(self._lines()):
                if number == 0:
                    int(line)
                elif number == 1:
                    same = {**json.loads(line), "model": 0} == {
                        **json.loads(self._head),
                        "model": 0,
                    }
                    if not same:
                        raise self._foreign()
                else:
                    self._note(self._row(line)[0], whole)
                whole += len(line)
            if not same:
                raise ValueError
        except (ValueError, TypeError, RecursionError):
            raise InputError(
                f"{shown_path(self.path)} is damaged or no leftover of a sweep; delete it, and"
                " begin anew without --resume"
            ) from None
        return whole

    def _lines(self) -> Iterator[bytes]:
        """The whole lines of the file."""
        rest = b""
        with file_errors(self.path, "read"):
            self._file.seek(0)
            while block := self._file.read(_BLOCK):
                *lines, rest = (rest + block).split(b"\n")
                for line in lines:
                    yield line + b"\n"

    def _note(self, number: int, place: int) -> None:
        self._length += self._places[number] == _NOT_YET
        self._places[number] = place

    def _foreign(self) -> InputError:
        return InputError(
            f"{shown_path(self.path)} belongs to another sweep or another model; delete it first"
        )

    def _row(self, line: bytes) -> tuple[int, Row | Failure]:
        number, row = json.loads(line)
        if type(number) is not int or not 0 <= number < self._points:
            raise ValueError
        return number, as_row(row)

    def add(self, number: int, row: Row | Failure) -> None:
        """One more point. Raises InputError if it cannot be written; it is not kept then."""
        with file_errors(self.path, "written"):
            place = self._file.tell()
            self._write(json.dumps([number, row_json(row)]) + "\n")
        self._note(number, place)

    def in_order(self) -> Iterator[Row | Failure]:
        """The rows of all points, which must be there."""
        return (self[number] for number in range(self._points))

    def remove(self) -> None:
        """The results are complete, and elsewhere."""
        with file_errors(self.path, "removed"):
            self.path.unlink(missing_ok=True)

    def _write(self, text: str) -> None:
        rest = text.encode()
        while rest:  # a disk that is almost full takes a part of it
            rest = rest[self._file.write(rest) :]
