"""Where the model and a real kernel differ, and why: one row for each cause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from oomlab.brief import brief
from oomlab.limits import Limit
from oomlab.registry import Registry

AspectName = Literal["outcome", "stall", "kills", "pages", "hung", "stall lines", "pressure"]
ASPECTS: tuple[AspectName, ...] = get_args(AspectName)
"""What of a run is compared: how it ended; how long X waited; how many were killed; how many pages
the callback was given; whom the hung-task detector named, and as blocked by whom; whom the
allocator warned about; the share of the time in which all were stalled on memory."""


@brief
@dataclass(frozen=True)
class Disagreement:
    """One cause, and in which cells it shows: `cases` and `releases` by name, `aspects` of ASPECTS.
    `cause` is a sentence for the page of limits."""

    name: str
    cases: tuple[str, ...]
    releases: tuple[str, ...]
    aspects: tuple[AspectName, ...]
    cause: str

    def cells(self) -> Iterator[tuple[str, str, AspectName]]:
        """(case, release, aspect) of all of them."""
        for case in self.cases:
            for release in self.releases:
                for aspect in self.aspects:
                    yield case, release, aspect


DISAGREEMENTS: Registry[str, Disagreement] = Registry("disagreement", ())
"""In the order in which they are told."""


def causes_of(case: str, release: str, aspect: str) -> tuple[Disagreement, ...]:
    """The rows that explain a difference."""
    return tuple(
        row
        for row in DISAGREEMENTS.values()
        if case in row.cases and release in row.releases and aspect in row.aspects
    )


LIMITS = tuple(
    Limit("simplified", f"Beside real kernels: {row.name}", row.cause)
    for row in DISAGREEMENTS.values()
)
