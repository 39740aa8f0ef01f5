"""What the story needs of each record of a log that is about memory: one small form a kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from oomlab.kernel.zone import Watermarks
from oomlab.kernel_release import KernelRelease
from oomlab.logs.incidents import ReportPath
from oomlab.logs.story.seen import Sighting

Times = Literal["boot", "wall", "lines"]
"""What moments are counted from: the boot, the first line with a date, or, without times, lines."""


@dataclass(frozen=True, slots=True)
class ZoneSeen:
    """A zone of an OOM report, in pages; `managed`: its size (0: not said)."""

    name: str
    free: int
    marks: Watermarks
    managed: int = 0


@dataclass(frozen=True, slots=True)
class OomSeen:
    """An OOM report. `task` asked, on `path`; `mask` and `order` are what it prints. `group`: the
    memory cgroup, "" for the machine. `victim`: who was killed, "" for nobody that the log shows.
    `rss`: the victim's pages. `reaped_us`: when the reaper was done with it; `reaped`: None if
    nothing is said, False if it could not be; `reaped_before_next`: before the next report.
    `zone`: the one that this request was for. `ram`: pages of the machine. `may_kill`: may such a
    request kill (None: not known), and `why`. `nobody`: it found nobody to kill. `where`: in which
    part of the memory it looked, "" for all of it. `limit_kb`: of the group. `others`: how many
    more died with the victim. `asker_dies`: the victim was not looked for. `spare`: pages that
    were free in the whole machine, None where that is not said. `closed`: zones with pages to
    spare that this request may not use."""

    task: str
    at_us: int
    line: int
    path: ReportPath
    mask: int | None
    mask_text: str
    order: int
    group: str
    victim: str
    victim_line: int
    rss: int | None
    reaped: bool | None
    reaped_us: int | None
    zone: ZoneSeen | None
    ram: int | None
    sighting: Sighting
    reaped_before_next: bool = True
    may_kill: bool | None = None
    why: str = ""
    nobody: bool = False
    where: str = ""
    limit_kb: int | None = None
    others: int = 0
    asker_dies: bool = False
    spare: int | None = None
    closed: tuple[ZoneSeen, ...] = ()


MOST_ORDER = 30
"""An order above it is no order: the line is damaged (our choice; MAX_ORDER is 10)."""

NoticeKind = Literal[
    "failure", "stall", "purge", "puff", "lockdep", "panic", "no victim", "kill",
    "listener's worker", "workers", "grace period", "processor",
]  # fmt: skip
"""Other records that a finding may rest on."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A record of another kind: what it is, about whom, when, in which line, its `text` in one
    line. `number`: pages that were freed (`purge`), seconds (`stall`), order (`failure`). `names`:
    the classes of a lockdep circle, without those that are only held meanwhile."""

    kind: NoticeKind
    task: str
    at_us: int
    line: int
    text: str
    number: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class LogReading:
    """A log, as far as the story is concerned, in the order of its lines."""

    release: KernelRelease | None
    release_text: str
    times: Times
    began: str
    ended_us: int
    sightings: tuple[Sighting, ...]
    ooms: tuple[OomSeen, ...]
    notices: tuple[Notice, ...]
