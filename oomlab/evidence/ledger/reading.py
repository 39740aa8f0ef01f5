"""A figure: something the model computes now, and the condition under which it supports a word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from oomlab.brief import brief

LIMIT_S = 5.0
"""The time limit of the RFC, in seconds."""

LATEST = 71 / 63
"""The timer wheel lets a time limit run over by 8/63 of it at most (engine/clock/wheel.py)."""

ReadingValue = str | int | float | bool
"""What a figure can be: a number, a word, or yes and no."""


@dataclass(frozen=True)
class Requirement:
    """What a figure must be: in words, to stand behind "must be", and as a test."""

    words: str
    holds: Callable[[ReadingValue], bool]


def equal_to(wanted: ReadingValue) -> Requirement:
    """The figure must be exactly this."""
    return Requirement(shown_reading(wanted), lambda value: value == wanted)


def between(low: float, high: float) -> Requirement:
    """The figure must be a number from `low` to `high`."""
    return Requirement(
        f"from {shown_reading(low)} to {shown_reading(high)}",
        lambda value: isinstance(value, int | float) and low <= value <= high,
    )


def limits_over(number: int, limit_s: float = LIMIT_S) -> Requirement:
    """The figure must be a moment just after `number` time limits, one after the other."""
    return between(number * limit_s, round(number * limit_s * LATEST, 2))


def at_least(low: float) -> Requirement:
    """The figure must be a number not below `low`."""
    return Requirement(
        f"at least {shown_reading(low)}",
        lambda value: isinstance(value, int | float) and value >= low,
    )


def below(high: float) -> Requirement:
    """The figure must be a number below `high`."""
    return Requirement(
        f"below {shown_reading(high)}",
        lambda value: isinstance(value, int | float) and value < high,
    )


@brief
@dataclass(frozen=True)
class Reading:
    """`what` was measured, its `value`, in which `unit` ("" for none), and what it must be."""

    what: str
    value: ReadingValue
    condition: Requirement
    unit: str = ""

    @property
    def holds(self) -> bool:
        """Does the figure support the word it stands behind?"""
        return self.condition.holds(self.value)

    @property
    def text(self) -> str:
        """The value with its unit."""
        return f"{shown_reading(self.value)} {self.unit}".rstrip()


Readings = tuple[Reading, ...]


def shown_reading(value: ReadingValue) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
