"""Tasks that do not run: what khungtaskd says of them, and what SysRq-w and -t list."""

from __future__ import annotations

import re
from dataclasses import replace

from oomlab.logs.incidents import HungTask, TaskReason, TaskShown
from oomlab.logs.parts import BlockedOn, LockKind, OwnerMode, TaskName
from oomlab.logs.records.record import Record
from oomlab.logs.records.stack import tainted
from oomlab.logs.text.lines import PrintedLine

_HUNG = re.compile(
    r"INFO: task (.{1,64}):(\d{1,10}) (?:<\w{1,20}> )?blocked[\w/ ]{0,40} for more than (\d{1,12})"
)
_BLOCKED = re.compile(
    r"INFO: task (.{1,64}):(\d{1,10})(?: <(\w{1,20})>)? (?:is )?blocked on an? ([\w-]{1,30})"
)
_OWNER = re.compile(r"(?:owned|held) by (?:task )?(.{1,64}):(\d{1,10})(?: <(\w{1,20})>)?\.?\s*$")
_STATE = re.compile(r"task:(.{1,64}?) {0,16}state:(\S) .{0,60}? ?pid: {0,8}(\d{1,10}) ")
_OLD_STATE = re.compile(
    r"(\S.{0,63}?) {1,16}([RSDTtXZPIKW]) {0,8}(?:running task {1,8}|[0-9a-f]{8,16} {1,8})?"
    r"\d{1,8} {1,8}(\d{1,10}) {1,8}\d{1,10}(?: 0x[0-9a-f]{8,16})?\s*$"
)
_KINDS: dict[str, LockKind] = {
    "mutex": "mutex",
    "semaphore": "semaphore",
    "rw-semaphore": "rw-semaphore",
}


def hung_in(text: str) -> tuple[TaskName, int] | None:
    """The task and for how many seconds it has not run; None for another line."""
    found = _HUNG.search(text)
    return (TaskName(found[1], int(found[2])), int(found[3])) if found else None


def blocked_in(line: PrintedLine) -> tuple[TaskName, BlockedOn] | None:
    """Who waits for what, as the kernel says it from 6.15 on; None for another line."""
    found = _BLOCKED.search(line.text)
    if found is None:
        return None
    kind = _KINDS.get(found[4], "lock")
    owner = _OWNER.search(line.text, found.end())
    mode: OwnerMode = "last holder" if "last held" in line.text else "owner"
    if owner and owner[3] in ("reader", "writer"):
        mode = "reader" if owner[3] == "reader" else "writer"
    name = TaskName(owner[1], int(owner[2])) if owner else None
    blocked = BlockedOn(kind, line.number, name, mode, found[3] or "")
    return TaskName(found[1], int(found[2])), blocked


def state_in(text: str) -> tuple[TaskName, str] | None:
    """A task with the letter of its state, in the form of 5.8 and later or an older one."""
    at = text.find("task:")
    if at >= 0 and " state:" in text:
        found = _STATE.match(text, at)
        return (TaskName(found[1], int(found[3])), found[2]) if found else None
    if len(text) > 160 or not text[-1:].strip():
        text = text.rstrip()
    last = text[-1:]
    if len(text) > 160 or not (last.isdigit() or last in "abcdef"):
        return None
    found = _OLD_STATE.match(text)
    return (TaskName(found[1].rstrip(), int(found[3])), found[2]) if found else None


class HungRecord(Record):
    """A hung task while it is read."""

    def __init__(self, line: PrintedLine, task: TaskName, seconds: int) -> None:
        super().__init__(line)
        self.task, self.seconds = task, seconds
        self.state = ""
        self.blocked_on: BlockedOn | None = None

    def take(self, line: PrintedLine) -> bool:
        """Does the line belong to it?"""
        text = line.text
        release = tainted(text)
        if release is not None and not self.stack.frames and not self.release:
            self.release = release
            return True
        if "blocked on" in text:
            blocked = blocked_in(line)
            if blocked is None or blocked[0].pid != self.task.pid or self.blocked_on:
                return False
            self.blocked_on = blocked[1]
            return True
        if self.blocked_on is not None:  # what follows is the owner's
            return False
        shown = None if self.state or self.stack.frames else state_in(text)
        if shown is not None:
            if shown[0].pid != self.task.pid:
                return False
            self.state = shown[1]
            return True
        return self.stack.take(line, self.task.comm)

    def incident(self, release: str) -> HungTask:
        """What was read."""
        return HungTask(
            **self.common(release),
            task=self.task,
            seconds=self.seconds,
            state=self.state,
            workqueue=self.stack.workqueue,
            blocked_on=self.blocked_on,
        )


class ShownRecord(Record):
    """A task that is listed while it is read."""

    def __init__(
        self, line: PrintedLine, task: TaskName, state: str, waiter: TaskName | None = None
    ) -> None:
        super().__init__(line)
        self.task, self.state, self.waiter = task, state, waiter
        self.reason: TaskReason = "owner" if waiter else "listed"

    def take(self, line: PrintedLine) -> bool:
        """Only a stack follows."""
        return self.stack.take(line, self.task.comm)

    def incident(self, release: str) -> TaskShown:
        """What was read."""
        return TaskShown(
            **self.common(release),
            task=self.task,
            state=self.state,
            reason=self.reason,
            workqueue=self.stack.workqueue,
            waiter=self.waiter,
        )


class LateBlocked(HungRecord):
    """A line about a lock whose hung task is not in the log any more: it stands for both."""

    def __init__(self, line: PrintedLine, task: TaskName, blocked_on: BlockedOn) -> None:
        super().__init__(line, task, 0)
        self.blocked_on = blocked_on

    def incident(self, release: str) -> HungTask:
        """What was read; nobody said for how long."""
        return replace(super().incident(release), seconds=0)
