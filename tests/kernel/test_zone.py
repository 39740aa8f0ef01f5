"""Watermarks: the kernel's arithmetic, with its strict comparison."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomlab.engine.model import Layout
from oomlab.engine.ops import outcomes, take_page
from oomlab.errors import InputError
from oomlab.gfp import flags
from oomlab.kernel.zone import (
    ALLOC_HARDER,
    ALLOC_HIGH,
    ALLOC_NO_WATERMARKS,
    ALLOC_WMARK_HIGH,
    ALLOC_WMARK_LOW,
    ALLOC_WMARK_MIN,
    Watermarks,
    gfp_to_alloc_flags,
    watermark,
    watermarks_for,
)

HUNDRED = Watermarks(100, 120, 140)


@pytest.mark.parametrize(
    ("alloc_flags", "mark"),
    [
        (ALLOC_WMARK_MIN, 100),
        (ALLOC_WMARK_LOW, 120),
        (ALLOC_WMARK_HIGH, 140),
        (ALLOC_HARDER, 75),
        (ALLOC_HIGH, 50),
        (ALLOC_HIGH | ALLOC_HARDER, 38),
        (ALLOC_NO_WATERMARKS, -1),
        (ALLOC_NO_WATERMARKS | ALLOC_HIGH, -1),
    ],
)
def test_marks_of_a_request(alloc_flags: int, mark: int) -> None:
    assert watermark(HUNDRED, alloc_flags) == mark


@pytest.mark.parametrize(
    ("gfp", "alloc_flags"),
    [
        (flags.GFP_KERNEL, 0),
        (flags.GFP_ATOMIC, ALLOC_HIGH | ALLOC_HARDER),
        (flags.GFP_ATOMIC | flags.NOMEMALLOC, ALLOC_HIGH),
        (flags.GFP_KERNEL | flags.HIGH, ALLOC_HIGH),
        (flags.BALLOON_INFLATE, 0),
    ],
)
def test_what_a_mask_may_dig_into(gfp: int, alloc_flags: int) -> None:
    assert gfp_to_alloc_flags(gfp) == alloc_flags


@pytest.mark.parametrize(("free", "got"), [(99, False), (100, False), (101, True)])
def test_strictly_more_than_the_mark_must_be_free(free: int, got: bool) -> None:
    layout = Layout()
    source, target = layout.pool("free", free, role="free"), layout.pool("hand", role="kept")
    (outcome,) = outcomes(layout.initial, 0, take_page(source, target, 100))
    assert outcome.result is got
    assert outcome.state == ((free - 1, 1) if got else (free, 0))


@pytest.mark.parametrize("mark", [-1, 0])
def test_not_even_a_request_without_mark_takes_what_is_not_there(mark: int) -> None:
    layout = Layout()
    source, target = layout.pool("free", 0, role="free"), layout.pool("hand", role="kept")
    (outcome,) = outcomes(layout.initial, 0, take_page(source, target, mark))
    assert outcome.result is False


@pytest.mark.parametrize(
    ("managed", "marks"),
    [
        # 64 MiB: sqrt(16 * 65536 KiB) = 1024 KiB = 256 pages, a quarter of them between marks.
        (16384, Watermarks(256, 320, 384)),
        # 4 MiB: sqrt(16 * 4096 KiB) = 256 KiB.
        (1024, Watermarks(64, 80, 96)),
        # 1 MiB: not less than 128 KiB.
        (256, Watermarks(32, 40, 48)),
        # 1 TiB: not more than 64 MiB, and a thousandth of the pages between marks.
        (1 << 28, Watermarks(16384, 16384 + 268435, 16384 + 2 * 268435)),
    ],
)
def test_the_kernels_own_choice(managed: int, marks: Watermarks) -> None:
    assert watermarks_for(managed) == marks


@given(st.integers(1, 1 << 30))
def test_the_kernels_marks_are_in_order(managed: int) -> None:
    marks = watermarks_for(managed)
    assert 32 <= marks.min < marks.low < marks.high


@pytest.mark.parametrize("marks", [(-1, 0, 0), (2, 1, 3), (1, 3, 2)])
def test_marks_out_of_order_are_refused(marks: tuple[int, int, int]) -> None:
    with pytest.raises(InputError, match="0 <= min <= low <= high"):
        Watermarks(*marks)
