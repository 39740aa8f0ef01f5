"""What lockdep prints: the locks that tasks hold, and its own reports."""

from __future__ import annotations

import re
from dataclasses import replace

from oomlab.logs.incidents import HeldLocks, LockdepReport, LockStep
from oomlab.logs.parts import CallFrame, LockSeen, TaskName
from oomlab.logs.records.record import Record
from oomlab.logs.records.stack import frame_in, release_in
from oomlab.logs.text.lines import PrintedLine

MOST_LOCKS = 64
"""Locks of a task that are kept (our choice; lockdep itself keeps up to 48)."""

_HELD = re.compile(r"(\d{1,4}) locks? held by (.{1,64})/(\d{1,10})(?::|,| )")

_ENTRY = re.compile(r"\s*#(\d{1,3}): (.{1,600})")
_USAGE = re.compile(r"\{[-+.?a-zA-Z0-9=:,/ ]{0,60}\}(?:-\{\d{1,3}:\d{1,3}\})?")
_ADDRESS = re.compile(r"\s*([0-9a-f]{8,16}) ")
_AT = re.compile(r"at: {0,2}(?:\[<[0-9a-f]{8,16}>\] )?([A-Za-z_.$][\w.$]{0,199})")
_STEP = re.compile(r"\s*-> #(\d{1,3}) (.{1,600})")
_WHO = re.compile(r"\s*(.{1,64})/(\d{1,10}) (?:is trying to (?:acquire|release) lock|just changed)")
_SECTION = (
    "but task is already holding", "which lock already depends", "the existing dependency chain",
    "other info that might help", "Chain exists of", "ossible unsafe locking", "CPU0 ", "CPU1",
    "lock(", "*** DEADLOCK", "stack backtrace", "======", "------", "may be due to missing",
    "and this task is already", "which would create", "but this new dependency", "... acquired at",
    "to a ", "-- ", "the dependencies between", "and the lock", "irq event stamp", "hardirqs last",
    "softirqs last", "<Interrupt>", "context switch", "{IN-", "{HARDIRQ", "{SOFTIRQ", "[INITIAL",
    "} ops:", "key ", "rlock(", "sync(", "-->", "is located",
)  # fmt: skip

TITLES = (
    "possible circular locking dependency",
    "possible recursive locking",
    "possible irq lock inversion",
    "nconsistent lock state",
    "unsafe lock order detected",
    "READ-unsafe lock order",
    "possible deadlock",
)
"""What lockdep's reports are called."""


def held_in(text: str) -> tuple[int, TaskName] | None:
    """How many locks who has ("2 locks held by init/1:"); None for another line."""
    found = _HELD.search(text)
    return (int(found[1]), TaskName(found[2], int(found[3]))) if found else None


def lock_in(text: str, number: int) -> LockSeen | None:
    """A lock as lockdep writes it: `(class){usage}, at: function`, with an address before it from
    4.17 on. A class holds brackets of its own, so its end is the last one before the usage."""
    usage = _USAGE.search(text)
    start = text.find("(")
    end = text.rfind(")", 0, usage.start() if usage else len(text))
    if start < 0 or end < start:
        return None
    address = _ADDRESS.match(text)
    at = _AT.search(text, end)
    return LockSeen(
        text[start + 1 : end],
        number,
        usage[0] if usage else "",
        address[1] if address else "",
        at[1] if at else "",
    )


