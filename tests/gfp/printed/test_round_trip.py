"""Any mask, printed in any era and read again, is in that era and has the same names."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from oomlab.gfp.eras import ERAS, Era
from oomlab.gfp.expression import printed_names
from oomlab.gfp.printed import read_printed
from oomlab.gfp.printed.readings import builds, readings
from oomlab.gfp.tables import table_of

NAMED = [era for era in ERAS if era.named]
MASKS = st.integers(0, (1 << 28) - 1)


@given(st.sampled_from(NAMED), MASKS, st.data())
@example(NAMED[0], 0x24201CA, None)
def test_a_printed_mask_comes_back(era: Era, mask: int, data: st.DataObject | None) -> None:
    options = builds(era, frozenset())
    config = data.draw(st.sampled_from(options)) if data else options[0]
    numbers = table_of(era, config)
    names = tuple(printed_names(mask, numbers))
    read = read_printed(f"gfp_mask={mask:#x}({'|'.join(names)}), order=0")
    assert read.value == mask and read.names == names and not read.disagreement
    assert era in read.eras
    said = read_printed(f"mode:{mask:#x}({'|'.join(names)})", kernel=era.name)
    assert said.names == names and said.how == "said" and not said.disagreement


@given(MASKS)
def test_every_era_is_in_one_reading(mask: int) -> None:
    found = readings(mask)
    assert sorted(era.first for one in found for era in one.eras) == [era.first for era in ERAS]
    assert [one.against for one in found] == sorted(one.against for one in found)


@given(st.sampled_from(ERAS), MASKS)
def test_a_number_and_a_version_give_the_names_of_the_version(era: Era, mask: int) -> None:
    read = read_printed(f"{mask:#x}", kernel=era.name)
    assert read.era is era and read.names == tuple(printed_names(mask, table_of(era)))


@given(st.text(max_size=200))
def test_no_text_is_an_error_of_its_own(text: str) -> None:
    line = f"a invoked oom-killer: gfp_mask=0xcc0({text}), order=0"
    assert read_printed(line).value == 0xCC0
