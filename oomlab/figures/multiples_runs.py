"""What small multiples show: runs of the model and of kernels, by case and release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from oomlab.brief import brief

Side = Literal["model", "kernel"]
SIDES: tuple[Side, ...] = ("model", "kernel")
"""From the top down."""


@brief
@dataclass(frozen=True)
class RunBar:
    """One run; times in seconds after the notifier was first called.

    `waits_s`: how long each round waited, one after the other. `locked_up`: another one never
    ended. `kills_s`: when a process was killed. `reports_s`: for how long a task had been blocked
    when the hung-task detector named it. `calls` of the notifier.
    """

    waits_s: tuple[float, ...] = ()
    locked_up: bool = False
    kills_s: tuple[float, ...] = ()
    reports_s: tuple[float, ...] = ()
    calls: int = 0


@brief
@dataclass(frozen=True)
class BothSides:
    """A case on a release; either side may have no runs."""

    release: str
    model: tuple[RunBar, ...] = ()
    kernel: tuple[RunBar, ...] = ()

    def runs(self, side: Side) -> tuple[RunBar, ...]:
        """Those of one side."""
        return self.model if side == "model" else self.kernel


@brief
@dataclass(frozen=True)
class Multiple:
    """A case: its name for people, and a cell for each release."""

    title: str
    cells: tuple[BothSides, ...]