class HeldRecord(Record):
    """The locks of one task while they are read."""

    def __init__(self, line: PrintedLine, number: int, task: TaskName) -> None:
        super().__init__(line)
        self.number, self.task = number, task
        self.locks: list[LockSeen] = []

    def take(self, line: PrintedLine) -> bool:
        """Does the line belong to it?"""
        entry = _ENTRY.match(line.text)
        lock = lock_in(entry[2], line.number) if entry else None
        if lock is None or entry is None:
            return self._wrapped(line)
        if int(entry[1]) < len(self.locks):  # said again, for each function that was inlined
            self.locks[int(entry[1])] = lock
        elif len(self.locks) < MOST_LOCKS:
            self.locks.append(lock)
        return True

    def _wrapped(self, line: PrintedLine) -> bool:
        """A mail may break the line before "at:"."""
        at = _AT.match(line.text.lstrip()) if line.bare or self.first.bare else None
        if at and self.locks and not self.locks[-1].function:
            self.locks[-1] = replace(self.locks[-1], function=at[1])
            return True
        return False

    def incident(self, release: str) -> HeldLocks:
        """What was read."""
        return HeldLocks(
            **self.common(release), task=self.task, number=self.number, locks=tuple(self.locks)
        )


class LockdepRecord(Record):
    """A report of lockdep while it is read."""

    def __init__(self, line: PrintedLine) -> None:
        super().__init__(line)
        text = line.text.strip(" []=")
        self.title = text.removeprefix("INFO: ").removeprefix("WARNING: ").strip()
        self.task: TaskName | None = None
        self.wanted: LockSeen | None = None
        self.held: list[LockSeen] = []
        self.steps: list[LockStep] = []
        self._part = ""
        self._frames: list[CallFrame] = []

    def take(self, line: PrintedLine) -> bool:
        """Does the line belong to it?"""
        text = line.text
        step = _STEP.match(text)
        if step:
            self._end_step()
            lock = lock_in(step[2], line.number)
            name = lock.name if lock else step[2].strip(" ({:}")
            self.steps.append(LockStep(int(step[1]), name, line.number, lock.usage if lock else ""))
            self._part = "step"
            return True
        if self._title_lines(line):
            return True
        held = held_in(text)
        if held:
            if self.task is not None and held[1].pid != self.task.pid:
                return False
            self.task, self._part = held[1], "held"
            return True
        if self._part in ("wanted", "holding", "held") and self._lock(line):
            return True
        if self._section(text):
            return True
        frame = frame_in(line) if self._part != "backtrace" else None
        if frame is not None and self._part == "step":
            self._frames.append(frame)
            return True
        if self._part == "backtrace":
            return self.stack.take(line)
        return frame is not None or not text.strip()

    def _title_lines(self, line: PrintedLine) -> bool:
        text = line.text
        who = _WHO.match(text)
        if who:
            self.task, self._part = TaskName(who[1], int(who[2])), "wanted"
            return True
        if "ainted" in text and self.task is None:
            self.release = release_in(text) or self.release
            return True
        return False

    def _lock(self, line: PrintedLine) -> bool:
        entry = _ENTRY.match(line.text)
        lock = lock_in(entry[2] if entry else line.text, line.number)
        if lock is None or not (entry or lock.usage):
            return False
        if self._part == "wanted":
            self.wanted, self._part = self.wanted or lock, ""
        elif self._part == "holding":
            self.held.append(lock)
            self._part = ""
        elif len(self.held) < MOST_LOCKS and entry:
            if entry[1] == "0":
                self.held.clear()
            if int(entry[1]) < len(self.held):
                self.held[int(entry[1])] = lock
            else:
                self.held.append(lock)
        return True

    def _section(self, text: str) -> bool:
        if "already holding lock" in text:
            self._part = "holding"
        elif "stack backtrace" in text:
            self._end_step()
            self._part = "backtrace"
        elif "other info that" in text:
            self._end_step()
            self._part = ""
        elif self.stack.started and self._part == "backtrace":
            return False  # another report may begin with the same rule
        elif not any(words in text for words in _SECTION):
            return False
        return True

    def _end_step(self) -> None:
        if self.steps and self._frames:
            self.steps[-1] = replace(self.steps[-1], frames=tuple(self._frames))
        self._frames = []

    def incident(self, release: str) -> LockdepReport:
        """What was read."""
        self._end_step()
        return LockdepReport(
            **self.common(release),
            title=self.title,
            task=self.task,
            wanted=self.wanted,
            held=tuple(self.held),
            steps=tuple(self.steps),
        )
