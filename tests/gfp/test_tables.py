"""The numbers, typed in a second time from the kernel's headers."""

from collections.abc import Callable

import pytest

from oomlab.errors import InputError
from oomlab.gfp import flags as gfp
from oomlab.gfp.call_sites import CALL_SITES
from oomlab.gfp.eras import ERAS
from oomlab.gfp.eras.meanings import FLAG_MEANINGS, MASK_MEANINGS
from oomlab.gfp.tables import CONFIGS, VERSIONS, Table, spans_with, table, table_of

BITS_4_13 = """
    DMA 0x1  HIGHMEM 0x2  DMA32 0x4  MOVABLE 0x8  RECLAIMABLE 0x10  HIGH 0x20  IO 0x40  FS 0x80
    COLD 0x100  NOWARN 0x200  RETRY_MAYFAIL 0x400  NOFAIL 0x800  NORETRY 0x1000  MEMALLOC 0x2000
    COMP 0x4000  ZERO 0x8000  NOMEMALLOC 0x10000  HARDWALL 0x20000  THISNODE 0x40000
    ATOMIC 0x80000  ACCOUNT 0x100000  NOTRACK 0x200000  DIRECT_RECLAIM 0x400000  WRITE 0x800000
    KSWAPD_RECLAIM 0x1000000
"""
BITS_4_18 = """
    DMA 0x1  HIGHMEM 0x2  DMA32 0x4  MOVABLE 0x8  RECLAIMABLE 0x10  HIGH 0x20  IO 0x40  FS 0x80
    WRITE 0x100  NOWARN 0x200  RETRY_MAYFAIL 0x400  NOFAIL 0x800  NORETRY 0x1000  MEMALLOC 0x2000
    COMP 0x4000  ZERO 0x8000  NOMEMALLOC 0x10000  HARDWALL 0x20000  THISNODE 0x40000
    ATOMIC 0x80000  ACCOUNT 0x100000  DIRECT_RECLAIM 0x200000  KSWAPD_RECLAIM 0x400000
"""
BITS_5_8 = """
    DMA 0x1  HIGHMEM 0x2  DMA32 0x4  MOVABLE 0x8  RECLAIMABLE 0x10  HIGH 0x20  IO 0x40  FS 0x80
    ZERO 0x100  ATOMIC 0x200  DIRECT_RECLAIM 0x400  KSWAPD_RECLAIM 0x800  WRITE 0x1000
    NOWARN 0x2000  RETRY_MAYFAIL 0x4000  NOFAIL 0x8000  NORETRY 0x10000  MEMALLOC 0x20000
    COMP 0x40000  NOMEMALLOC 0x80000  HARDWALL 0x100000  THISNODE 0x200000  ACCOUNT 0x400000
"""
BITS_6_8 = BITS_5_8.replace("ATOMIC 0x200 ", "") + "ZEROTAGS 0x800000"
PLAIN_BITS = {
    "4.13": BITS_4_13,
    "4.14": BITS_4_13,
    "4.18": BITS_4_18,
    "4.19": BITS_4_18,
    "5.8": BITS_5_8,
    "6.8": BITS_6_8,
    "7.3": BITS_6_8,
}
LOCKDEP_BIT = {
    "4.13": 0x2000000,
    "4.14": 0x2000000,
    "4.18": 0x800000,
    "4.19": 0x800000,
    "5.8": 0x800000,
    "6.8": 0x4000000,
    "7.3": 0x4000000,
}
COMPOSITE_ROWS = """
    __GFP_RECLAIM        0x1400000 0x600000 0xc00    0xc00
    GFP_NOIO             0x1400000 0x600000 0xc00    0xc00
    GFP_ATOMIC           0x1080020 0x480020 0xa20    0x820
    GFP_KERNEL           0x14000c0 0x6000c0 0xcc0    0xcc0
    GFP_KERNEL_ACCOUNT   0x15000c0 0x7000c0 0x400cc0 0x400cc0
    GFP_NOWAIT           0x1000000 0x400000 0x800    0x2800
    GFP_NOFS             0x1400040 0x600040 0xc40    0xc40
    GFP_USER             0x14200c0 0x6200c0 0x100cc0 0x100cc0
    GFP_DMA              0x1       0x1      0x1      0x1
    GFP_DMA32            0x4       0x4      0x4      0x4
    GFP_HIGHUSER         0x14200c2 0x6200c2 0x100cc2 0x100cc2
    GFP_HIGHUSER_MOVABLE 0x14200ca 0x6200ca 0x100cca 0x100cca
    GFP_TRANSHUGE_LIGHT  0x342ca   0x342ca  0x1c20ca 0x1c20ca
    GFP_TRANSHUGE        0x4342ca  0x2342ca 0x1c24ca 0x1c24ca
"""
COLUMNS = {"4.13": 0, "4.14": 0, "4.18": 1, "4.19": 1, "5.8": 2, "6.8": 3, "7.3": 3}


def numbers(words: str) -> dict[str, int]:
    names, values = words.split()[::2], words.split()[1::2]
    return {f"__GFP_{name}": int(value, 16) for name, value in zip(names, values, strict=True)}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_bit_of_every_kernel(version: str) -> None:
    assert table(version).bits == numbers(PLAIN_BITS[version])


