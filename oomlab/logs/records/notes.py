"""Records of one line: drivers with a listener or a balloon, and kills without a report."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from oomlab.logs.incidents import NotifierLine, OrphanKill
from oomlab.logs.parts import Reaped, TaskName, Victim
from oomlab.logs.records.kills import chosen_in, killed_in, summary_in, with_score
from oomlab.logs.records.record import Record
from oomlab.logs.text.lines import PrintedLine

_PURGED = re.compile(
    r"Purging GPU memory, (\d{1,19}) (pages|bytes) freed, (\d{1,19}) (?:pages|bytes) still pinned"
    r"(?:, (\d{1,19}) pages left available)?"
)
_LEFT = re.compile(r"\s*(\d{1,19}) and (\d{1,19}) (pages|bytes) still available in the bound")
_PUFF = re.compile(r"Out of puff! Can't get (\d{1,19}) pages")


class NotifierRecord(Record):
    """A line of a driver."""

    def __init__(self, line: PrintedLine) -> None:
        super().__init__(line)
        text = line.text.strip()
        self.said: dict[str, Any] = {}
        purged, puff = _PURGED.search(text), _PUFF.search(text)
        if purged:
            self.said = {
                "what": "purge",
                "driver": "i915",
                "unit": purged[2],
                "freed": int(purged[1]),
                "pinned": int(purged[3]),
                "left": int(purged[4]) if purged[4] else None,
            }
        elif "Unable to lock GPU to purge memory" in text:
            self.said = {"what": "purge failed", "driver": "i915"}
        elif puff:
            self.said = {"what": "puff", "driver": "virtio_balloon", "wanted": int(puff[1])}
        elif "Balloon request will be partially fulfilled" in text:
            self.said = {"what": "partial", "driver": "hv_balloon"}
        if self.said:
            self.said["text"] = text

    @property
    def in_chain(self) -> bool:
        """Is the line one that a callback of the OOM notifier chain prints?"""
        return self.said.get("driver") == "i915"

    def take(self, line: PrintedLine) -> bool:
        """i915 had a second line from 4.4 to 4.19."""
        left = _LEFT.match(line.text)
        if left and self.said.get("what") == "purge" and self.said["left"] is None:
            self.said["left"] = int(left[1]) + int(left[2])
            return True
        return False

    def incident(self, release: str) -> NotifierLine | None:
        """What was read."""
        return NotifierLine(**self.common(release), **self.said) if self.said else None


class KillRecord(Record):
    """Lines about a kill that belong to no report in the log."""

    def __init__(self, line: PrintedLine) -> None:
        super().__init__(line)
        self._chosen: Victim | None = None
        self._killed: Victim | None = None
        self.summary = summary_in(line.text)
        self.reap: tuple[int, bool] | None = None
        self._take_kill(line)

    def _take_kill(self, line: PrintedLine) -> bool:
        killed, chosen = killed_in(line), chosen_in(line)
        if killed and not self._killed:
            self._killed = killed
        elif chosen and not self._chosen and not self._killed:
            self._chosen = chosen
        else:
            return False
        return True

    def take(self, line: PrintedLine) -> bool:
        """The second of two lines may follow."""
        if "sharing same memory" in line.text:
            return True
        return "ill" in line.text and " process " in line.text and self._take_kill(line)

    def reaped(self, pid: int, done: bool, line: PrintedLine) -> bool:
        """The reaper is done with a process; False if it is not this one."""
        victim = self._killed
        if victim is None or victim.task.pid != pid or victim.reaped is not None:
            return False
        said = Reaped(done, line.number, line.boot_us)
        self._killed = replace(victim, reaped=said)
        return True

    def holds(self) -> bool:
        """Has the reaper said nothing yet?"""
        return self._killed is not None and self._killed.reaped is None

    def incident(self, release: str) -> OrphanKill | None:
        """What was read."""
        victim = with_score(self._chosen, self._killed) if self._killed else self._chosen
        if victim is None and self.summary and self.summary.pid is not None:
            victim = Victim(
                TaskName(self.summary.comm, self.summary.pid),
                self.first.number,
                uid=self.summary.uid,
            )
        if victim is None:
            return None
        return OrphanKill(
            **self.common(release),
            victim=victim,
            memcg=self.summary.memcg if self.summary else "",
            constraint=self.summary.constraint if self.summary else "",
        )


class ForeignRecord(Record):
    """Something else with a stack: it is passed over, so that its frames go to nobody else."""

    def take(self, line: PrintedLine) -> bool:
        """Its stack."""
        return self.stack.take(line)

    def incident(self, release: str) -> None:
        """Nothing to report."""
