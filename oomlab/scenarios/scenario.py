"""What a scenario is: who runs, with what, and the verdict it must give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from oomlab.model import Model
from oomlab.remedies import Remedy
from oomlab.scenarios.parameters import Parameter, Settings, Value, settle

Engine = Literal["clock", "explorer"]


@dataclass(frozen=True)
class Expectation:
    """The verdict that one engine must give under one remedy, with some parameters set.

    `timeouts` is the explorer's rule; the clock knows when time is over.
    """

    remedy: str
    engine: Engine
    verdict: str
    settings: Settings = field(default_factory=dict)
    timeouts: Literal["any", "idle"] = "any"


@dataclass(frozen=True)
class Scenario:
    """A situation that can be run and explored.

    `small_scope` are the sizes under which it is explored unless the user says otherwise.
    """

    name: str
    summary: str
    parameters: tuple[Parameter, ...]
    small_scope: Settings
    builder: Callable[[Settings, Remedy], Model]
    expected: tuple[Expectation, ...]

    def settle(self, given: Mapping[str, object], engine: Engine) -> dict[str, Value]:
        """All parameters with their values. Raises InputError for a name or value that is not
        valid."""
        base = self.small_scope if engine == "explorer" else {}
        return settle(self.parameters, {**base, **given})

    def build(self, settings: Settings, remedy: Remedy) -> Model:
        """A fresh model; `settings` must come from `settle`."""
        return self.builder(settings, remedy)
