"""A control that goes through a run step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from oomlab.analysis.milestones import Milestone
from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import InputError
from oomlab.views import Scalar
from oomlab.widgets.checks import check_number, check_words


@checked
@brief
@dataclass(frozen=True)
class Stepper:
    """The number of steps made so far, from 0 to all of them; every one of them is stored.

    `milestones` say for each step who made it and whether it matters: the reader can go forward
    and back by one step, to the next step that matters, and to the next step of one task, play
    them all, or drag. Raises ValueError if there are no steps or `start` is not one of them.
    """

    name: str
    label: str
    milestones: Sequence[Milestone]
    start: int = 0

    def __post_init__(self) -> None:
        check_words(self)
        object.__setattr__(self, "milestones", tuple(self.milestones))
        if not self.milestones:
            raise InputError(f"stepper {self.name!r} has no steps to go through")
        self.check(self.start)

    @property
    def last(self) -> int:
        """How many steps there are."""
        return len(self.milestones)

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks that make steps, in the order of their first."""
        return tuple(dict.fromkeys(stone.task for stone in self.milestones))

    @property
    def stored(self) -> tuple[Scalar, ...]:
        """0 to the last step."""
        return tuple(range(self.last + 1))

    def check(self, value: Any) -> int:
        """`value`, if there are so many steps; ValueError saying how many if not."""
        check_number(self.name, value)
        if value not in range(self.last + 1):
            raise InputError(f"{self.name} goes from 0 to {self.last}; {value} is not among them")
        return int(value)

    def told(self, value: int) -> str:
        """Where the reader is, as it stands beside the control."""
        return f"{value} of {self.last}"

    def spec(self) -> dict[str, Any]:
        """What the page must know to read this control: `by`, for each step the number of its task
        in `tasks`, and `stops`, the steps that matter."""
        return {
            "kind": "stepper",
            "name": self.name,
            "label": self.label,
            "values": list(self.stored),
            "tasks": list(self.tasks),
            "by": [self.tasks.index(stone.task) for stone in self.milestones],
            "stops": [i for i, stone in enumerate(self.milestones, 1) if stone.matters],
        }
