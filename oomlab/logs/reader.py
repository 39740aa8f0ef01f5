"""Reads a log once, from its first line to its last, and gives out each record as it is complete.

Most lines of a log begin nothing: they are passed over by looking for keywords in whole blocks.
Where one is found, and while a record is open, lines are looked at one by one. What is kept is
bounded: records that are open, and those that wait for the fate of a victim.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from oomlab.logs.incidents import Incident
from oomlab.logs.parts import NotifierSeen, TaskName
from oomlab.logs.records.kills import reaped_in
from oomlab.logs.records.notes import ForeignRecord, KillRecord, NotifierRecord
from oomlab.logs.records.oom import HOLD_LINES, HOLD_US, OomRecord
from oomlab.logs.records.record import Record
from oomlab.logs.records.stack import release_in
from oomlab.logs.records.tasks import HungRecord
from oomlab.logs.records.titles import begun
from oomlab.logs.rejoin import MOST_PARTS, as_one, continues, missing
from oomlab.logs.text.blocks import LineBlocks, Source
from oomlab.logs.text.keywords import Hits
from oomlab.logs.text.lines import PrintedLine, lines_of
from oomlab.logs.whole_log import Counts, ReleaseSeen

IDLE = 60
"""Lines that may stand between two lines of a record (our choice: other programs, other
processors)."""
MOST_OPEN = 32
"""Records that are open at a time, and"""
MOST_WAITING = 256
"""that wait to be given out in their order (our choice)."""
MOST_RELEASES = 100
MOST_SAMPLES = 20
SAMPLE_LENGTH = 200
LONGEST_PREFIX = 200
"""Bytes before a row of a table that are looked at as a form (our choice)."""
BEFORE = 2
"""Lines before a keyword that are looked at, too: a title may begin there."""

_BOOTED = re.compile(r"Linux version (\d{1,2}\.\d{1,3}\S{0,100})")
_COMMIT = re.compile(
    r"HEAD commit:\s{0,8}[0-9a-f]{6,40} .{0,120}?\bv?(\d{1,2}\.\d{1,3}(?:-rc\d{1,2})?)\b"
)
_SOFT_BREAK = re.compile(rb"[^=\n]=\r?\n")
_DIGITS = re.compile(rb"[0-9]+")
_BLANKS = re.compile(rb"(?:\\ )+")
_QUOTE = re.compile(rb"[> ]+")
_QUOTED = re.compile(rb"=([0-9A-F]{2})")
_NOT_QUOTED = re.compile(rb"=(?![0-9A-F]{2})")
_SAID_AROUND = (
    "Showing all locks held", "Manual OOM execution", "Show Locks Held", "lockdep is turned off",
    "disables this message", "hung task reports are suppressed",
)  # fmt: skip
_LISTING = ("PC stack   pid father", "Show Blocked State", "Show State")


@dataclass
class Reader:
    """Reads `source`; `incidents` gives out what was found, `counts`, `releases` and `starts` (the
    lines with which kernels begin) say more, and are complete when it has ended."""

    source: Source
    releases: list[ReleaseSeen] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    listing: bool = False
    _read: int = 0
    _used: int = 0
    _sample: list[tuple[int, str]] = field(default_factory=list)
    _open: list[Record] = field(default_factory=list)
    _queue: deque[Record] = field(default_factory=deque)
    _notified: deque[tuple[PrintedLine, NotifierSeen]] = field(
        default_factory=lambda: deque(maxlen=8)
    )
    _head: PrintedLine | None = None
    _parts: int = 0
    _before: PrintedLine | None = None
    _blocks: LineBlocks | None = None
    _soft: bytes = b""
    _mail: bool = False
    _table: tuple[OomRecord, re.Pattern[bytes]] | None = None
    _row_at: int = 0

    @property
    def counts(self) -> Counts:
        """How the lines were used, so far."""
        blocks = self._blocks
        return Counts(
            read=self._read,
            used=self._used,
            other=self._read - self._used,
            long=blocks.long if blocks else 0,
            binary=blocks.nul if blocks else 0,
            sample=tuple(self._sample),
        )

    def incidents(self) -> Iterator[Incident]:
        """All records, in the order of their first lines. Raises InputError for what is no log."""
        for found in self.blocks():
            yield from found

    def blocks(self) -> Iterator[list[Incident]]:
        """The same, a list for each block of the log: whoever reads can pause, or end, there."""
        self._blocks = LineBlocks(self.source)
        for block in self._blocks:
            found: list[Incident] = []
            for start, end in self._parts_of(block):
                self._line(block[start:end])
                found += self._ready()
            yield found
        self._flush_head()
        for record in self._open:
            record.closed = True
        self._open = []
        yield list(self._ready(everything=True))

    # Which lines are looked at

    def _parts_of(self, block: bytes) -> Iterator[tuple[int, int]]:
        """Start and end of each line of the block that has to be looked at; others are counted."""
        hits, at = Hits(block), 0
        # Quoted-printable text breaks lines, and words, anywhere.
        quoted = b"=3D" in block or b"quoted-printable" in block
        self._mail = broken = quoted and _SOFT_BREAK.search(block) is not None
        while at < len(block):
            if not (self._open or self.listing or self._head or broken or self._soft):
                hit = hits.after(at)
                start = self._skip(block, at, hit if hit >= 0 else len(block))
                if hit < 0:
                    return
                at = start
                while at <= hit:
                    end = block.find(b"\n", at) + 1
                    yield at, end
                    at = end
                continue
            end = block.find(b"\n", at) + 1
            yield at, end
            at = end
            if self._table is not None:
                at = self._rows(block, at)

    def _rows(self, block: bytes, at: int) -> int:
        """Pass over the rows of a table that begin at `at`, all together: they are most of a log
        that is full of reports. Result: where they end."""
        (record, form), self._table = self._table, None  # type: ignore[misc]
        run = form.match(block, at)
        if run is None or record.closed or self._head is not None:
            return at
        rows = run[0].decode("utf-8", "replace").split("\n")[:-1]
        record.memory.more_rows([row[row.index("[", self._row_at) :] for row in rows])
        self._read += len(rows)
        self._used += len(rows)
        record.last = record.touched = self._read
        return run.end()

    def _begin_table(self, raw: bytes, line: PrintedLine, record: OomRecord) -> None:
        """The line was a row: the next ones look the same but for their numbers."""
        text, body = line.text.encode("utf-8", "replace"), raw.rstrip(b"\r\n")
        if text[:1] != b"[" or self._mail or not body.endswith(text):
            return  # the words are not there as they are
        at = len(body) - len(text)
        if at <= LONGEST_PREFIX and raw.endswith(b"\n"):
            before = _BLANKS.sub(b" +", _DIGITS.sub(b"[0-9]+", re.escape(raw[:at])))
            form = re.compile(b"(?:" + before + rb"\[ {0,8}[0-9]{1,10}\] [^\n\r]*\n)+")
            self._table, self._row_at = (record, form), len(raw[:at].decode("utf-8", "replace"))

    def _skip(self, block: bytes, at: int, hit: int) -> int:
        """Pass over whole lines up to a few before `hit`. Result: where the next one starts."""
        start = hit
        for _ in range(BEFORE + 1 if hit < len(block) else 0):
            start = block.rfind(b"\n", at, start)
            if start < 0:
                break
        start = start + 1 if start >= 0 else at
        if start > at:
            self._read += block.count(b"\n", at, start)
            self._before = None
        return start

    def _line(self, raw: bytes) -> None:
        """One line of the file, which ends with its newline."""
        self._read += 1
        if self._soft or self._mail or b"=3D" in raw:
            raw = self._unquoted(raw)
            if not raw:
                self._used += 1
                return
        used = False
        for line in lines_of(self._read, raw):
            used = self._feed(line) or used
        self._used += used
        top = self._open[-1] if self._open else None
        if isinstance(top, OomRecord) and top.memory.rows and top.last == self._read:
            self._begin_table(raw, line, top)

    def _unquoted(self, raw: bytes) -> bytes:
        """A line of quoted-printable text; nothing while it goes on in the next."""
        if self._soft:
            raw = self._soft + (_QUOTE.sub(b"", raw, count=1) if raw[:1] == b">" else raw)
            self._soft = b""
        body = raw.rstrip(b"\r\n")
        if self._mail and body.endswith(b"=") and not body.endswith(b"==") and len(body) < 8192:
            self._soft = body[:-1]
            return b""
        if _NOT_QUOTED.search(body):
            return raw
        return _QUOTED.sub(lambda code: bytes([int(code[1], 16)]), body) + b"\n"

    # What a line is

    def _feed(self, line: PrintedLine) -> bool:
        """Result: does the line belong to a record, or say something about the kernel?"""
        if not line.kernel:
            return False
        head, self._head = self._head, None
        if head is not None:
            if self._parts < MOST_PARTS and continues(head, line):
                self._parts += 1
                return self._whole(as_one(head, line)) or True
            self._take(head)
        self._parts = 1
        return self._whole(self._with_comm(line))

    def _with_comm(self, line: PrintedLine) -> PrintedLine:
        """A title whose comm was printed apart from it, or before the end of a line."""
        before, self._before = self._before, line
        text = line.text.lstrip()
        alone = text.startswith((":", "page allocation ", "oom-killer:", "invoked oom-killer:"))
        if not alone or before is None or len(before.text) > 400 or before.caller != line.caller:
            return line
        if "page allocation " not in text and "oom-killer:" not in text:
            return line
        if text.startswith("oom-killer:") and not before.text.rstrip().endswith("invoked"):
            return line
        return as_one(before, line)

    def _whole(self, line: PrintedLine) -> bool:
        if missing(line.text):
            self._head = line
            return True
        return self._take(line)

    def _flush_head(self) -> None:
        head, self._head = self._head, None
        if head is not None:
            self._take(head)

    def _take(self, line: PrintedLine) -> bool:
        text = line.text
        about = ("ainted" in text or "Linux version" in text or "HEAD commit" in text) and (
            self._release_in(line)
        )
        if "oom_reaper:" in text:
            return self._reaped(line)
        for place in range(len(self._open) - 1, -1, -1):
            record = self._open[place]
            if line.caller is not None and record.caller != line.caller and record.caller:
                continue
            if record.took(line):
                if place != len(self._open) - 1:
                    self._open.append(self._open.pop(place))
                return not isinstance(record, ForeignRecord) or about
        record_opened = begun(line, self)
        if record_opened is not None:
            self._opens(record_opened)
            return not isinstance(record_opened, ForeignRecord) or about
        if any(words in text for words in _LISTING):
            self.listing = True
            return True
        self._close_idle(line)
        about = about or any(words in text for words in _SAID_AROUND)
        if not about and self._open and len(self._sample) < MOST_SAMPLES and text.strip():
            self._sample.append((line.number, text[:SAMPLE_LENGTH]))
        return about

    def _opens(self, record: Record) -> None:
        if isinstance(record, OomRecord):
            for waiting in self._queue:
                if isinstance(waiting, OomRecord):
                    waiting.followed = True
        if isinstance(record, NotifierRecord) and record.in_chain:
            seen = NotifierSeen(record.said["driver"], "line", record.first.number)
            self._notified.append((record.first, seen))
        if len(self._open) >= MOST_OPEN:
            self._open.pop(0).closed = True
        self._open.append(record)
        self._queue.append(record)

    def _close_idle(self, line: PrintedLine) -> None:
        for record in self._open:
            if line.number - record.touched > IDLE:
                record.closed = True
        self._open = [record for record in self._open if not record.closed]
        self.listing = self.listing and bool(self._open)

    def _reaped(self, line: PrintedLine) -> bool:
        said = reaped_in(line.text)
        if said is None:
            return True
        for record in reversed(self._queue):
            if isinstance(record, OomRecord | KillRecord) and record.reaped(said[0], said[2], line):
                return True
        return True

    def _release_in(self, line: PrintedLine) -> bool:
        found = _BOOTED.match(line.text)
        if found and len(self.starts) < MOST_RELEASES:
            self.starts.append(line.number)
        found = found or _BOOTED.search(line.text) or _COMMIT.search(line.text)
        release = found[1] if found else release_in(line.text)
        if not release:
            return False
        known = self.releases[-1].release if self.releases else None
        if release != known and len(self.releases) < MOST_RELEASES:
            self.releases.append(ReleaseSeen(release, line.number))
        return True

    # What records ask for when they begin

    def notified(self, line: PrintedLine) -> Sequence[NotifierSeen]:
        """The listeners whose lines stand shortly before, by the same caller."""
        found = []
        for said, seen in self._notified:
            late = (
                said.boot_us is not None
                and line.boot_us is not None
                and line.boot_us - said.boot_us > 2_000_000
            )
            if not late and line.number - said.number <= IDLE and said.caller == line.caller:
                found.append(seen)
        self._notified.clear()
        return found

    def waiter_of(self, line: PrintedLine, owner: TaskName) -> TaskName | None:
        """Who is said, shortly before, to wait for this task."""
        for record in reversed(self._open):
            if isinstance(record, HungRecord) and record.blocked_on:
                if record.blocked_on.owner and record.blocked_on.owner.pid == owner.pid:
                    return record.task
                return None
        return None

    # What is given out

    def _ready(self, everything: bool = False) -> Iterator[Incident]:
        """The records at the head of the queue that are complete."""
        queue = self._queue
        while queue and (everything or len(queue) > MOST_WAITING or self._complete(queue[0])):
            record = queue.popleft()
            if not record.closed and record in self._open:
                self._open.remove(record)
            record.closed = True
            incident = record.incident(self._release_at(record.first.number))
            if incident is not None:
                yield incident

    def _complete(self, record: Record) -> bool:
        if not record.closed:
            return False
        return not record.holds() or self._waited(record)

    def _waited(self, record: Record) -> bool:
        """Has its victim been waited for long enough?"""
        if self._read - record.last > HOLD_LINES:
            return True
        before = self._before
        start, now = record.first.boot_us, before.boot_us if before else None
        return start is not None and now is not None and now - start > HOLD_US

    def _release_at(self, number: int) -> str:
        """The release that was said last before a line, or else first after it."""
        known = ""
        for seen in self.releases:
            if seen.line > number and known:
                break
            known = seen.release
        return known
