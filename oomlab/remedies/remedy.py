"""What a remedy is: a set of choices, each about one thing.

How out_of_memory has the notifier chain run, how the balloon's worker asks for the pages it lends,
how the host is told, how leaking takes the lock.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

from oomlab.brief import brief, table
from oomlab.checked import checked
from oomlab.errors import InputError, unknown
from oomlab.kernel.oom_notify import Delivery
from oomlab.listeners.balloon_policy import BalloonPolicy
from oomlab.remedies.expected import Expectation


@brief
@checked
@dataclass(frozen=True)
class Remedy:
    """One combination of choices.

    `name`: for commands and addresses. `title`: in a few words, for people; the name, if there is
    none. `delivery`: how the chain is run. `balloon`: how the balloon's driver behaves. `timeout_s`
    is in seconds and None where nothing times out. `verdicts`: what becomes of each scenario, as
    far as that is not declared with the scenario.

    Raises InputError for a choice that there is not, and for a `timeout_s` that is not above 0.
    """

    name: str
    summary: str
    delivery: type[Delivery] = Delivery
    balloon: BalloonPolicy = field(default_factory=BalloonPolicy)
    timeout_s: float | None = None
    verdicts: tuple[Expectation, ...] = field(default=(), repr=False, compare=False)
    title: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not self.title:
            object.__setattr__(self, "title", self.name)
        if self.timeout_s is not None and self.timeout_s <= 0:
            raise InputError(f"timeout_s of Remedy must be above 0, not {self.timeout_s}")

    def _repr_html_(self) -> str:
        """What a notebook shows of it."""
        changes = {
            name: value.__name__ if isinstance(value, type) else str(value)
            for name, value in self.changes().items()
        }
        return table(f"Remedy {self.name}", [("What", self.summary), *changes.items()])

    def changes(self) -> dict[str, Any]:
        """The knobs that differ from mainline, those of the balloon among them."""
        found: dict[str, Any] = {}
        if self.delivery is not Delivery:
            found["delivery"] = self.delivery
        for knob in fields(self.balloon):
            if getattr(self.balloon, knob.name) != knob.default:
                found[knob.name] = getattr(self.balloon, knob.name)
        if self.timeout_s is not None:
            found["timeout_s"] = self.timeout_s
        return found

    def but(self, **knobs: Any) -> Remedy:
        """The same with other choices, for knobs of its own and of the balloon.

        Raises InputError, naming all knobs, for one that there is not, and as `Remedy` does.
        """
        ours = [knob.name for knob in fields(self)]
        balloons = [knob.name for knob in fields(self.balloon)]
        for name in knobs:
            if name not in (*ours, *balloons):
                raise unknown("knob of a remedy", name, (*ours, *balloons))
        of_balloon = {name: knobs.pop(name) for name in balloons if name in knobs}
        return replace(self, balloon=replace(self.balloon, **of_balloon), **knobs)
