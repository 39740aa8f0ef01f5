"""What a sweep consists of: parts, each a grid of settings or some drawn at random, and points."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, overload

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

    def __len__(self) -> int:
        """How many points it has."""
        values = math.prod(len(values) for values in self.axes.values())
        return len(self.remedies) * values * self.seeds

    def point(self, number: int) -> Point:
        """One of its points, of which seeds are the quickest to change and remedies the slowest."""
        number, seed = divmod(number, self.seeds)
        found: dict[str, Value] = {}
        for name in reversed(tuple(self.axes)):
            number, which = divmod(number, len(self.axes[name]))
            found[name] = self.axes[name][which]
        axes: Settings = {name: found[name] for name in self.axes}
        linked = {name: axes[axis] * factor for name, (axis, factor) in self.linked.items()}
        settings = {**self.fixed, **axes, **linked}
        return Point(self.name, self.scenario, self.remedies[number], axes, settings, seed)

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
class Drawn(Part):
    """Settings drawn at random instead of a grid: `draws` of them, all axes at once, each run with
    every remedy and seed. An axis has the least and the most that its value can be, each value
    between them as likely; whole numbers stay whole, others are drawn to a thousandth."""

    draws: int = 1

    def __len__(self) -> int:
        """How many points it has."""
        return len(self.remedies) * self.draws * self.seeds

    def point(self, number: int) -> Point:
        """One of its points, of which seeds are the quickest to change and remedies the slowest."""
        number, seed = divmod(number, self.seeds)
        which, draw = divmod(number, self.draws)
        random = Random(f"{self.name}/{draw}")
        axes = {name: _between(random, *bounds) for name, bounds in self.axes.items()}
        settings = {**self.fixed, **axes}
        return Point(self.name, self.scenario, self.remedies[which], axes, settings, seed)

    def described(self) -> dict[str, Any]:
        """The part as JSON data, for the head of a file of results."""
        return {**super().described(), "draws": self.draws}


def _between(random: Random, least: Value, most: Value) -> Value:
    """A value drawn between two."""
    if isinstance(least, int) and isinstance(most, int):
        return random.randint(least, most)
    assert isinstance(least, int | float) and isinstance(most, int | float)
    return round(random.uniform(least, most), 3)


@brief
@dataclass(frozen=True)
class Sweep:
    """A named set of parts; `summary` says what question it answers."""

    name: str
    summary: str
    parts: tuple[Part, ...]

    def points(self) -> Points:
        """The points of all parts, in order."""
        return Points(self.parts)

    def with_seeds(self, seeds: int) -> Sweep:
        """The same with so many seeds in each part that has more than one."""
        parts = tuple(replace(p, seeds=seeds) if p.seeds > 1 else p for p in self.parts)
        return replace(self, parts=parts)


class Points(Sequence[Point]):
    """The points of some parts, one after the other. Each is made when it is asked for: of a
    million none lies in memory."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._length = sum(map(len, parts))

    def __len__(self) -> int:
        """How many there are."""
        return self._length

    @overload
    def __getitem__(self, number: int) -> Point: ...
    @overload
    def __getitem__(self, number: slice) -> list[Point]: ...
    def __getitem__(self, number: int | slice) -> Point | list[Point]:
        """One of them, or some."""
        if isinstance(number, slice):
            return [self[n] for n in range(*number.indices(self._length))]
        left = number if number >= 0 else number + self._length
        for part in self._parts if left >= 0 else ():
            if left < len(part):
                return part.point(left)
            left -= len(part)
        raise IndexError(number)

    def __iter__(self) -> Iterator[Point]:
        """All of them, in order."""
        for part in self._parts:
            for number in range(len(part)):
                yield part.point(number)
