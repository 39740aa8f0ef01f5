"""What the host is told of a batch, with num_pfns advanced too early and in time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomlab.errors import InputError
from oomlab.listeners.pfn_array import ARRAY_PFNS_MAX, announce

PAGE_SIZES = st.sampled_from([1, 4, 16])


@st.composite
def batches(draw: st.DrawFn) -> tuple[list[int], int]:
    """First units of the pages of a batch, none of them page 0, and units to a page."""
    per_page = draw(PAGE_SIZES)
    pages = draw(st.integers(1, ARRAY_PFNS_MAX // per_page))
    numbers = draw(st.lists(st.integers(1, 9999), min_size=pages, max_size=pages, unique=True))
    return [number * per_page for number in numbers], per_page


@given(batches())
def test_in_time_the_host_reads_exactly_the_pages_lent_last_come_first(
    batch: tuple[list[int], int],
) -> None:
    units, per_page = batch
    told = announce(units, per_page, "after")
    assert told.read == told.lent
    assert told.read[0] == units[-1]
    assert not told.stale
    assert not told.untold
    assert not told.overrun


@given(batches())
def test_too_early_one_page_is_lost_and_page_0_is_told_instead(
    batch: tuple[list[int], int],
) -> None:
    units, per_page = batch
    told = announce(units, per_page, "before")
    assert told.length == len(units) * per_page
    assert told.stale == tuple(range(per_page))
    assert set(told.read[:per_page]) == {0}
    assert told.read[per_page:] == told.lent[:-per_page]
    assert told.untold == tuple(units[0] + i for i in range(per_page))


@given(batches())
def test_too_early_a_full_batch_writes_behind_the_end(batch: tuple[list[int], int]) -> None:
    units, per_page = batch
    full = len(units) * per_page == ARRAY_PFNS_MAX
    overrun = announce(units, per_page, "before").overrun
    assert overrun == (tuple(range(ARRAY_PFNS_MAX, ARRAY_PFNS_MAX + per_page)) if full else ())


def test_a_second_batch_finds_what_the_first_has_left() -> None:
    first = announce([10, 20, 30], 1, "after")
    second = announce([40, 50], 1, "before", before=first.slots)
    assert second.read == (30, 50)  # 30 was lent before: discarded again, whoever has it now
    assert second.untold == (40,)


@pytest.mark.parametrize(
    ("units", "per_page", "advance", "said"),
    [
        ([], 1, "after", "from 1 to 256 units of 4 KiB, not 0"),
        ([0] * 257, 1, "after", "not 257"),
        ([0] * 17, 16, "after", "not 272"),
        ([1], 1, "late", "unknown order 'late'; valid: before, after"),
    ],
)
def test_what_makes_no_sense_is_refused(
    units: list[int], per_page: int, advance: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        announce(units, per_page, advance)
