"""What each GFP name is worth on one kernel, built with given options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import find, unknown
from oomlab.gfp.call_sites import CALL_SITES, CallSite
from oomlab.gfp.registry import (
    ALIASES,
    BITS,
    COMPOSITES,
    CONFIGS,
    PRINT_ORDER,
    VERSIONS,
)
from oomlab.kernel_release import KernelRelease

DEFAULT_VERSION = "4.13"
"""The kernel that the model imitates unless told otherwise."""

GFP_T_BITS = 32
"""Width of the kernel's gfp_t, an unsigned int."""

MEANINGS = {bit.name: bit.meaning for bit in BITS}


@brief
@dataclass(frozen=True)
class Table:
    """The numbers of one kernel.

    `bits`: the flags that have a bit, in the order of their values. `composites`: the named
    masks. `absent`: flags that are 0 for want of a build option, with that option.
    `names`: all of these and the aliases. `sites`: what the callers of the story ask for.
    """

    version: str
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

    def printed(self) -> list[tuple[str, int]]:
        """The names a printed mask is made of, in the kernel's order."""
        return [(name, self.names[name]) for name in PRINT_ORDER if self.names.get(name)]

    def sites_of(self, mask: int) -> list[CallSite]:
        """The callers of the story that ask for exactly `mask` on this kernel."""
        return [
            site
            for site in CALL_SITES
            if self.version in site.versions and self.sites[site.name] == mask
        ]


@checked(leave="version")
def table(version: str = DEFAULT_VERSION, config: Iterable[str] = ()) -> Table:
    """The numbers of `version`, built with the options in `config`. A build of a release
    ("v4.13", "4.19.0-6-amd64") has those of the release.

    Raises InputError for a version or an option that is not in the registry.
    """
    release = KernelRelease.meant(version) if isinstance(version, str) else None
    if str(release) in VERSIONS:
        version = str(release)
    find("kernel version", version, VERSIONS)
    options = frozenset(config)
    for option in sorted(options):
        if option not in CONFIGS:
            raise unknown("build option", option, CONFIGS)
    return _build(version, options)


def versions_with(name: str) -> list[str]:
    """The kernels that have `name`."""
    return [version for version in VERSIONS if name in table(version).names]


@cache
def _build(version: str, config: frozenset[str]) -> Table:
    column = VERSIONS[version]
    bits: dict[str, int] = {}
    absent: dict[str, str] = {}
    for bit in BITS:
        value = bit.values[column]
        if value is None:
            continue
        if bit.needs and bit.needs not in config:
            absent[bit.name] = bit.needs
        else:
            bits[bit.name] = value
    bits = dict(sorted(bits.items(), key=lambda item: item[1]))

    names = bits | dict.fromkeys(absent, 0)
    composites = {}
    for composite in COMPOSITES:
        if version in composite.versions:
            value = _union(names[name] for name in composite.flags)
            value &= ~_union(names[name] for name in composite.without)
            names[composite.name] = composites[composite.name] = value
    names |= {alias: names[name] for alias, name in ALIASES.items() if name in names}
    sites = {
        site.name: _union(names[name] for name in site.flags)
        for site in CALL_SITES
        if version in site.versions
    }
    return Table(version, config, bits, composites, absent, names, sites)


def _union(values: Iterable[int]) -> int:
    mask = 0
    for value in values:
        mask |= value
    return mask
