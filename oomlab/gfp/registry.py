"""Every GFP flag of the modelled kernels and every named mask (include/linux/gfp.h).

One row a flag, one column a numbering: the flags were renumbered in 4.18 and again between 5.0 and
5.2, and lost members on the way. Everything else in oomlab that knows a GFP number takes it from
here.
"""

from __future__ import annotations

from dataclasses import dataclass

VERSIONS = {
    "4.13": 0,
    "4.14": 0,
    "4.18": 1,
    "4.19": 1,
    "5.8": 2,
    "6.8": 3,
}
"""The kernels and the column of `Bit.values` that holds their numbers. A numbering begins with 4.18
(which closed the gaps that 4.17 had left), not with 4.19; "6.8" is the first release with commit
16f5dfbc851b."""

LOCKDEP = "CONFIG_LOCKDEP"
HW_TAGS = "CONFIG_KASAN_HW_TAGS"
CONFIGS = (LOCKDEP, HW_TAGS)
"""Build options that give a flag its bit; without the option the name is 0."""


@dataclass(frozen=True)
class Bit:
    """One flag: its number in each numbering (None: no such flag), what it asks for, and the
    build option without which it is 0."""

    name: str
    values: tuple[int | None, int | None, int | None, int | None]
    meaning: str
    needs: str = ""


@dataclass(frozen=True)
class Composite:
    """A mask with a name in the header: `flags` together, minus `without`."""

    name: str
    flags: tuple[str, ...]
    meaning: str
    without: tuple[str, ...] = ()
    versions: tuple[str, ...] = tuple(VERSIONS)


def _b(
    name: str,
    values: int | tuple[int | None, int | None, int | None, int | None],
    meaning: str,
    needs: str = "",
) -> Bit:
    row = (values,) * 4 if isinstance(values, int) else values
    return Bit(name, row, meaning, needs)


BITS = (
    _b("__GFP_DMA", 0x1, "only the lowest zone"),
    _b("__GFP_HIGHMEM", 0x2, "the highmem zone may be used"),
    _b("__GFP_DMA32", 0x4, "only memory below 4 GiB"),
    _b("__GFP_MOVABLE", 0x8, "the page can be migrated: ZONE_MOVABLE and CMA may be used"),
    _b("__GFP_RECLAIMABLE", 0x10, "grouped with memory that slab shrinkers can free"),
    _b("__GFP_HIGH", 0x20, "may go down to half of the min watermark"),
    _b("__GFP_IO", 0x40, "reclaim may start block I/O and swap"),
    _b("__GFP_FS", 0x80, "reclaim may call into filesystems; also the permission to OOM-kill"),
    _b("__GFP_COLD", (0x100, None, None, None), "prefers a page that is in no CPU's cache"),
    _b("__GFP_NOWARN", (0x200, 0x200, 0x2000, 0x2000), "no report when the request fails"),
    _b(
        "__GFP_RETRY_MAYFAIL",
        (0x400, 0x400, 0x4000, 0x4000),
        "retry hard, never invoke the OOM killer, fail in the end",
    ),
    _b("__GFP_NOFAIL", (0x800, 0x800, 0x8000, 0x8000), "never answer with a failure"),
    _b(
        "__GFP_NORETRY",
        (0x1000, 0x1000, 0x10000, 0x10000),
        "one round of reclaim and compaction, then fail; never OOM",
    ),
    _b("__GFP_MEMALLOC", (0x2000, 0x2000, 0x20000, 0x20000), "all reserves may be used"),
    _b("__GFP_COMP", (0x4000, 0x4000, 0x40000, 0x40000), "prepare a compound page"),
    _b("__GFP_ZERO", (0x8000, 0x8000, 0x100, 0x100), "the page comes zeroed"),
    _b(
        "__GFP_NOMEMALLOC",
        (0x10000, 0x10000, 0x80000, 0x80000),
        "no access to the reserves, whatever else would grant it",
    ),
    _b("__GFP_HARDWALL", (0x20000, 0x20000, 0x100000, 0x100000), "stay inside the task's cpuset"),
    _b(
        "__GFP_THISNODE",
        (0x40000, 0x40000, 0x200000, 0x200000),
        "no other node, and no OOM killer",
    ),
    _b(
        "__GFP_ATOMIC",
        (0x80000, 0x80000, 0x200, None),
        "cannot sleep and matters: another quarter of the min watermark, cpuset ignored",
    ),
    _b(
        "__GFP_ACCOUNT",
        (0x100000, 0x100000, 0x400000, 0x400000),
        "charged to the task's memory cgroup",
    ),
    _b("__GFP_NOTRACK", (0x200000, None, None, None), "not watched by kmemcheck"),
    _b(
        "__GFP_DIRECT_RECLAIM",
        (0x400000, 0x200000, 0x400, 0x400),
        "the caller may sleep and reclaim: this alone makes a request a blocking one",
    ),
    _b(
        "__GFP_WRITE",
        (0x800000, 0x100, 0x1000, 0x1000),
        "the page will be dirtied: spread over zones by their dirty limits",
    ),
    _b(
        "__GFP_KSWAPD_RECLAIM",
        (0x1000000, 0x400000, 0x800, 0x800),
        "wakes kswapd when memory is low",
    ),
    _b("__GFP_ZEROTAGS", (None, None, None, 0x800000), "memory tags are zeroed with the page"),
    _b(
        "__GFP_SKIP_ZERO",
        (None, None, None, 0x1000000),
        "zeroing is left to whoever sets the memory tags",
        HW_TAGS,
    ),
    _b("__GFP_SKIP_KASAN", (None, None, None, 0x2000000), "no memory tags for KASAN", HW_TAGS),
    _b(
        "__GFP_NOLOCKDEP",
        (0x2000000, 0x800000, 0x800000, 0x4000000),
        "lockdep does not record the request as one that may reclaim",
        LOCKDEP,
    ),
)

