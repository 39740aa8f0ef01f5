"""What a number can mean: in which eras, under which names, and how likely that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from oomlab.brief import brief
from oomlab.gfp.eras import ERAS, Era
from oomlab.gfp.expression import printed_names
from oomlab.gfp.predicates import HighestZone, Request, may_block, zone
from oomlab.gfp.tables import Table, table_of
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "guessed",
        "What a number without names means",
        "Where neither a version nor names tell the era, the reading with the fewest and commonest "
        "flags comes first, and between equals the release that most logs come from. The weights "
        "and the order of releases are ours.",
    ),
)

NAMED_MASK, FLAG, OPTIONAL, UNKNOWN, IMPOSSIBLE = 1, 2, 4, 12, 8
"""How much each part of a reading speaks against it (our choice): a mask with a name of its own, a
single flag, a bit that only a build option gives, a bit that means nothing, a contradiction. The
less the likelier: people write GFP_KERNEL, not five flags that happen to add up to it."""


@brief
@dataclass(frozen=True)
class MaskReading:
    """A mask as some eras print it. `eras`: the likeliest first. `against`: the sum of what speaks
    against it. `problem`: why no request can be this, "" if one can."""

    names: tuple[str, ...]
    eras: tuple[Era, ...]
    against: int
    problem: str

    @property
    def era(self) -> Era:
        """The likeliest."""
        return self.eras[0]

    @property
    def spans(self) -> str:
        """The releases in words: "4.4 to 4.9, 5.1 and newer"."""
        return spans(self.eras)


def spans(eras: Iterable[Era]) -> str:
    """Eras in words, those that follow each other together."""
    places = sorted(ERAS.index(era) for era in eras)
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    return ", ".join(ERAS[first].to(ERAS[last]) for first, last in runs)


@lru_cache(maxsize=4096)
def readings(mask: int, config: frozenset[str] = frozenset()) -> tuple[MaskReading, ...]:
    """All that `mask` can mean, the likeliest first.

    Eras that would print the same names are one reading. Between equals the era counts that most
    logs come from.
    """
    found: dict[frozenset[str], list[tuple[int, Era]]] = {}
    for era in ERAS:
        numbers = table_of(era, config)
        names = frozenset(printed_names(mask, numbers))
        found.setdefault(names, []).append((against(mask, numbers), era))
    told = []
    for weighed in found.values():
        eras = tuple(era for _, era in sorted(weighed, key=lambda pair: (pair[0], pair[1].rank)))
        numbers = table_of(eras[0], config)
        told.append(
            MaskReading(
                tuple(printed_names(mask, numbers)),
                eras,
                min(weight for weight, _ in weighed),
                problem(mask, numbers),
            )
        )
    return tuple(sorted(told, key=lambda reading: (reading.against, reading.era.rank)))


def against(mask: int, numbers: Table) -> int:
    """How much speaks against `mask` being what a request to this kernel says."""
    weight = 0
    rest = mask
    for name in printed_names(mask, numbers):
        if name in numbers.names:
            weight += NAMED_MASK if name.startswith("GFP_") else FLAG
            rest &= ~numbers.names[name]
    optional = _optional(numbers.era)
    weight += OPTIONAL * (rest & optional).bit_count() + UNKNOWN * (rest & ~optional).bit_count()
    if contradiction(mask, numbers):
        weight += IMPOSSIBLE
    return weight


def problem(mask: int, numbers: Table) -> str:
    """Why no request to this kernel can have `mask`; "" if one can."""
    rest = numbers.unknown_bits(mask) & ~_optional(numbers.era)
    if rest:
        return f"{rest:#x} means nothing to Linux {numbers.era.span}"
    return contradiction(mask, numbers)


_TOGETHER = (
    ("__GFP_RETRY_MAYFAIL", "__GFP_NOFAIL"),
    ("__GFP_MOVABLE", "__GFP_RECLAIMABLE"),
)


def contradiction(mask: int, numbers: Table) -> str:
    """Which flags of `mask` exclude each other on this kernel; "" if none do."""
    request = Request(mask, numbers)
    if zone(request) is HighestZone.INVALID:
        return "its zone flags exclude each other"
    for one, other in _TOGETHER:
        if request.has(one) and request.has(other):
            return f"{one} and {other} exclude each other"
    if request.has("__GFP_ATOMIC") and may_block(request):
        return "__GFP_ATOMIC and __GFP_DIRECT_RECLAIM exclude each other"
    if not may_block(request):
        for name in ("__GFP_NOFAIL", "__GFP_RETRY_MAYFAIL"):
            if request.has(name):
                return f"{name} means nothing where the task may not sleep"
    return ""


USUAL_FIRST = ("CONFIG_SLAB_OBJ_EXT", "CONFIG_LOCKDEP", "CONFIG_KASAN_HW_TAGS")
"""Distributions build with the first; test machines with the second, phones with the third."""


def builds(era: Era, config: frozenset[str]) -> list[frozenset[str]]:
    """The builds of an era that have bits of their own: as said, then with more and more options,
    the usual ones first."""
    more = sorted({*era.options} - config, key=USUAL_FIRST.index)
    sizes = range(len(more) + 1)
    return [config | set(chosen) for size in sizes for chosen in combinations(more, size)]


@lru_cache(maxsize=64)
def _optional(era: Era) -> int:
    """The bits that some build of the era has and another has not."""
    usual = table_of(era).all_bits
    bits = 0
    for config in builds(era, frozenset()):
        bits |= table_of(era, config).all_bits
    return bits & ~usual
