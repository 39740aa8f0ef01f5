"""In whose words: a release of the kernel, and how what all records share looks there."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from oomlab.errors import InputError
from oomlab.kernel_release import KernelRelease, Spelled
from oomlab.limits import Limit

FIRST, LATEST = KernelRelease(4, 4), KernelRelease(7, 3)
"""The oldest release whose forms are known here, and the latest that was looked at."""

LIMITS = (
    Limit(
        "guessed",
        "Where a line of the kernel log changed its form",
        "Most boundaries were read in sources or in logs of the time. From memory are: when "
        "`boost:` joined the zone's line, when addresses lost their hash in the list of held "
        "locks, since when a stack has its `<TASK>`, and since when the stack of a mutex's owner "
        "is left out where the owner hangs as well. The stall warning is back in 7.3; whether it "
        "was in an earlier release again is not known here.",
    ),
    Limit(
        "guessed",
        "Addresses, offsets and process numbers in the kernel log",
        "They are made up from the names, so that the same thing has the same one in a whole log.",
    ),
)


class Since(NamedTuple):
    """Something that holds from a release on."""

    major: int
    minor: int
    frames: tuple[str, ...]


@dataclass(frozen=True)
class Style:
    """The forms of `release`. Raises InputError for one before FIRST."""

    release: KernelRelease

    def __post_init__(self) -> None:
        if self.release < FIRST:
            raise InputError(
                f"the log of Linux {self.release} cannot be written; valid: {FIRST} and later"
            )

    @classmethod
    def of(cls, spelled: Spelled) -> Style:
        """The style of the release that is meant. Raises InputError for anything else."""
        return cls(KernelRelease.of(spelled))

    def since(self, major: int, minor: int) -> bool:
        """Is the release this one or a later one?"""
        return self.release >= KernelRelease(major, minor)

    def chosen(self, forms: Sequence[Since]) -> tuple[str, ...]:
        """The last of several forms, oldest first, that this release has."""
        return [form for form in forms if self.since(form.major, form.minor)][-1].frames

    @property
    def dump_stack(self) -> str:
        """The function that prints a stack, and so stands on top of it."""
        return "dump_stack_lvl" if self.since(5, 14) else "dump_stack"

    @property
    def uname(self) -> str:
        """The release as the kernel prints it, e.g. 4.13.0."""
        return f"{self.release}.0"

    def cpu(self, pid: int, comm: str) -> str:
        """The line about who runs (dump_stack_print_info)."""
        uid = "UID: 0 " if self.since(6, 11) else ""
        return f"CPU: 0 {uid}PID: {pid} Comm: {comm} Not tainted {self.uname} #1"

    def call_trace(self, frames: Iterable[str]) -> Iterator[str]:
        """A stack, innermost function first."""
        yield "Call Trace:"
        bracketed = self.since(5, 16)
        if bracketed:
            yield " <TASK>"
        for frame in frames:
            yield f" {self.symbol(frame)}"
        if bracketed:
            yield " </TASK>"

    def symbol(self, frame: str) -> str:
        """A function (and module, after a blank) with its offset and size."""
        function, _, module = frame.partition(" ")
        size = 0x40 + made_up(function) % 0x3C0 // 16 * 16
        place = f"{function}+{made_up(frame) % (size - 8) + 5:#x}/{size:#x}"
        if module:
            place += f" [{module}]"
        return place if self.since(4, 10) else f"[<{text_address(function)}>] {place}"


def made_up(text: str) -> int:
    """A number that is always the same for the same text."""
    return zlib.crc32(text.encode())


def text_address(function: str) -> str:
    """A made-up address in the kernel's text."""
    return f"ffffffff81{made_up(function) & 0xFFFFFF:06x}"


def data_address(name: str) -> str:
    """A made-up address in the kernel's data."""
    return f"ffff8880{made_up(name) & 0xFFFFFFF0:08x}"


def stamped(at_us: int, line: str) -> str:
    """A line with the time since the run began, as printk puts it."""
    return f"[{at_us // 1_000_000:5}.{at_us % 1_000_000:06}] {line}"
