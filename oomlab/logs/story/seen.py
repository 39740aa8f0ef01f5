"""What a log shows of one task at one moment: the form into which every kind of record is brought.

Records differ (a hung task, a stall, an OOM report, what SysRq-w lists); all of them may have a
stack, and some say more. Whoever works out waits and places reads only this. Frames stand as the
kernel prints them, the innermost function first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Literal

from oomlab.logs.story.functions import FrameMeaning, LockWay, bare_name, frame_meaning

Why = Literal["hung task", "blocked task", "stall", "OOM report", "failure", "lockup", "owner"]
"""In which kind of record the task was seen; `owner`: it is named as one who has a lock."""

SCHEDULING = frozenset(
    (
        "schedule", "__schedule", "schedule_preempt_disabled", "context_switch", "__switch_to",
        "preempt_schedule", "preempt_schedule_common", "io_schedule", "io_schedule_prepare",
        "schedule_debug", "dump_stack", "__dump_stack", "show_stack", "dump_stack_lvl",
        "print_lock_stat", "warn_alloc", "dump_header", "panic",
    )
)  # fmt: skip
"""Functions at the top of a stack that say nothing about the reason."""


@dataclass(frozen=True, slots=True)
class StackFrame:
    """One function of a stack, in `line` of the log. `sure`: the kernel put no `?` before it: the
    task is in this function. Otherwise it may have been there earlier."""

    function: str
    line: int
    sure: bool = True

    @property
    def name(self) -> str:
        """The function without what a compiler added."""
        return bare_name(self.function)

    @property
    def meaning(self) -> FrameMeaning | None:
        """What it says about the task; see `functions`."""
        return frame_meaning(self.function)


@dataclass(frozen=True, slots=True)
class ListedLock:
    """An entry of "N locks held by": the lock, the function that asked for it, the line."""

    name: str
    asked_in: str
    line: int


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has the lock that a task waits for, as the hung-task detector says it ("likely"), and the
    `way` in which that task asks."""

    task: str
    mode: Literal["owns", "reads", "writes"]
    line: int
    way: LockWay = "mutex"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A task as it was seen at `at_us`, in `line`.

    `since_us`: it has not run since then at the latest (None: the record does not say). `listed`:
    the locks it has or, the last of them, waits for (None: not said). `owner`: who has the lock
    that it waits for.
    """

    task: str
    at_us: int
    line: int
    why: Why
    frames: tuple[StackFrame, ...] = ()
    since_us: int | None = None
    listed: tuple[ListedLock, ...] | None = None
    owner: Owner | None = field(default=None)

    @property
    def asleep(self) -> bool:
        """Was it seen as one that does not run?"""
        return self.why in ("hung task", "blocked task", "owner")

    def sure(self) -> Iterator[StackFrame]:
        """The frames that are certain, innermost first, without those of the scheduler."""
        return (f for f in self.frames if f.sure and f.name not in SCHEDULING)

    def waiting(self) -> Iterator[StackFrame]:
        """The innermost certain frames, as far as they are of the kernel's ways to sleep."""
        return takewhile(_sleeps, self.sure())

    def within(self, *places: str) -> StackFrame | None:
        """The innermost certain frame at one of these places."""
        return next((f for f in self.sure() if f.meaning and f.meaning.place in places), None)

    def inside(self, name: str) -> bool:
        """Is a function of this plain name certain to be under way?"""
        return any(frame.name == name for frame in self.sure())


def _sleeps(frame: StackFrame) -> bool:
    return frame.meaning is not None and frame.meaning.place in ("nap", "event")
