"""Names beside a number: which eras print just these for it, and what to say where none does."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

from oomlab.gfp.eras import ERAS, Era
from oomlab.gfp.expression import printed_names
from oomlab.gfp.printed.readings import builds
from oomlab.gfp.tables import Table, spans_with, table_of

Likeness = Literal["exact", "unlike order", "unlike spelling", "vendor", "cut", "unnamed", "worth"]
"""How names agree with a number: as the kernel prints them; in another order; as development
kernels of 4.5 spelled them; but for flags of a vendor's kernel; as far as they go; in
an era that prints none; only in what they are worth."""

LIKENESSES: dict[Likeness, str] = {
    "exact": "",
    "unlike order": "the names stand in an order in which no known kernel prints them",
    "unlike spelling": "spelled as development kernels of 4.5 did, without two underscores",
    "vendor": "it has a flag that no released kernel has, only some vendor's",
    "cut": "the list of names is cut off",
    "unnamed": "kernels of this era print no names; these are added by hand or by a tool",
    "worth": "together the names are worth the number, but no known kernel prints them for it",
}


SETTLED: tuple[Likeness, ...] = ("exact", "unlike order", "unlike spelling", "vendor")
"""With these the names are the kernel's own, and all of them."""


class Agreement(NamedTuple):
    """An era, one of its builds, how well names and number agree there, and how many bits of the
    number mean nothing to it."""

    era: Era
    config: frozenset[str]
    likeness: Likeness
    unknown: int


@lru_cache(maxsize=4096)
def agreements(
    value: int, names: tuple[str, ...], cut: bool, config: frozenset[str]
) -> tuple[Agreement, ...]:
    """The eras in which names and number agree, each with the build that explains most bits: those
    that agree best, and no others."""
    found = []
    for era in ERAS:
        for options in builds(era, config):
            numbers = table_of(era, options)
            likeness = _likeness(value, names, cut, numbers)
            if likeness:
                unknown = numbers.unknown_bits(value).bit_count()
                found.append(Agreement(era, options, likeness, unknown))
    best: dict[Era, Agreement] = {}
    for likeness in LIKENESSES:
        for one in found:
            if one.likeness == likeness and (
                one.era not in best or one.unknown < best[one.era].unknown
            ):
                best[one.era] = one
        if best:
            break
    return tuple(best.values())


def _likeness(value: int, names: tuple[str, ...], cut: bool, numbers: Table) -> Likeness | None:
    parts = tuple(printed_names(value, numbers))
    if parts == names:
        return "exact" if numbers.era.named else "unnamed"
    *whole, last = names or ("",)
    if (
        cut
        and parts[: len(whole)] == tuple(whole)
        and parts[len(whole) :]
        and parts[len(whole)].startswith(last)
    ):
        return "cut"
    if not set(parts) ^ set(names):
        return "unlike order"
    if _but_for_flags_of_a_vendor(parts, names):
        return "vendor"
    spelled = tuple(_with_underscores(name, numbers) for name in names)
    if spelled != names and spelled == parts:
        return "unlike spelling"
    return "worth" if worth(spelled, numbers) == value else None


def _but_for_flags_of_a_vendor(parts: tuple[str, ...], names: tuple[str, ...]) -> bool:
    """Do names and parts agree but for flags that no released kernel has, one a bit of the rest?"""
    alien = [name for name in names if not _known(name)]
    *known, rest = parts or ("",)
    if not alien or not rest.startswith("0x"):
        return False
    return set(known) == set(names) - set(alien) and int(rest, 16).bit_count() == len(alien)


def worth(names: tuple[str, ...], numbers: Table) -> int | None:
    """What `names` are worth together; None if this kernel lacks one of them."""
    value = 0
    for name in names:
        if name.startswith("0x"):
            value |= int(name, 16)
        elif name in numbers.names:
            value |= numbers.names[name]
        else:
            return None
    return value


def disagreement(value: int, names: tuple[str, ...], numbers: Table) -> str:
    """How names and number differ on the kernel of `numbers`, in one sentence."""
    said = "|".join(names) or "no name"
    alien = [name for name in names if not _known(name)]
    if alien:
        return (
            f"no known kernel has a GFP flag {' or '.join(alien)}; the number {value:#x} is all "
            f"that can be read"
        )
    worth_here = worth(names, numbers)
    if worth_here is None:
        missing = [name for name in names if name[:2] != "0x" and name not in numbers.names]
        return (
            f"the names do not belong to {value:#x}: Linux {numbers.era.span} has no "
            f"{' and no '.join(missing)}, and no known kernel prints {said} for that number"
        )
    less, more = value & ~worth_here, worth_here & ~value
    parts = [
        f"{what} {'|'.join(printed_names(bits, numbers))} ({bits:#x})"
        for what, bits in (("the number has besides", less), ("the number lacks", more))
        if bits
    ]
    return (
        f"names and number disagree: on Linux {numbers.era.span} {said} is {worth_here:#x}, the "
        f"number is {value:#x}; {', and '.join(parts)}"
    )


@lru_cache(maxsize=4096)
def _known(name: str) -> bool:
    """Has any released kernel this name (or is it a number)?"""
    return name.startswith("0x") or bool(spans_with(name))


def _with_underscores(name: str, numbers: Table) -> str:
    longer = f"__{name}"
    return longer if name not in numbers.names and longer in numbers.names else name
