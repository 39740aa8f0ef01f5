"""How a program reads a log: all at once, or record by record."""

from __future__ import annotations

import io
import os
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from oomlab.errors import InputError, shown
from oomlab.files import open_regular, resolved, shown_path
from oomlab.logs.incidents import Incident
from oomlab.logs.reader import Reader
from oomlab.logs.text.blocks import Source
from oomlab.logs.whole_log import Log

MOST_KEPT = 4_000
"""Records that `read_log` keeps (our choice: about 100 MB of the largest); `incidents` gives out
all."""


@contextmanager
def log_source(log: str | bytes | os.PathLike[str] | Source) -> Iterator[tuple[str, Source]]:
    """The name and the bytes of a log: a path, an open binary file, or the text itself as bytes.

    Raises InputError for what is none of these, or cannot be read.
    """
    if isinstance(log, bytes | bytearray):
        yield "the text given", io.BytesIO(log)
    elif isinstance(log, str | os.PathLike):
        path = resolved(Path(log))
        with os.fdopen(open_regular(path, os.O_RDONLY), "rb") as file:
            yield shown_path(os.fspath(log)), file
    elif hasattr(log, "read"):
        yield shown_path(str(getattr(log, "name", "the stream given"))), log
    else:
        raise InputError(
            f"{shown(log)} is no log; valid: a path, an open binary file, or its text as bytes"
        )


Result = TypeVar("Result")


def to_the_end(reading: Generator[object, None, Result]) -> Result:
    """What something that pauses comes to, without a pause."""
    while True:
        try:
            next(reading)
        except StopIteration as end:
            result: Result = end.value
            return result


def incidents(log: str | bytes | os.PathLike[str] | Source) -> Iterator[Incident]:
    """The records of a log, one by one in the order of their first lines, in flat memory.

    `log`: a path, a binary file, or the text as bytes. Raises InputError for what is no log.
    """
    with log_source(log) as (_name, source):
        yield from Reader(source).incidents()


def read_log(log: str | bytes | os.PathLike[str] | Source, *, kernel: str | None = None) -> Log:
    """All records of a log, with what is known of the log itself.

    `log`: a path, a binary file, or the text as bytes. `kernel`: the release, where the log does
    not say it. Of more than MOST_KEPT records the first and the last are kept; the others are
    counted. Raises InputError for what is no log.
    """
    return to_the_end(reading_log(log, kernel=kernel))


def reading_log(
    log: str | bytes | os.PathLike[str] | Source, *, kernel: str | None = None
) -> Generator[str, None, Log]:
    """As `read_log`, but pauses after each block of some 256 kB, and says "reading": for whoever
    must be able to do something else meanwhile, or to stop."""
    with log_source(log) as (name, source):
        reader = Reader(source)
        first: list[Incident] = []
        last: deque[Incident] = deque(maxlen=MOST_KEPT // 2)
        found = 0
        for block in reader.blocks():
            for incident in block:
                found += 1
                (first if len(first) < MOST_KEPT // 2 else last).append(incident)
            yield "reading"
        kept = (*first, *last)
        counts = replace(reader.counts, dropped=found - len(kept))
    releases = tuple(reader.releases)
    known = releases[0].release if releases else (kernel or "")
    filled = tuple(one if one.release else replace(one, release=known) for one in kept)
    return Log(name, filled, releases, counts, tuple(reader.starts))
