"""OOM after OOM: when each report came, who was killed, and whether that one's memory was back
before the next report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from oomlab.logs.story.reports import OomSeen, Times

Back = Literal["reaped before the next", "next came first", "not reaped", "not said", "no kill"]
"""What became of the victim's memory: the reaper was done before the next report, or the next came
first, or it could not be reaped; the log does not say; or nobody was killed."""

BACK: tuple[Back, ...] = (
    "reaped before the next", "next came first", "not reaped", "not said", "no kill",
)  # fmt: skip

FEWEST = 3
"""Reports that are worth a picture of their own (our choice)."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One report of the storm; `group`: the memory cgroup, "" for the machine."""

    at_us: int
    line: int
    victim: str
    group: str
    back: Back


_PID = re.compile(r"(?<=.):\d+$")
"""Behind a comm, which may have colons of its own ("in:imjournal")."""


@dataclass(frozen=True)
class Storm:
    """The reports in order. `times`: what their moments are counted from."""

    strokes: tuple[Stroke, ...]
    times: Times

    @property
    def length_us(self) -> int:
        """From the first to the last."""
        return self.strokes[-1].at_us - self.strokes[0].at_us

    def count(self, back: Back) -> int:
        """How many came out that way."""
        return sum(stroke.back == back for stroke in self.strokes)

    @property
    def victims(self) -> tuple[tuple[str, int], ...]:
        """Who was killed how often, the commonest first, by comm."""
        comms = (_PID.sub("", s.victim) for s in self.strokes if s.victim)
        return tuple(Counter(comms).most_common())

    def to_json(self) -> dict[str, Any]:
        """For a program."""
        return {
            "reports": len(self.strokes),
            "length_us": self.length_us if self.times != "lines" else None,
            "victims": dict(self.victims),
            "memory_back": {back: self.count(back) for back in BACK},
        }


def storm_of(ooms: Sequence[OomSeen], times: Times) -> Storm | None:
    """The storm; None if the log has too few reports for one."""
    if len(ooms) < FEWEST:
        return None
    strokes = []
    ordered = sorted(ooms, key=_when)  # lines of a log need not stand in the order of their times
    for number, oom in enumerate(ordered):
        after = ordered[number + 1] if number + 1 < len(ordered) else None
        strokes.append(Stroke(oom.at_us, oom.line, oom.victim, oom.group, _back(oom, after)))
    return Storm(tuple(strokes), times)


def _when(oom: OomSeen) -> int:
    return oom.at_us


def _back(oom: OomSeen, after: OomSeen | None) -> Back:
    if not oom.victim:
        return "no kill"
    if oom.reaped is False:
        return "not reaped"
    if oom.reaped is None or oom.reaped_us is None:
        return "not said"
    late = after is not None and (after.at_us < oom.reaped_us or not oom.reaped_before_next)
    return "next came first" if late else "reaped before the next"