@pytest.mark.parametrize("version", VERSIONS)
def test_bits_that_only_a_build_option_brings(version: str) -> None:
    plain, built = table(version), table(version, CONFIGS)
    extra = {name: bit for name, bit in built.bits.items() if name not in plain.bits}
    expected = {"__GFP_NOLOCKDEP": LOCKDEP_BIT[version]}
    if version in ("6.8", "7.3"):
        expected |= {"__GFP_SKIP_ZERO": 0x1000000, "__GFP_SKIP_KASAN": 0x2000000}
    assert extra == expected
    assert set(plain.absent) == set(expected)
    assert all(plain.value(name) == 0 for name in expected)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_composite_of_every_kernel(version: str) -> None:
    rows = [line.split() for line in COMPOSITE_ROWS.strip().splitlines()]
    expected = {name: int(values[COLUMNS[version]], 16) for name, *values in rows}
    if version == "4.13":
        expected["GFP_TEMPORARY"] = 0x14000D0
    assert table(version).composites == expected


def test_the_movable_mask_carries_a_tag_bit_only_with_hardware_tags() -> None:
    built = table("6.8", ["CONFIG_KASAN_HW_TAGS"])
    assert built.value("GFP_HIGHUSER_MOVABLE") == 0x2100CCA


@pytest.mark.parametrize(
    ("site", "version", "mask"),
    [
        ("balloon-inflate", "4.13", 0x14310CA),
        ("balloon-inflate", "4.14", 0x14310CA),
        ("balloon-inflate", "4.18", 0x6310CA),
        ("balloon-inflate", "4.19", 0x6310CA),
        ("balloon-inflate", "5.8", 0x192CCA),
        ("balloon-inflate", "7.3", 0x192CCA),
        ("balloon-inflate-fixed", "4.13", 0x14310C2),
        ("virtio-ccw", "4.13", 0x14000C1),
        ("pseries-cmm", "4.13", 0x1411200),
        ("s390-cmm", "4.13", 0x1400000),
    ],
)
def test_what_the_callers_ask_for(site: str, version: str, mask: int) -> None:
    assert table(version).sites[site] == mask
    assert site in [found.name for found in table(version).sites_of(mask)]


def test_every_call_site_belongs_to_a_known_kernel() -> None:
    assert {version for site in CALL_SITES for version in site.versions} <= set(VERSIONS)


@pytest.mark.parametrize("version", VERSIONS)
def test_bits_are_single_and_do_not_collide(version: str) -> None:
    values = list(table(version, CONFIGS).bits.values())
    assert all(value.bit_count() == 1 for value in values)
    assert len(set(values)) == len(values)
    assert sum(values) == table(version, CONFIGS).all_bits


def test_25_bits_and_one_more_with_lockdep() -> None:
    assert table("4.13").all_bits == (1 << 25) - 1
    assert table("4.13", ["CONFIG_LOCKDEP"]).all_bits == (1 << 26) - 1


def test_the_model_tests_requests_by_the_table_of_4_13() -> None:
    constants = {name: value for name, value in vars(gfp).items() if name.isupper()}
    constants = {name: value for name, value in constants.items() if isinstance(value, int)}
    known = numbers(BITS_4_13)
    assert {name for name in constants if f"__GFP_{name}" in known} == {
        name.removeprefix("__GFP_") for name in known
    }
    for name, value in constants.items():
        if name == "BALLOON_INFLATE":
            assert value == 0x14310CA
        elif name.startswith("GFP_"):
            assert value == table("4.13").composites[name]
        elif name == "RECLAIM":
            assert value == 0x1400000
        else:
            assert value == known[f"__GFP_{name}"]


def test_no_wait_and_a_kernel_request_without_direct_reclaim_are_different_numbers() -> None:
    for version, difference in (("4.13", 0xC0), ("4.18", 0xC0), ("5.8", 0xC0), ("6.8", 0x20C0)):
        known = table(version)
        without = known.value("GFP_KERNEL") & ~known.value("__GFP_DIRECT_RECLAIM")
        assert without ^ known.value("GFP_NOWAIT") == difference


def test_an_alias_lives_as_long_as_its_flag() -> None:
    assert table("4.14").value("__GFP_NOTRACK_FALSE_POSITIVE") == 0x200000
    assert spans_with("__GFP_NOTRACK_FALSE_POSITIVE") == ["2.6.31 to 4.14"]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_printing_order_covers_every_bit_but_one_until_6_15(version: str) -> None:
    known = table(version, CONFIGS)
    covered = 0
    for _, value in known.printed():
        covered |= value
    silent = [] if version == "7.3" else ["__GFP_NOLOCKDEP"]
    assert known.flags(known.all_bits & ~covered) == silent


def test_every_name_that_is_printed_has_a_meaning() -> None:
    for era in ERAS:
        known = table_of(era, frozenset(CONFIGS)).names
        assert {*known} - {"__GFP_NOTRACK_FALSE_POSITIVE"} <= {*FLAG_MEANINGS, *MASK_MEANINGS}


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (
            lambda: table("four.12"),
            "'four.12' is no release of the kernel; valid: e.g. 4.13, v6.1, 5.15.0-91-generic, "
            "3.10.0-1160.el7",
        ),
        (
            lambda: table("2.4.31"),
            "'2.4.31' is older than the tables; valid: 2.6.24 and newer",
        ),
        (
            lambda: table("4.13", ["CONFIG_MMU"]),
            "unknown build option 'CONFIG_MMU'; valid: CONFIG_LOCKDEP, CONFIG_KASAN_HW_TAGS, "
            "CONFIG_SLAB_OBJ_EXT",
        ),
    ],
)
def test_an_unknown_kernel_or_option_is_one_line(ask: Callable[[], object], told: str) -> None:
    with pytest.raises(InputError) as error:
        ask()
    assert str(error.value) == told


def test_an_unknown_name_is_refused() -> None:
    known: Table = table("4.14")
    with pytest.raises(InputError, match=r"unknown GFP name on 4\.14 'GFP_TEMPORARY'"):
        known.value("GFP_TEMPORARY")
