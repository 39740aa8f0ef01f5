"""A seeded fault: a place in the source, what is broken there, and the expectation that notices."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """`before` stands exactly once in `file` (below oomlab/) and is replaced by `after`."""

    name: str
    file: str
    before: str
    after: str
    noticed_by: str
