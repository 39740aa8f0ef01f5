"""A log as a whole: its records, the kernels that printed it, and what became of its lines."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.brief import brief
from oomlab.logs.incidents import Incident, OomReport


@brief
@dataclass(frozen=True)
class ReleaseSeen:
    """A release of the kernel that a line states."""

    release: str
    line: int


@brief
@dataclass(frozen=True)
class Counts:
    """How the lines of a log were used. `read` = `used` + `other`. `long`: lines that were cut
    because they are longer than `lines.LONGEST_LINE`; `binary`: lines with bytes that no log has.
    `sample`: the first few of `other` that look like a kernel's. `dropped`: incidents that could
    not be kept (`read_log` has a limit; `incidents` has none)."""

    read: int = 0
    used: int = 0
    other: int = 0
    long: int = 0
    binary: int = 0
    dropped: int = 0
    sample: tuple[tuple[int, str], ...] = ()


NOTHING_READ = Counts()


@brief
@dataclass(frozen=True)
class Log:
    """All that was read. `source`: its name for people. `incidents`: in the order of their first
    lines. `releases`: in the order in which they are first said. `starts`: the lines with which
    kernels begin ("Linux version ...")."""

    source: str
    incidents: tuple[Incident, ...] = ()
    releases: tuple[ReleaseSeen, ...] = ()
    counts: Counts = NOTHING_READ
    starts: tuple[int, ...] = ()

    @property
    def ooms(self) -> tuple[OomReport, ...]:
        """The OOM reports."""
        return tuple(one for one in self.incidents if isinstance(one, OomReport))
