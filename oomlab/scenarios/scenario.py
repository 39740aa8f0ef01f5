"""What a scenario is: who runs, with what, and the verdict it must give."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from oomlab.brief import brief, table
from oomlab.engine.model import Model
from oomlab.engine.properties import Property
from oomlab.errors import InputError, ModelError, shown
from oomlab.remedies import REMEDIES, Remedy, find_remedy
from oomlab.remedies.expected import TOO_LARGE, Engine, Expectation, expect
from oomlab.scenarios.parameters import Parameter, Settings, settle


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
    are the settings under which it is held against every remedy. `expected` is what its own file
    declares; see `verdicts`. `properties`: what it must never, sometimes or eventually show; who
    watches adds more. `titles`: a few words for each of the rows, for people.
    """

    name: str
    summary: str
    parameters: tuple[Parameter, ...]
    small_scope: Settings
    builder: Callable[[Settings, Remedy], Model]
    expected: tuple[Expectation, ...]
    rows: tuple[Settings, ...] = ({},)
    properties: tuple[Property, ...] = ()
    titles: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The situation as usual in a few words, for people; its name, if it has none."""
        return self.titles[0] if self.titles else self.name

    def _repr_html_(self) -> str:
        """What a notebook shows of it."""
        rows = [
            (f"{one.name} = {one.default}", f"{one.meaning} (valid: {one.valid()})")
            for one in self.parameters
        ]
        return table(f"Scenario {self.name}", [("What", self.summary), *rows])

    @property
    def verdicts(self) -> tuple[Expectation, ...]:
        """All that is declared of it, here and in the files of the remedies; each is `about` a
        remedy. Raises ModelError if a verdict is declared twice."""
        theirs = (
            replace(one, about=remedy.name)
            for remedy in REMEDIES.values()
            for one in remedy.verdicts
            if one.about == self.name
        )
        found: dict[Hashable, Expectation] = {}
        for one in (*self.expected, *theirs):
            cell = (one.about, one.engine, one.timeouts, frozenset(one.settings.items()))
            if cell in found:
                raise ModelError(
                    f"the {one.engine}'s verdict of {self.name} under {one.about}"
                    f"{_with(one.settings)} is declared twice; once is enough, in either file"
                )
            found[cell] = one
        return tuple(found.values())

    def model_key(self, remedy: Remedy) -> Hashable:
        """Equal for two remedies that give the same model of this scenario: those that agree in
        all that is asked of them while it is built. Without a balloon nobody asks for its policy.
        """
        asked = _Asked(remedy)
        self.builder(self.settle({}, "explorer"), cast(Remedy, asked))
        return frozenset(asked.knobs.items())

    def declared(
        self, remedy: Remedy, engine: Engine, settings: Settings, timeouts: str = "any"
    ) -> Expectation | None:
        """What is declared, also if it was declared for a remedy that gives the same model."""
        asked = [one for one in self.verdicts if one.answers(engine, settings, timeouts)]
        key = self.model_key(remedy) if asked else None
        same = (one for one in asked if self.model_key(find_remedy(one.about)) == key)
        return next(same, None)

    def expects(
        self, remedy: Remedy, engine: Engine, settings: Settings, timeouts: str = "any"
    ) -> str | None:
        """The declared verdict; None where there is none, or too many states for one."""
        found = self.declared(remedy, engine, settings, timeouts)
        return None if found is None or found.verdict == TOO_LARGE else found.verdict

    def undeclared(self, remedy: Remedy, engine: Engine, settings: Settings) -> str:
        """What is to be done where `declared` finds nothing."""
        return (
            f"declare what the {engine} says of {self.name} under {remedy.name}{_with(settings)},"
            " in the file of the scenario or in that of the remedy"
        )

    def settle(self, given: Mapping[str, object] | None, engine: Engine) -> dict[str, Any]:
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


def _with(settings: Settings) -> str:
    given = ", ".join(f"{name}={value}" for name, value in settings.items())
    return f" with {given}" if given else ""


__all__ = ["Engine", "Expectation", "Scenario", "expect"]
