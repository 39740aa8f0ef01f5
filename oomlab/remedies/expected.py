"""What must come of a scenario under a remedy, as its author declares it.

The file of a scenario says what the released kernel does in it, the file of a remedy what becomes
of each scenario under it. Whoever adds one of either kind declares its verdicts in that one file,
with all that is there already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Engine = Literal["clock", "explorer"]

TOO_LARGE = "budget"
"""The verdict of an exploration with too many states to be seen in a few seconds."""


@dataclass(frozen=True)
class Expectation:
    """The verdict that one engine must give, with some parameters set.

    `about`: in the file of a scenario the name of a remedy, in that of a remedy the name of a
    scenario. `timeouts` is the explorer's rule; the clock knows when time is over. `reason`: why
    the two engines may disagree here, if they do.
    """

    about: str
    engine: Engine
    verdict: str
    settings: Mapping[str, int | float | str] = field(default_factory=dict)
    timeouts: Literal["any", "idle"] = "any"
    reason: str = ""

    def answers(
        self, engine: str, settings: Mapping[str, int | float | str], timeouts: str
    ) -> bool:
        """Is this the verdict of that engine with these settings?"""
        same_engine = (self.engine, self.timeouts) == (engine, timeouts)
        return same_engine and dict(self.settings) == dict(settings)


def expect(
    engine: Engine,
    verdicts: Mapping[str, str],
    settings: Mapping[str, int | float | str] | None = None,
    timeouts: Literal["any", "idle"] = "any",
    reason: str = "",
) -> tuple[Expectation, ...]:
    """Expectations from a table: verdict -> names, separated by blanks."""
    return tuple(
        Expectation(name, engine, verdict, settings or {}, timeouts, reason)
        for verdict, names in verdicts.items()
        for name in names.split()
    )