_UNTIL_5_8 = ("4.13", "4.14", "4.18", "4.19", "5.8")

COMPOSITES = (
    Composite(
        "__GFP_RECLAIM",
        ("__GFP_DIRECT_RECLAIM", "__GFP_KSWAPD_RECLAIM"),
        "both kinds of reclaim",
    ),
    Composite(
        "GFP_ATOMIC",
        ("__GFP_HIGH", "__GFP_ATOMIC", "__GFP_KSWAPD_RECLAIM"),
        "cannot sleep, must not fail lightly",
        versions=_UNTIL_5_8,
    ),
    Composite(
        "GFP_ATOMIC",
        ("__GFP_HIGH", "__GFP_KSWAPD_RECLAIM"),
        "cannot sleep, must not fail lightly",
        versions=("6.8",),
    ),
    Composite(
        "GFP_KERNEL", ("__GFP_RECLAIM", "__GFP_IO", "__GFP_FS"), "the kernel's usual request"
    ),
    Composite(
        "GFP_KERNEL_ACCOUNT", ("GFP_KERNEL", "__GFP_ACCOUNT"), "the same, charged to a memcg"
    ),
    Composite(
        "GFP_NOWAIT", ("__GFP_KSWAPD_RECLAIM",), "cannot sleep, may fail", versions=_UNTIL_5_8
    ),
    Composite(
        "GFP_NOWAIT",
        ("__GFP_KSWAPD_RECLAIM", "__GFP_NOWARN"),
        "cannot sleep, may fail",
        versions=("6.8",),
    ),
    Composite("GFP_NOIO", ("__GFP_RECLAIM",), "may sleep, but reclaim starts no I/O"),
    Composite("GFP_NOFS", ("__GFP_RECLAIM", "__GFP_IO"), "may sleep, but enters no filesystem"),
    Composite(
        "GFP_TEMPORARY",
        ("GFP_KERNEL", "__GFP_RECLAIMABLE"),
        "short-lived kernel memory",
        versions=("4.13",),
    ),
    Composite("GFP_USER", ("GFP_KERNEL", "__GFP_HARDWALL"), "memory on behalf of a process"),
    Composite("GFP_DMA", ("__GFP_DMA",), "the zone alone; not a blocking request"),
    Composite("GFP_DMA32", ("__GFP_DMA32",), "the zone alone; not a blocking request"),
    Composite("GFP_HIGHUSER", ("GFP_USER", "__GFP_HIGHMEM"), "a process's page, reached by kmap"),
    Composite(
        "GFP_HIGHUSER_MOVABLE",
        ("GFP_HIGHUSER", "__GFP_MOVABLE"),
        "a process's page that can be migrated",
        versions=_UNTIL_5_8,
    ),
    Composite(
        "GFP_HIGHUSER_MOVABLE",
        ("GFP_HIGHUSER", "__GFP_MOVABLE", "__GFP_SKIP_KASAN"),
        "a process's page that can be migrated",
        versions=("6.8",),
    ),
    Composite(
        "GFP_TRANSHUGE_LIGHT",
        ("GFP_HIGHUSER_MOVABLE", "__GFP_COMP", "__GFP_NOMEMALLOC", "__GFP_NOWARN"),
        "a huge page, if one lies ready",
        without=("__GFP_RECLAIM",),
    ),
    Composite(
        "GFP_TRANSHUGE",
        ("GFP_TRANSHUGE_LIGHT", "__GFP_DIRECT_RECLAIM"),
        "a huge page, with direct reclaim but without kswapd",
    ),
)
"""In an order in which each row names only earlier ones."""

ALIASES = {"__GFP_NOTRACK_FALSE_POSITIVE": "__GFP_NOTRACK"}
"""Second names; they exist where the first name does."""

RENAMED = {"__GFP_REPEAT": ("__GFP_RETRY_MAYFAIL", "until 4.12")}
"""Names of kernels before the first table: today's name, and how long the old one lived."""

_PRINTED = """GFP_TRANSHUGE GFP_TRANSHUGE_LIGHT GFP_HIGHUSER_MOVABLE GFP_HIGHUSER GFP_USER
    GFP_TEMPORARY GFP_KERNEL_ACCOUNT GFP_KERNEL GFP_NOFS GFP_ATOMIC GFP_NOIO GFP_NOWAIT GFP_DMA
    __GFP_HIGHMEM GFP_DMA32 __GFP_HIGH __GFP_ATOMIC __GFP_IO __GFP_FS __GFP_COLD __GFP_NOWARN
    __GFP_RETRY_MAYFAIL __GFP_NOFAIL __GFP_NORETRY __GFP_COMP __GFP_ZERO __GFP_NOMEMALLOC
    __GFP_MEMALLOC __GFP_HARDWALL __GFP_THISNODE __GFP_RECLAIMABLE __GFP_MOVABLE __GFP_ACCOUNT
    __GFP_NOTRACK __GFP_WRITE __GFP_RECLAIM __GFP_DIRECT_RECLAIM __GFP_KSWAPD_RECLAIM
    __GFP_ZEROTAGS __GFP_SKIP_ZERO __GFP_SKIP_KASAN"""
PRINT_ORDER = tuple(_PRINTED.split())
"""The order in which a printed mask is taken apart, most bits first
(include/trace/events/mmflags.h). `__GFP_NOLOCKDEP` is not in the kernel's list either: it comes
out as a number."""
