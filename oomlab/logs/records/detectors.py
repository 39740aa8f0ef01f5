"""What other detectors print: stalled workers, grace periods of RCU, processors that do not yield;
and the panics that follow."""

from __future__ import annotations

import re

from oomlab.logs.incidents import Lockup, Panic, RcuStall, WorkqueueStall
from oomlab.logs.parts import TaskName
from oomlab.logs.records.record import Record
from oomlab.logs.text.lines import PrintedLine

MOST_NAMES = 64
"""Names of work, and tasks, that are kept of one report (our choice)."""

_POOL = re.compile(r"workqueue lockup - pool (.{0,200}?) ?stuck for (\d{1,12})s")
_WORK_LINE = re.compile(
    r"\s*(?:workqueue \S{1,64}: flags|pwq \d|pool \d|in-flight: |pending: |delayed: |inactive: |"
    r"Showing (?:busy|backtraces)|idle: )"
)
_RCU = re.compile(
    r"(?:rcu: )?INFO: (\w{1,40}) (?:self-)?detected stall|detected(?: expedited)? stall"
)
_RCU_LINE = re.compile(
    r"(?:rcu:)?\s*(?:\(?detected by|\(t=|\d{1,5}-|Tasks blocked|Unless|RCU grace|kthread|blocking|"
    r"rcu_\w{1,40} kthread|hardirqs|number:|cputime:|All QSes|Possible timer|\t?P\d)"
)
_RCU_TASK = re.compile(r"\bP(\d{1,10})\b")
_SOFT = re.compile(r"soft lockup - CPU#(\d{1,5}) stuck for (\d{1,12})s! \[(.{1,64}):(\d{1,10})\]")
_HARD = re.compile(r"hard LOCKUP on cpu ?(\d{1,5})")
_PANIC = re.compile(r"Kernel panic - not syncing: (.{0,300})")
_OF_MEMORY = ("memory", "hung_task", "lockup", "softlockup", "oom", "RCU Stall", "sysrq triggered")


class WorkqueueRecord(Record):
    """A stalled pool while it is read."""

    def __init__(self, line: PrintedLine) -> None:
        super().__init__(line)
        pool = _POOL.search(line.text)
        self.pool = pool[1] if pool else ""
        self.seconds = int(pool[2]) if pool else None
        self.in_flight: list[str] = []
        self.pending: list[str] = []

    def take(self, line: PrintedLine) -> bool:
        """Does the line belong to it?"""
        text = line.text
        if not _WORK_LINE.match(text):
            return self.stack.take(line)
        for title, names in (("in-flight: ", self.in_flight), ("pending: ", self.pending)):
            if title in text:
                found = text.partition(title)[2].split(",")
                names += [name.strip() for name in found][: MOST_NAMES - len(names)]
        return True

    def incident(self, release: str) -> WorkqueueStall:
        """What was read."""
        return WorkqueueStall(
            **self.common(release),
            pool=self.pool,
            seconds=self.seconds,
            in_flight=tuple(self.in_flight),
            pending=tuple(self.pending),
        )


class RcuRecord(Record):
    """A stalled grace period while it is read."""

    def __init__(self, line: PrintedLine) -> None:
        super().__init__(line)
        found = _RCU.search(line.text)
        self.flavour = (found[1] if found else None) or ""
        self.tasks: list[TaskName] = []
        self._tasks_in(line.text)

    def _tasks_in(self, text: str) -> None:
        found = [TaskName("", int(pid)) for pid in _RCU_TASK.findall(text)]
        self.tasks += found[: MOST_NAMES - len(self.tasks)]

    def take(self, line: PrintedLine) -> bool:
        """Does the line belong to it?"""
        if _RCU_LINE.match(line.text.lstrip()):
            self._tasks_in(line.text)
            return True
        return self.stack.take(line)

    def incident(self, release: str) -> RcuStall:
        """What was read."""
        return RcuStall(
            **self.common(release),
            flavour=self.flavour,
            text=self.first.text.strip(),
            tasks=tuple(self.tasks),
        )


class LockupRecord(Record):
    """A processor that does not yield, while it is read."""

    def take(self, line: PrintedLine) -> bool:
        """Only a stack follows."""
        return self.stack.take(line)

    def incident(self, release: str) -> Lockup:
        """What was read."""
        soft, hard = _SOFT.search(self.first.text), _HARD.search(self.first.text)
        running = self.stack.running
        task = running.task if running else None
        if soft:
            task, cpu = TaskName(soft[3], int(soft[4])), int(soft[1])
        else:
            cpu = int(hard[1]) if hard else None  # type: ignore[assignment]
        return Lockup(
            **self.common(release),
            task=task,
            cpu=cpu,
            seconds=int(soft[2]) if soft else None,
            hard=hard is not None,
        )


def panic_in(text: str) -> str | None:
    """Why the kernel stopped, if that concerns memory or a detector; None for another line."""
    found = _PANIC.search(text)
    if found is None or not any(word in found[1] for word in _OF_MEMORY):
        return None
    return found[1].strip()


class PanicRecord(Record):
    """A panic while it is read; or the line that says that nobody could be killed, alone."""

    def __init__(self, line: PrintedLine, text: str) -> None:
        super().__init__(line)
        self.text = text
        self.deadlocked = "deadlocked" in text or "no killable" in text

    def take(self, line: PrintedLine) -> bool:
        """A stack follows, and the end is said again."""
        text = panic_in(line.text)
        if text is not None:
            if "no killable" not in self.text or "no killable" in text:
                return "end Kernel panic" in line.text
            self.text = text
            return True
        return self.stack.take(line)

    def incident(self, release: str) -> Panic:
        """What was read."""
        return Panic(**self.common(release), text=self.text, deadlocked=self.deadlocked)
