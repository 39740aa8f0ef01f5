"""What each GFP name is worth on one kernel, built with given options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import InputError, shown, unknown
from oomlab.gfp.call_sites import CALL_SITES, CallSite
from oomlab.gfp.eras import ERAS, Era, kernel_named
from oomlab.gfp.eras.meanings import ALIASES, FLAG_MEANINGS
from oomlab.gfp.eras.spelling import EXAMPLES
from oomlab.kernel_release import KernelRelease

VERSIONS = ("4.13", "4.14", "4.18", "4.19", "5.8", "6.8", "7.3")
"""The kernels that the book sets side by side; `table` knows every release from 2.6.24 on."""

DEFAULT_VERSION = "4.13"
"""The kernel that the model imitates unless told otherwise."""

CONFIGS = tuple(dict.fromkeys(option for era in ERAS for option in era.options))
"""Build options that give a flag its bit in some era; without the option the name is 0."""

GFP_T_BITS = 32
"""Width of the kernel's gfp_t, an unsigned int."""

MEANINGS = FLAG_MEANINGS


@brief
@dataclass(frozen=True)
class Table:
    """The numbers of one kernel.

    `era`: the releases that have the same. `bits`: the flags that have a bit, in the order of their
    values. `composites`: the named masks. `absent`: flags that are 0 for want of a build option,
    with that option. `names`: all of these and the aliases. `sites`: what the callers of the story
    ask for.
    """

    version: str
    era: Era
    config: frozenset[str]
    bits: Mapping[str, int]
    composites: Mapping[str, int]
    absent: Mapping[str, str]
    names: Mapping[str, int]
    sites: Mapping[str, int]

    @property
    def release(self) -> KernelRelease:
        """The kernel's release, to be compared with others."""
        return KernelRelease.of(self.version)

    @property
    def all_bits(self) -> int:
        """Every bit that means something to this kernel."""
        return _union(self.bits.values())

    def value(self, name: str) -> int:
        """What `name` is worth. Raises InputError if this kernel has no such name."""
        if name not in self.names:
            raise unknown(f"GFP name on {self.version}", name, self.names)
        return self.names[name]

    def flags(self, mask: int) -> list[str]:
        """The flags that are set in `mask`, lowest bit first."""
        return [name for name, bit in self.bits.items() if mask & bit]

    def unknown_bits(self, mask: int) -> int:
        """The bits of `mask` that mean nothing to this kernel."""
        return mask & ~self.all_bits

    @cached_property
    def _printed(self) -> tuple[tuple[str, int], ...]:
        names = self.names
        return tuple((name, names[name]) for name in self.era.order if names.get(name))

    def printed(self) -> tuple[tuple[str, int], ...]:
        """The names a printed mask is made of, in the kernel's order."""
        return self._printed

    def sites_of(self, mask: int) -> list[CallSite]:
        """The callers of the story that ask for exactly `mask` on this kernel."""
        return [
            site
            for site in CALL_SITES
            if self.version in site.versions and self.sites[site.name] == mask
        ]


@checked(leave="version")
def table(version: str = DEFAULT_VERSION, config: Iterable[str] = ()) -> Table:
    """The numbers of a kernel, built with the options in `config`: of a release ("4.13"), or of a
    build of one ("v4.13", "4.19.0-6-amd64"), which has those of the release.

    Raises InputError for what is no release, for one that is older than the eras, and for an option
    that decides about no flag.
    """
    options = known_options(config)
    if isinstance(version, KernelRelease):
        version = str(version)
    if not isinstance(version, str):
        raise InputError(f"{shown(version)} is no release of the kernel; valid: e.g. {EXAMPLES}")
    kernel = kernel_named(version)
    return table_of(kernel.era, options, kernel.version)


def known_options(config: Iterable[str]) -> frozenset[str]:
    """The build options in `config`. Raises InputError for one that decides about no flag."""
    options = frozenset(config)
    for option in sorted(options):
        if option not in CONFIGS:
            raise unknown("build option", option, CONFIGS)
    return options


@cache
def table_of(era: Era, config: frozenset[str] = frozenset(), version: str = "") -> Table:
    """The numbers of an era, as those of its release `version` (of its most usual one)."""
    version = version or era.typical
    bits = era.values(config)
    absent = {bit.name: bit.option for bit in era.bits if bit.name not in bits}
    names = bits | dict.fromkeys(absent, 0)
    composites: dict[str, int] = {}
    for name in sorted(era.masks, key=lambda name: _depth(name, era)):
        names[name] = composites[name] = _worth(era.masks[name], names)
    composites = {name: composites[name] for name in era.masks}
    names |= {alias: names[name] for alias, name in ALIASES.items() if name in names}
    sites = {
        site.name: _union(names[name] for name in site.flags)
        for site in CALL_SITES
        if version in site.versions
    }
    return Table(version, era, config, bits, composites, absent, names, sites)


def spans_with(name: str) -> list[str]:
    """The releases that have `name`, as spans of eras: "2.6.24 to 4.12"."""
    spans: list[tuple[Era, Era]] = []
    for before, era in zip((None, *ERAS), ERAS, strict=False):
        if name in table_of(era).names:
            joins = spans and spans[-1][1] is before
            spans[-1:] = [(spans[-1][0], era)] if joins else [*spans[-1:], (era, era)]
    return [first.to(last) for first, last in spans]


def _depth(name: str, era: Era) -> int:
    """How many masks have to be known before `name` is."""
    inner = (word.removeprefix("-") for word in era.masks[name])
    return 1 + max((_depth(word, era) for word in inner if word in era.masks), default=0)


def _worth(words: tuple[str, ...], names: Mapping[str, int]) -> int:
    mask = 0
    for word in words:
        value = names[word.removeprefix("-")]
        mask = mask & ~value if word.startswith("-") else mask | value
    return mask


def _union(values: Iterable[int]) -> int:
    mask = 0
    for value in values:
        mask |= value
    return mask
