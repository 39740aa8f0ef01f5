"""Which line begins which record: one entry a kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from oomlab.logs.parts import NotifierSeen, TaskName
from oomlab.logs.records.detectors import (
    LockupRecord,
    PanicRecord,
    RcuRecord,
    WorkqueueRecord,
    panic_in,
)
from oomlab.logs.records.kills import chosen_in, killed_in
from oomlab.logs.records.locks import TITLES as LOCKDEP
from oomlab.logs.records.locks import HeldRecord, LockdepRecord, held_in
from oomlab.logs.records.notes import ForeignRecord, KillRecord, NotifierRecord
from oomlab.logs.records.oom import TITLE, OomRecord
from oomlab.logs.records.record import Record
from oomlab.logs.records.requests import AskingRecord, PageOwnerRecord
from oomlab.logs.records.tasks import (
    HungRecord,
    LateBlocked,
    ShownRecord,
    blocked_in,
    hung_in,
    state_in,
)
from oomlab.logs.text.lines import PrintedLine


class Around(Protocol):
    """What the beginning of a record may depend on."""

    def notified(self, line: PrintedLine) -> Sequence[NotifierSeen]:
        """The listeners whose lines stand shortly before, by the same caller."""
        ...

    def waiter_of(self, line: PrintedLine, owner: TaskName) -> TaskName | None:
        """Who is said, shortly before, to wait for this task."""
        ...

    listing: bool
    """Are tasks being listed in the old form, which only its place tells from other lines?"""


Opener = Callable[[PrintedLine, Around], Record | None]


def _oom(line: PrintedLine, around: Around) -> Record:
    return OomRecord(line, around.notified(line))


def _hung(line: PrintedLine, _around: Around) -> Record | None:
    hung = hung_in(line.text)
    if hung:
        return HungRecord(line, *hung)
    blocked = blocked_in(line)
    return LateBlocked(line, *blocked) if blocked else None


def _shown(line: PrintedLine, around: Around) -> Record | None:
    shown = state_in(line.text)
    if shown is None:
        return None
    return ShownRecord(line, *shown, around.waiter_of(line, shown[0]))


def _held(line: PrintedLine, _around: Around) -> Record | None:
    held = held_in(line.text)
    return HeldRecord(line, *held) if held else None


def _kill(line: PrintedLine, _around: Around) -> Record | None:
    return KillRecord(line) if killed_in(line) or chosen_in(line) else None


def _summary(line: PrintedLine, _around: Around) -> Record | None:
    return KillRecord(line) if "oom-kill:constraint=" in line.text else None


def _panic(line: PrintedLine, _around: Around) -> Record | None:
    text = panic_in(line.text)
    return PanicRecord(line, text) if text else ForeignRecord(line)


def _nobody(line: PrintedLine, _around: Around) -> Record:
    return PanicRecord(line, line.text.strip())


def _unexpected(line: PrintedLine, _around: Around) -> Record:
    return AskingRecord(line, "unexpected mask")


def _vmalloc(line: PrintedLine, _around: Around) -> Record | None:
    failed = "allocation failure" in line.text or "vmalloc error: size" in line.text
    return AskingRecord(line, "vmalloc") if failed else None


def _slub(line: PrintedLine, _around: Around) -> Record:
    return AskingRecord(line, "SLAB" if "SLAB:" in line.text else "SLUB")


def _notifier(line: PrintedLine, _around: Around) -> Record | None:
    record = NotifierRecord(line)
    return record if record.said else None


def _foreign(line: PrintedLine, _around: Around) -> Record:
    return ForeignRecord(line)


OPENERS: tuple[tuple[str, Opener], ...] = (
    (TITLE, _oom),
    ("page allocation failure", lambda line, _around: AskingRecord(line)),
    ("page allocation stall", lambda line, _around: AskingRecord(line)),
    ("vmalloc", _vmalloc),
    (": Unable to allocate memory on node", _slub),
    ("Unexpected gfp", _unexpected),
    ("page last allocated via order", lambda line, _around: PageOwnerRecord(line)),
    ("INFO: task ", _hung),
    ("task:", _shown),
    (" held by ", _held),
    *((title, lambda line, _around: LockdepRecord(line)) for title in LOCKDEP),
    ("workqueue lockup", lambda line, _around: WorkqueueRecord(line)),
    ("etected stall", lambda line, _around: RcuRecord(line)),
    ("detected expedited stall", lambda line, _around: RcuRecord(line)),
    ("soft lockup - CPU", lambda line, _around: LockupRecord(line)),
    ("hard LOCKUP", lambda line, _around: LockupRecord(line)),
    ("Purging GPU memory", _notifier),
    ("to purge memory", _notifier),
    ("Out of puff!", _notifier),
    ("partially fulfilled", _notifier),
    ("oom-kill:constraint=", _summary),
    ("illed process ", _kill),
    ("ill process ", _kill),
    ("no killable process", _nobody),
    ("Kernel panic - not syncing", _panic),
    ("WARNING: ", _foreign),
    ("BUG: ", _foreign),
    ("------------[ cut here", _foreign),
    ("NMI backtrace for cpu", _foreign),
    ("general protection fault", _foreign),
    ("Unable to handle kernel", _foreign),
)
"""By words that only such a line has, in the order in which they are tried."""


def begun(line: PrintedLine, around: Around) -> Record | None:
    """The record that begins with this line; None if none does."""
    text = line.text
    for words, opener in OPENERS:
        if words in text:
            record = opener(line, around)
            if record is not None:
                return record
    return _shown(line, around) if around.listing else None
