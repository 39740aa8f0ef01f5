"""`oomlab log`: what a kernel log tells."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator

from oomlab.command.parser import json_option
from oomlab.command.progress import Progress
from oomlab.errors import InputError
from oomlab.files import printable
from oomlab.gfp.eras import kernel_named
from oomlab.logs.as_json import json_lines
from oomlab.logs.read import log_source, read_log
from oomlab.logs.sentences import additions, sentence, when
from oomlab.logs.story import explain
from oomlab.logs.text.blocks import Source
from oomlab.logs.whole_log import Log

MOST_LISTED = 40
"""Records that the text lists, half of them from the end (our choice); JSON has all that are
kept."""

_STEP = 50_000_000


class _Watched:
    """A source that says how far it has been read."""

    def __init__(self, source: Source, name: str, progress: Progress) -> None:
        self.source, self.name, self.progress = source, name, progress
        self.read_bytes = 0

    def read(self, size: int, /) -> bytes:
        """As the source does."""
        piece = self.source.read(size)
        before, self.read_bytes = self.read_bytes, self.read_bytes + len(piece)
        if before // _STEP != self.read_bytes // _STEP:
            self.progress.tell(f"{self.read_bytes // 1_000_000} MB read")
        return piece


def options(parser: argparse.ArgumentParser) -> None:
    """What a call can say."""
    parser.add_argument(
        "file",
        nargs="?",
        default="-",
        metavar="FILE",
        help="what dmesg, the journal, syslog or a console printed, also packed with gzip "
        "(default: - , standard input)",
    )
    parser.add_argument("--kernel", metavar="V", help="the release, where the log does not say it")
    json_option(parser)


def answer(call: argparse.Namespace, progress: Progress) -> Iterable[str]:
    """The lines that answer a call."""
    if call.kernel is not None:
        kernel_named(call.kernel)
    log = _read(call.file, call.kernel, progress)
    if not call.json:
        return _text(log)
    return json_lines(log, story=explain(log).to_json() if log.incidents else None)


def _read(file: str, kernel: str | None, progress: Progress) -> Log:
    if file != "-":
        with log_source(file) as (name, source):
            return read_log(_Watched(source, name, progress), kernel=kernel)
    if sys.stdin is None or sys.stdin.isatty():
        raise InputError(
            "there is no log; valid: a FILE, or a log on standard input: dmesg | oomlab log"
        )
    return read_log(_Watched(sys.stdin.buffer, "standard input", progress), kernel=kernel)


def _text(log: Log) -> Iterator[str]:
    yield printable(_head(log))
    if not log.incidents:
        yield "Nothing in it is about memory or about tasks that wait."
        if log.counts.binary * 10 > log.counts.read:
            yield f"It does not look like text: {log.counts.binary:,} NUL bytes."
        return
    yield ""
    for line in explain(log).lines():
        yield printable(line)
    yield ""
    yield "Records:"
    half = MOST_LISTED // 2
    many = len(log.incidents) > MOST_LISTED
    for number, one in enumerate(log.incidents):
        if many and number == half:
            left = len(log.incidents) + log.counts.dropped - MOST_LISTED
            yield f"  ... {left:,} more; --json has those that are kept"
        if many and half <= number < len(log.incidents) - half:
            continue
        yield printable(f"  {when(one)}: {sentence(one)}.")
        for line in additions(one):
            yield printable(f"    {line}")
    yield from _rest(log)


def _head(log: Log) -> str:
    found = len(log.incidents) + log.counts.dropped
    releases = ", ".join(dict.fromkeys(seen.release for seen in log.releases[:3]))
    kernel = f"Linux {releases}" if releases else "no line says which kernel"
    records = "1 record" if found == 1 else f"{found:,} records"
    lines = "1 line" if log.counts.read == 1 else f"{log.counts.read:,} lines"
    return f"{log.source}: {lines}, {records}, {kernel}."


def _rest(log: Log) -> Iterator[str]:
    counts = log.counts
    yield f"{counts.used:,} lines belong to records, {counts.other:,} do not."
    if counts.sample:
        yield "Between lines of records, and not understood:"
        for number, text in counts.sample[:5]:
            yield printable(f"  line {number}: {text}")
    if counts.long:
        yield f"{counts.long:,} lines were too long and were cut."
