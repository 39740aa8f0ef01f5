"""What a sweep consists of: parts, each a grid of settings, and the points of that grid."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from oomlab.brief import brief
from oomlab.scenarios.parameters import Settings, Value, json_settings, json_value


@dataclass(frozen=True)
class Point:
    """One run: `axes` are the settings that its part varies, `settings` all that are given."""

    part: str
    scenario: str
    remedy: str
    axes: Settings
    settings: Settings
    seed: int

    def __str__(self) -> str:
        values = "".join(f", {name}={value}" for name, value in self.axes.items())
        return f"{self.part}: {self.scenario} under {self.remedy}{values}, seed {self.seed}"


@brief
@dataclass(frozen=True)
class Part:
    """A grid: every value of every axis with every remedy and seed.

    `fixed` settings are the same at all points. `linked`: parameter -> (axis, factor), for a
    setting that grows with an axis. Seeds are 0, 1, ... below `seeds`.
    """

    name: str
    scenario: str
    remedies: tuple[str, ...]
    axes: Mapping[str, tuple[Value, ...]]
    fixed: Settings = field(default_factory=dict)
    linked: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    seeds: int = 1

    def points(self) -> Iterator[Point]:
        """All points, always in the same order."""
        for remedy in self.remedies:
            for values in itertools.product(*self.axes.values()):
                axes: Settings = dict(zip(self.axes, values, strict=True))
                linked = {name: axes[axis] * factor for name, (axis, factor) in self.linked.items()}
                settings = {**self.fixed, **axes, **linked}
                for seed in range(self.seeds):
                    yield Point(self.name, self.scenario, remedy, axes, settings, seed)

    def described(self) -> dict[str, Any]:
        """The part as JSON data, for the head of a file of results."""
        return {
            "name": self.name,
            "scenario": self.scenario,
            "remedies": list(self.remedies),
            "axes": {
                name: [json_value(value) for value in values] for name, values in self.axes.items()
            },
            "fixed": json_settings(self.fixed),
            "linked": {name: list(link) for name, link in self.linked.items()},
            "seeds": self.seeds,
        }


@brief
@dataclass(frozen=True)
class Sweep:
    """A named set of parts; `summary` says what question it answers."""

    name: str
    summary: str
    parts: tuple[Part, ...]

    def points(self) -> list[Point]:
        """The points of all parts, in order."""
        return [point for part in self.parts for point in part.points()]
