"""Named properties: what a model must never, must sometimes and must eventually show.

A property is a name, a kind and a predicate on the shared state as a reader sees it. Both engines
report about it under its name. What is not to be seen in one state alone is made visible by an
observer, which notes it in a ghost word (see `noted`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from oomlab.brief import brief
from oomlab.engine.ops.ghosts import SEEN

Values: TypeAlias = Mapping[str, Any]
"""Slot -> value, as `Trace.values_at` gives them: names of tasks for their numbers."""

StatePredicate: TypeAlias = Callable[[Values], bool]

PropertyKind = Literal["never", "sometimes", "eventually"]

PropertyAnswer = Literal["holds", "violated", "undecided"]


@brief
@dataclass(frozen=True)
class Property:
    """`never`: `predicate` is true in no reachable state. `sometimes`: it is true in one of them.
    `eventually`: from every reachable state one can be reached in which it is true, so that a fair
    scheduler that draws by chance gets there.
    """

    name: str
    kind: PropertyKind
    predicate: StatePredicate


def never(name: str, predicate: StatePredicate) -> Property:
    """`name` says what must not be seen, and `predicate` is true where it is."""
    return Property(name, "never", predicate)


def sometimes(name: str, predicate: StatePredicate) -> Property:
    """There must be a schedule that shows this."""
    return Property(name, "sometimes", predicate)


def eventually(name: str, predicate: StatePredicate) -> Property:
    """Whatever has happened, this must still be possible."""
    return Property(name, "eventually", predicate)


def noted(label: str) -> StatePredicate:
    """True once an observer has noted `label`."""
    return lambda values: label in values.get(SEEN, ())


@brief
@dataclass(frozen=True)
class Report:
    """What an engine says of a property.

    The explorer: `holds` or `violated` in all schedules, `undecided` if too few states were seen.
    `count`: states in which the predicate is true or, for `eventually`, from which none of these
    can be reached.

    The clock, or a schedule that was played, speaks of one run: `violated` is a `never` that came
    true; a `never` that did not, and a `sometimes` or `eventually` that did, `holds` there. One of
    these that did not is `undecided`: another run may show it. `count`: how often it came true;
    `first_us`: when it did first, in microseconds (in a schedule that was played: at which step).
    """

    name: str
    kind: PropertyKind
    answer: PropertyAnswer
    count: int
    first_us: int | None = None
