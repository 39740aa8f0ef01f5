"""Where a task stood for a while, and what it waited for."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.logs.story.seen import Sighting
from oomlab.logs.story.wants import Want


@dataclass(frozen=True, slots=True)
class TaskStanding:
    """A task from `from_us` on, where it is seen at `seen.at_us` and perhaps again until `last_us`.

    `want`: what it waits for, each lock with a name now.
    """

    seen: Sighting
    from_us: int
    last_us: int
    want: Want | None
