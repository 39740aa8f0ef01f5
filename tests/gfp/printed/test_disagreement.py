"""What does not fit is the finding: names and number, version and names, a mask that cannot be."""

from __future__ import annotations

import pytest

from oomlab.gfp.printed import read_printed


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "0xcc0(GFP_KERNEL|__GFP_ZERO)",
            "GFP_KERNEL|__GFP_ZERO is 0xdc0, the number is 0xcc0; the number lacks __GFP_ZERO "
            "(0x100)",
        ),
        (
            "0xdc0(GFP_KERNEL)",
            "GFP_KERNEL is 0xcc0, the number is 0xdc0; the number has besides __GFP_ZERO (0x100)",
        ),
        (
            "0x24200ca(GFP_KERNEL)",
            "on Linux 4.8 to 4.9 GFP_KERNEL is 0x24000c0, the number is 0x24200ca; the number has "
            "besides __GFP_HIGHMEM|__GFP_HARDWALL|__GFP_MOVABLE (0x2000a)",
        ),
        ("0xcc0(GFP_WHATEVER)", "no known kernel has a GFP flag GFP_WHATEVER"),
        ("0x0(GFP_KERNEL)", "GFP_KERNEL is 0xcc0, the number is 0x0"),
        ("0xcc0(GFP_KERNEL|__GFP_WAIT)", "has no __GFP_WAIT, and no known kernel prints"),
    ],
)
def test_names_and_number_disagree(text: str, told: str) -> None:
    assert told in read_printed(text).disagreement


@pytest.mark.parametrize(
    ("text", "kernel", "told"),
    [
        (
            "gfp_mask=0xcc0(GFP_KERNEL)",
            "4.19.0",
            "Linux 4.19 (4.19.0) does not print this: number and names agree on Linux 5.1 and "
            "newer only",
        ),
        ("0x6000c0(GFP_KERNEL)", "6.1", "agree on Linux 4.18 to 5.0 only"),
        ("0x14000c0", "5.15.0-91-generic", ""),
        ("0xcc0", "4.14.79", "on Linux 5.1 and newer it is GFP_KERNEL"),
        ("0x24000c0", "5.4.0", "0x2000000 means nothing to Linux 5.1 to 5.13; on Linux 4.4"),
        ("0x4000000", "4.19", "0x4000000 means nothing to Linux 4.18 to 5.0"),
        ("0x200", "6.12.0", "0x200 means nothing to Linux 6.10 to 6.14"),
    ],
)
def test_a_version_that_does_not_fit_is_said(text: str, kernel: str, told: str) -> None:
    read = read_printed(text, kernel=kernel)
    if told:
        assert told in read.disagreement
    else:  # odd, but possible
        assert read.readings[0].names == ("GFP_KERNEL",) != read.names
        assert "unusual for Linux" in read.doubts[-1] and "GFP_KERNEL" in read.doubts[-1]


def test_the_kernels_own_names_count_for_more_than_the_version() -> None:
    read = read_printed("gfp_mask=0xcc0(GFP_KERNEL)", kernel="4.19.0")
    assert read.names == ("GFP_KERNEL",) and read.request().table.value("GFP_KERNEL") == 0xCC0
    assert str(read.request().table.release) == "4.19"  # its rules are still those of its release


@pytest.mark.parametrize(
    "kernel",
    ["5.14.0-427.el9", "4.17.0-next-20180613", "5.0.0-12345-gabcdef0123"],
)
def test_of_some_kernels_later_masks_are_expected(kernel: str) -> None:
    text = "0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO)"
    read = read_printed(text, kernel=kernel)
    assert not read.disagreement and "does not print this" in read.doubts[-1]
    assert read.names == ("GFP_HIGHUSER_MOVABLE", "__GFP_COMP", "__GFP_ZERO")


def test_a_number_of_red_hat_9_may_be_of_a_later_release() -> None:
    read = read_printed("0x140dca", kernel="5.14.0-427.el9")
    assert read.names == ("GFP_HIGHUSER_MOVABLE", "__GFP_COMP", "__GFP_ZERO")
    assert "which fit better" in read.doubts[-1]
    plain = read_printed("0x1100cca", kernel="5.14.0-70.el9")
    assert plain.names == ("GFP_HIGHUSER_MOVABLE",) and plain.era.name == "5.14"


@pytest.mark.parametrize(
    ("text", "told", "eras"),
    [
        ("0xdc0(__GFP_ZERO|GFP_KERNEL)", "in an order in which no known kernel", "5.1 and newer"),
        ("0xcc0(__GFP_RECLAIM|__GFP_IO|__GFP_FS)", "together the names are worth", "5.1 and newer"),
        ("0xd0(GFP_KERNEL)", "print no names", "2.6.24 to 4.3"),
        ("0x24280ca(GFP_HIGHUSER_MOVABLE|GFP_ZERO)", "development kernels of 4.5", "4.4 to 4.9"),
    ],
)
def test_names_that_fit_in_their_own_way(text: str, told: str, eras: str) -> None:
    read = read_printed(text)
    assert told in read.doubts[0] and not read.disagreement
    assert (read.how, read.spans) == ("names", eras)


def test_a_number_that_no_kernel_can_have_is_not_explained_silently() -> None:
    read = read_printed("0xf0000cc0")
    assert read.disagreement.startswith("no known kernel has this mask: 0x")


def test_a_reading_that_contradicts_itself_comes_after_one_that_does_not() -> None:
    read = read_printed("0x8000")
    assert (read.names, read.spans) == (("__GFP_ZERO",), "2.6.24 to 5.0")
    assert read.others[0].names == ("__GFP_NOFAIL",) and read.others[0].problem
