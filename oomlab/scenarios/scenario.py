"""What a scenario is: who runs, with what, and the verdict it must give."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from oomlab.brief import brief
from oomlab.engine.model import Model
from oomlab.engine.properties import Property
from oomlab.errors import InputError, shown
from oomlab.remedies import Remedy, find_remedy
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


def expect(
    engine: Engine,
    verdicts: Mapping[str, str],
    settings: Settings | None = None,
    timeouts: Literal["any", "idle"] = "any",
) -> tuple[Expectation, ...]:
    """Expectations from a table: verdict -> names of remedies, separated by blanks."""
    return tuple(
        Expectation(remedy, engine, verdict, settings or {}, timeouts)
        for verdict, remedies in verdicts.items()
        for remedy in remedies.split()
    )


class _Asked:
    """A remedy that notes which of its choices somebody asks for, and what they are."""

    def __init__(self, remedy: Remedy) -> None:
        self._remedy = remedy
        self.knobs: dict[str, Hashable] = {}

    def __getattr__(self, name: str) -> Hashable:
        value: Hashable = getattr(self._remedy, name)
        self.knobs[name] = value
        return value


@brief
@dataclass(frozen=True)
class Scenario:
    """A situation that can be run and explored.

    `small_scope` are the sizes under which it is explored unless the user says otherwise. `rows`
    are the settings under which it is held against every remedy. `reasons`: remedy -> why the two
    engines may disagree about it, if they do. `unexplored`: remedies under which there are
    too many states to be seen in a few seconds, so that no verdict of the explorer is declared.
    `properties`: what it must never, sometimes or eventually show; who watches adds more.
    """

    name: str
    summary: str
    parameters: tuple[Parameter, ...]
    small_scope: Settings
    builder: Callable[[Settings, Remedy], Model]
    expected: tuple[Expectation, ...]
    rows: tuple[Settings, ...] = ({},)
    reasons: Mapping[str, str] = field(default_factory=dict)
    unexplored: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()

    def model_key(self, remedy: Remedy) -> Hashable:
        """Equal for two remedies that give the same model of this scenario: those that agree in
        all that is asked of them while it is built. Without a balloon nobody asks for its policy.
        """
        asked = _Asked(remedy)
        self.builder(self.settle({}, "explorer"), cast(Remedy, asked))
        return frozenset(asked.knobs.items())

    def expects(
        self, remedy: Remedy, engine: Engine, settings: Settings, timeouts: str = "any"
    ) -> str | None:
        """The declared verdict, also if it was declared for a remedy that gives the same model."""
        key = self.model_key(remedy)
        for declared in self.expected:
            same_model = self.model_key(find_remedy(declared.remedy)) == key
            same_question = (declared.engine, declared.timeouts) == (engine, timeouts)
            if same_model and same_question and dict(declared.settings) == dict(settings):
                return declared.verdict
        return None

    def settle(self, given: Mapping[str, object] | None, engine: Engine) -> dict[str, Value]:
        """All parameters with their values; without `given` all are as usual. Raises InputError
        for a name or value that is not valid."""
        if given is not None and not isinstance(given, Mapping):
            raise InputError(f"parameters are given as {{'name': value}}, not as {shown(given)}")
        base = self.small_scope if engine == "explorer" else {}
        return settle(self.parameters, {**base, **(given or {})})

    def build(self, settings: Settings, remedy: Remedy) -> Model:
        """A fresh model; `settings` must come from `settle`."""
        model = self.builder(settings, remedy)
        model.properties += self.properties
        return model
