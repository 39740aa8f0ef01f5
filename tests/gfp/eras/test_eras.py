"""Every era's numbers, typed in a second time from the headers; "-" is a name that it lacks."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from oomlab.gfp.eras import ERAS, Era, era_of
from oomlab.gfp.eras.era import COMMONEST, before
from oomlab.gfp.expression import printed_names
from oomlab.gfp.tables import table, table_of

HW_TAGS, LOCKDEP, OBJ_EXT = "CONFIG_KASAN_HW_TAGS", "CONFIG_LOCKDEP", "CONFIG_SLAB_OBJ_EXT"


def typed() -> list[tuple[str, str, int | None]]:
    """Release, name, number."""
    found = []
    for file in ("until_5_0.txt", "since_5_1.txt"):
        text = (Path(__file__).parent / file).read_text(encoding="utf-8")
        (_, *releases), *rows = (line.split() for line in text.splitlines())
        for name, *numbers in rows:
            for release, number in zip(releases, numbers, strict=True):
                found.append((release, name, None if number == "-" else int(number, 16)))
    return found


@pytest.mark.parametrize(("release", "name", "number"), typed())
def test_a_name_has_the_number_of_its_era(release: str, name: str, number: int | None) -> None:
    assert table(release).names.get(name) == number


def test_nearly_every_era_is_typed() -> None:
    seen = {era_of(release).first for release, _, _ in typed()}
    assert {era.name for era in ERAS if era.first not in seen} == {
        *("2.6.38", "3.3", "3.6", "4.5"),  # one flag more, or another name
    }


@pytest.mark.parametrize(
    ("release", "config", "places"),
    [
        # Before 6.9 each flag has a bit of its own, whatever the others do.
        ("4.14", [LOCKDEP], {"NOLOCKDEP": 0x2000000}),
        ("4.19", [LOCKDEP], {"NOLOCKDEP": 0x800000}),
        ("5.10", [LOCKDEP], {"NOLOCKDEP": 0x800000}),
        ("5.15", [LOCKDEP], {"NOLOCKDEP": 0x2000000}),
        ("6.1", [LOCKDEP], {"NOLOCKDEP": 0x8000000}),
        (
            "6.1",
            [HW_TAGS],
            {
                "SKIP_ZERO": 0x1000000,
                "SKIP_KASAN_UNPOISON": 0x2000000,
                "SKIP_KASAN_POISON": 0x4000000,
            },
        ),
        ("6.6", [LOCKDEP], {"NOLOCKDEP": 0x4000000}),
        ("6.8", [HW_TAGS], {"SKIP_ZERO": 0x1000000, "SKIP_KASAN": 0x2000000}),
        # From 6.9 on they move up.
        ("6.9", [LOCKDEP], {"NOLOCKDEP": 0x1000000}),
        ("6.12", [OBJ_EXT], {"NO_OBJ_EXT": 0x1000000}),
        ("6.12", [LOCKDEP, OBJ_EXT], {"NOLOCKDEP": 0x1000000, "NO_OBJ_EXT": 0x2000000}),
        (
            "6.12",
            [HW_TAGS, OBJ_EXT],
            {"SKIP_ZERO": 0x1000000, "SKIP_KASAN": 0x2000000, "NO_OBJ_EXT": 0x4000000},
        ),
        (
            "6.18",
            [HW_TAGS, LOCKDEP, OBJ_EXT],
            {
                "SKIP_ZERO": 0x1000000,
                "SKIP_KASAN": 0x2000000,
                "NOLOCKDEP": 0x4000000,
                "NO_OBJ_EXT": 0x8000000,
            },
        ),
        ("7.3", [LOCKDEP, OBJ_EXT], {"NOLOCKDEP": 0x1000000}),
    ],
)
def test_what_a_build_option_moves(release: str, config: list[str], places: dict[str, int]) -> None:
    plain, built = table(release), table(release, config)
    extra = {name: bit for name, bit in built.bits.items() if name not in plain.bits}
    assert extra == {f"__GFP_{name}": bit for name, bit in places.items()}


@pytest.mark.parametrize(
    ("release", "config", "number"),
    [("5.18", [HW_TAGS], 0x6100CCA), ("6.8", [HW_TAGS], 0x2100CCA), ("7.3", [HW_TAGS], 0x2100CCA)],
)
def test_a_process_page_skips_tags_where_there_are_any(
    release: str, config: list[str], number: int
) -> None:
    assert table(release, config).value("GFP_HIGHUSER_MOVABLE") == number


def test_the_eras_follow_each_other_without_a_gap() -> None:
    assert [era.first for era in ERAS] == sorted(era.first for era in ERAS)
    for era, following in pairwise(ERAS):
        assert era.last == before(following.first)
        assert era.first in era and era.last in era and following.first not in era
    assert ERAS[-1].last is None and (99, 9) in ERAS[-1]


def test_two_eras_in_a_row_differ_or_say_what_is_not_known() -> None:
    for one, other in pairwise(ERAS):
        same = (one.bits, one.masks, one.order, one.named, one.packed) == (
            *(other.bits, other.masks, other.order, other.named),
            other.packed,
        )
        assert not same or other.doubt, other.span


def test_every_era_says_what_it_rests_on() -> None:
    assert all(era.source for era in ERAS)
    assert {era.name for era in ERAS if "from memory" in era.doubt} == {
        *("2.6.38", "2.6.39", "3.3", "3.6", "3.8", "4.15", "6.10"),
    }
    assert "7.2" in [era.name for era in ERAS if "whether 7.2 still has" in era.doubt]


def test_the_commonest_releases_are_of_many_eras() -> None:
    assert len({era_of(release).first for release in COMMONEST}) > 12
    assert ERAS[-1].typical == "7.3" and era_of("6.13").typical == "6.12"


@pytest.mark.parametrize("era", ERAS, ids=lambda era: era.name)
def test_a_printed_mask_names_every_bit_that_the_kernel_names(era: Era) -> None:
    numbers = table_of(era, frozenset([HW_TAGS, LOCKDEP, OBJ_EXT]))
    silent = [
        name for name, bit in numbers.bits.items() if printed_names(bit, numbers)[0][:2] == "0x"
    ]
    if numbers.release >= table("6.15").release:
        assert silent == []
    elif numbers.version == "5.14":
        assert silent == ["__GFP_ZEROTAGS", "__GFP_SKIP_KASAN_POISON", "__GFP_NOLOCKDEP"]
    else:
        assert [*silent] == [
            name for name in ("__GFP_NOLOCKDEP", "__GFP_NO_OBJ_EXT") if name in numbers.bits
        ]
