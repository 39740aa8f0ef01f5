"""What is said of a listener, beside its code: as a reviewer would list it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from oomlab.brief import brief

if TYPE_CHECKING:
    from oomlab.kernel.machine import Machine
    from oomlab.listeners.balloon_policy import BalloonPolicy

Safety = Literal["safe", "conditional", "unsafe"]
"""`safe`: it cannot lead back into the allocator. `conditional`: not by itself, but with something
else that the driver does. `unsafe`: it can."""


@dataclass(frozen=True)
class Demonstration:
    """A timed run of the released kernel that shows something: a scenario, settings, its verdict,
    and in words what that means."""

    scenario: str
    settings: dict[str, int]
    verdict: str
    shows: str


Joins = Callable[["Machine", Mapping[str, int | float], "BalloonPolicy"], None]
"""What adds a driver to a machine, with the settings of a scenario: `listener_pages`, the pages it
holds; `callback_pages`, those one callback gives back at most; for the balloon also `batch`,
`deflate_on_oom` and `host_us`, and the policy that a remedy gives it."""


@brief
@dataclass(frozen=True)
class Registrant:
    """One listener.

    `callback`: the function that the chain calls. `config`: the build option. `locks`: what the
    callback takes. `waits`: what it may sleep on or spin for beside these. `direct`: how it asks
    for memory that may block, empty if it never does. `indirect`: which of its locks is held by
    somebody who asks for memory, empty if none. `unit`: what it counts as freed.

    `joins` adds the driver to a machine, and whoever answers it; see `Joins`. `alone`: the verdict
    of a walk with nobody else in the chain, and in words what that shows. `evidence`: further runs.
    `title` is what it is called where there is little room, `number` its place in the registry.
    """

    name: str
    source: str
    callback: str
    config: str
    priority: int
    locks: tuple[str, ...]
    waits: str
    direct: str
    indirect: str
    unit: str
    safety: Safety
    why: str
    joins: Joins
    alone: tuple[str, str]
    evidence: tuple[Demonstration, ...] = ()
    title: str = ""
    number: int = 0

    @property
    def endless(self) -> bool:
        """May it wait without a limit of its own?"""
        return "without a limit" in self.waits
