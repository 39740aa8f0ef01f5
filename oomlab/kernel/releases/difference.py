"""One thing that changed between two releases of the kernel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from oomlab.errors import ModelError
from oomlab.kernel.releases.traits import Traits
from oomlab.kernel_release import KernelRelease

_TRAITS = frozenset(trait.name for trait in fields(Traits))


@dataclass(frozen=True)
class Difference:
    """`what` is so from the release `since` on, up to but without `until` (None: to this day).

    `source`: what that rests on; a commit, where one was looked up. `shows`: where it shows in the
    book, as "page#anchor".
    `traits`: the values that the traits have while it is so. `why_none` says why it changes no
    trait, where it changes none.

    Raises ModelError for a trait that there is not, for a difference that changes none and does not
    say why, and for one that ends before it begins.
    """

    name: str
    what: str
    since: KernelRelease
    source: str
    shows: tuple[str, ...] = ()
    traits: Mapping[str, Any] = field(default_factory=dict)
    until: KernelRelease | None = None
    why_none: str = ""

    def __post_init__(self) -> None:
        unknown = self.traits.keys() - _TRAITS
        if unknown:
            raise ModelError(f"{self.name}: there is no trait {', '.join(sorted(unknown))}")
        if bool(self.traits) == bool(self.why_none):
            raise ModelError(f"{self.name}: say which trait changes, or why none does; not both")
        if self.until is not None and self.until <= self.since:
            raise ModelError(f"{self.name} ends with {self.until}, before it begins")

    def holds_in(self, release: KernelRelease) -> bool:
        """Is it so in `release`?"""
        return self.since <= release and (self.until is None or release < self.until)

    def applied(self, traits: Traits) -> Traits:
        """The traits of a release in which it is so."""
        return replace(traits, **self.traits)
