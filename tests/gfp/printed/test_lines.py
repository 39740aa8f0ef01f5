"""Over a hundred made-up lines: each mask is read as the kernel that printed it named it."""

from __future__ import annotations

import pytest

from oomlab.gfp.eras import kernel_named
from oomlab.gfp.printed import all_printed, read_printed
from tests.gfp.printed.lines import named, numbers_only


def test_there_are_more_than_a_hundred_of_every_era() -> None:
    lines = [*numbers_only(), *named()]
    assert len(lines) > 110 and len(named()) > 95
    eras = {kernel_named(release).era.first for release, _, _ in lines}
    assert len(eras) > 25


@pytest.mark.parametrize(("release", "line", "names"), named())
def test_a_named_mask_is_read_as_its_kernel_named_it(
    release: str, line: str, names: tuple[str, ...]
) -> None:
    read = read_printed(line, kernel=release)
    assert read.names == names == read.printed
    assert (read.how, read.disagreement) == ("said", "")
    assert read.era is kernel_named(release).era


@pytest.mark.parametrize(("release", "line", "names"), named())
def test_without_a_version_the_names_find_the_era(
    release: str, line: str, names: tuple[str, ...]
) -> None:
    read = read_printed(line)
    assert read.names == names
    assert (read.how, read.disagreement) == ("names", "")
    assert kernel_named(release).era in read.eras


@pytest.mark.parametrize(("release", "line", "names"), named())
def test_the_number_alone_with_the_version_gives_the_names(
    release: str, line: str, names: tuple[str, ...]
) -> None:
    value = read_printed(line).value
    read = read_printed(f"{value:#x}", kernel=release)
    unnamed = {"__GFP_NO_OBJ_EXT": "0x1000000", "__GFP_NOLOCKDEP": "0x1000000"}
    assert read.names == tuple(unnamed.get(name, name) for name in names)
    assert read.disagreement == ""


def test_the_number_alone_mostly_gives_the_names() -> None:
    right = 0
    for _, line, names in named():
        value = read_printed(line).value
        right += set(read_printed(f"{value:#x}").names) == set(names)
    assert right >= len(named()) - 6


@pytest.mark.parametrize(("release", "line", "names"), numbers_only())
def test_a_number_is_read_by_the_table_of_its_kernel(
    release: str, line: str, names: tuple[str, ...]
) -> None:
    read = read_printed(line, kernel=release)
    assert read.printed is None and read.names == names
    assert (read.how, read.disagreement) == ("said", "")


@pytest.mark.parametrize(("release", "line", "names"), numbers_only())
def test_a_number_alone_finds_the_names(release: str, line: str, names: tuple[str, ...]) -> None:
    read = read_printed(line)
    assert set(read.names) == set(names)
    assert read.how == "number" and not read.disagreement


def test_a_line_with_two_masks_has_one_kernel() -> None:
    line = next(line for _, line, _ in named() if "Fixing up" in line)
    first, second = all_printed(line)
    assert [first.names, second.names] == [("__GFP_HIGHMEM",), ("GFP_KERNEL",)]
    assert first.eras == second.eras and first.spans == "5.1 and newer"
