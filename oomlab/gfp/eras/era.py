"""The eras: releases in a row that print and number their masks alike, made from the changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from oomlab.brief import brief
from oomlab.gfp.eras import before_names, by_build, with_names
from oomlab.gfp.eras.change import Change

ReleaseKey = tuple[int, ...]
"""A release in the order of time: (4, 18), or (2, 6, 32)."""

COMMONEST = (
    *("6.12", "6.1", "5.15", "6.8", "6.6", "5.14", "5.10", "5.4", "4.18", "4.19", "6.18", "5.3"),
    *("4.15", "4.9", "4.4", "3.10", "4.14", "3.13", "3.16", "3.2", "2.6.32", "6.4", "7.3"),
)
"""Releases in the order in which we expect them in logs (our choice): those that distributions keep
for years. Where nothing else tells two eras apart, the one with the earlier entry comes first."""

_LAST_OF_SERIES = {3: (2, 6, 39), 4: (3, 19), 5: (4, 20), 6: (5, 19), 7: (6, 19)}
"""By the major number of a release N.0, the release before it."""


@dataclass(frozen=True)
class Bit:
    """A flag and its place; `option` is the build option without which it has none."""

    name: str
    place: int
    option: str = ""


@brief
@dataclass(frozen=True, eq=False)
class Era:
    """Releases that number and print their masks alike.

    `first`, `last`: the releases at both ends (last None: the era goes on). `bits`: the flags by
    their place. `masks`: the named masks, each as words to be or'ed, "-" before what is taken away.
    `order`: names as a printed mask is taken apart. `named`: do messages show names. `packed`: does
    a flag whose build option is missing leave its bit to the next. `source` and `doubt`: what this
    rests on, and what could not be established.
    """

    first: ReleaseKey
    last: ReleaseKey | None
    bits: tuple[Bit, ...]
    masks: Mapping[str, tuple[str, ...]]
    order: tuple[str, ...]
    named: bool
    packed: bool
    source: str
    doubt: str

    @property
    def name(self) -> str:
        """Its first release: "4.18"."""
        return dotted(self.first)

    @property
    def span(self) -> str:
        """Its releases in words: "4.18 to 5.0"."""
        return self.to(self)

    @property
    def options(self) -> tuple[str, ...]:
        """The build options that decide about a bit here."""
        return tuple(dict.fromkeys(bit.option for bit in self.bits if bit.option))

    @property
    def typical(self) -> str:
        """The release of the era that most logs come from, as we expect (`COMMONEST`)."""
        return next((release for release in COMMONEST if release_key(release) in self), self.name)

    @property
    def rank(self) -> int:
        """0 for the era that most logs come from, and so on."""
        typical = self.typical
        return COMMONEST.index(typical) if typical in COMMONEST else len(COMMONEST)

    def to(self, last: Era) -> str:
        """The releases from this era to the end of `last`, in words."""
        if last.last is None:
            return f"{self.name} and newer"
        return self.name if self.first == last.last else f"{self.name} to {dotted(last.last)}"

    def __contains__(self, release: object) -> bool:
        if not isinstance(release, tuple):
            return False
        return self.first <= release and (
            self.last is None or release[: len(self.last)] <= self.last
        )

    def values(self, config: Iterable[str]) -> dict[str, int]:
        """The flags that have a bit in a kernel built with `config`, lowest bit first."""
        options = frozenset(config)
        found: dict[str, int] = {}
        shift = 0
        for bit in self.bits:
            if bit.option and bit.option not in options:
                shift += self.packed
            else:
                found[bit.name] = 1 << (bit.place - shift)
        return found


def dotted(release: ReleaseKey) -> str:
    """A release as it is written: "4.18", "2.6.32"."""
    return ".".join(map(str, release))


def before(release: ReleaseKey) -> ReleaseKey:
    """The release that came before `release`."""
    *series, number = release
    return (*series, number - 1) if number else _LAST_OF_SERIES[release[0]]


def release_key(release: str) -> ReleaseKey:
    """The other way round."""
    return tuple(map(int, release.split(".")))


def _flag(word: str) -> str:
    """A word of the changes in the header's spelling."""
    return word if word.startswith(("GFP_", "__GFP_")) else f"__GFP_{word}"


def _signed(word: str) -> str:
    return f"-{_flag(word[1:])}" if word.startswith("-") else _flag(word)


def _bit(word: str, place: int) -> Bit:
    name, _, option = word.partition("?")
    return Bit(_flag(name), place, f"CONFIG_{option}" if option else "")


def _eras(changes: tuple[Change, ...]) -> tuple[Era, ...]:
    bits: dict[str, Bit] = {}
    masks: dict[str, tuple[str, ...]] = {}
    order: tuple[str, ...] = ()
    named = packed = False
    found = []
    ends = [before(release_key(later.since)) for _, later in pairwise(changes)]
    for change, last in zip(changes, [*ends, None], strict=True):
        if change.bits:
            places = enumerate(change.bits.split())
            placed = [_bit(word, place) for place, word in places if word != "-"]
            bits = {bit.name: bit for bit in placed}
        for word, place in change.put.items():
            bit = _bit(word, 0 if place is None else place)
            bits.pop(bit.name, None)
            if place is not None:
                bits[bit.name] = Bit(bit.name, place, bit.option)
        for old, new in change.renamed.items():
            bits[_flag(new)] = Bit(_flag(new), bits.pop(_flag(old)).place)
        for name, words in change.masks.items():
            masks.pop(name, None)
            if words is not None:
                masks[name] = tuple(map(_signed, words.split()))
        if change.order:
            order = tuple(_flag(word) for word in change.order.split())
        renamed = {_flag(old): _flag(new) for old, new in change.renamed.items()}
        order = tuple(renamed.get(name, name) for name in order)
        named = named if change.named is None else change.named
        packed = packed if change.packed is None else change.packed
        found.append(
            Era(
                release_key(change.since),
                last,
                tuple(sorted(bits.values(), key=lambda bit: bit.place)),
                dict(masks),
                order,
                named,
                packed,
                change.source,
                change.doubt,
            )
        )
    return tuple(found)


_CHANGES = (*before_names.CHANGES, *with_names.CHANGES, *by_build.CHANGES)

RENAMED = {_flag(old): _flag(new) for change in _CHANGES for old, new in change.renamed.items()}
"""Names that became another, and what they became."""

ERAS = _eras(_CHANGES)
"""All eras, the oldest first."""
