"""What the readers of all records have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any

from oomlab.logs.incidents import Incident
from oomlab.logs.parts import LogPlace, TaskName
from oomlab.logs.records.stack import Stack
from oomlab.logs.text.lines import PrintedLine


class Record(ABC):
    """A record that is being read. `closed`: no line is added any more. `hold`: it is finished, but
    something may still be said about it (what became of a victim)."""

    joins_callers = False
    """May lines of another caller belong to it?"""

    def __init__(self, line: PrintedLine) -> None:
        self.first = line
        self.last = line.number
        self.touched = line.number
        self.stack = Stack()
        self.release = ""
        self.closed = False

    @property
    def caller(self) -> str | None:
        """Who prints it."""
        return self.first.caller

    @property
    def place(self) -> LogPlace:
        """Where it stands, all lines taken together."""
        return replace(self.first.place, last=self.last)

    @property
    def own_release(self) -> str:
        """The release that its own lines state, "" if none does."""
        return self.stack.release or self.release

    def took(self, line: PrintedLine) -> bool:
        """Offer a line; True if it belongs here."""
        if self.closed or not self.take(line):
            return False
        self.last = max(self.last, line.number)
        self.touched = line.number
        return True

    @abstractmethod
    def take(self, line: PrintedLine) -> bool:
        """Does the line belong here? If so, what it says is noted."""

    def holds(self) -> bool:
        """Is something still to be said about it, though it is finished?"""
        return False

    @abstractmethod
    def incident(self, release: str) -> Incident | None:
        """What was read, of a kernel of this `release`; None if it is nothing to report."""

    def common(self, release: str) -> dict[str, Any]:
        """What every incident has."""
        return {
            "place": self.place,
            "release": self.own_release or release,
            "frames": tuple(self.stack.frames),
        }

    def asker(self, comm: str) -> TaskName:
        """The task that a title names `comm`, with its number where other lines say it.

        A title may have rests of other lines before it, the line about the processor has not.
        """
        running = self.stack.running
        if running is not None and comm.endswith(running.task.comm):
            return running.task
        caller = self.caller or ""
        pid = int(caller[1:]) if caller.startswith("T") else None
        return TaskName(comm, pid)


LONGEST_COMM = 15
"""TASK_COMM_LEN without the byte that ends it."""


def comm_before(text: str, end: int) -> str:
    """The comm at the start of a title, up to `end`; Samsung's kernels print it twice."""
    comm = text[:end].strip()
    if len(comm) > LONGEST_COMM and ": " in comm:  # something else stands before it
        comm = comm.rpartition(": ")[2]
    half = len(comm) // 2
    twice = comm[:half].rstrip(": "), comm[half:].lstrip(": ")
    if comm[half : half + 1] in (":", " ") and twice[0] == twice[1]:
        return twice[0]
    return comm


def cut_out(text: str, start: str, *ends: str) -> str:
    """What stands behind `start`, up to the first of `ends` or the end; "" without `start`."""
    at = text.find(start)
    if at < 0:
        return ""
    rest = text[at + len(start) :]
    cuts = [cut for cut in (rest.find(end) for end in ends) if cut >= 0]
    return rest[: min(cuts)] if cuts else rest
