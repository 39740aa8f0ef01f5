"""The hash table of the search against a dict."""

from __future__ import annotations

from array import array

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from oomlab.engine.explorer.numbering import Keys, Numbering

LARGEST = 2**63 - 1

words = st.one_of(st.integers(0, 5), st.integers(0, LARGEST), st.just(LARGEST))
batches = st.lists(st.lists(st.tuples(words, words), max_size=40), max_size=6)


def columns(keys: list[tuple[int, int]]) -> Keys:
    """One array for each word."""
    return [np.array([key[word] for key in keys], np.int64) for word in range(2)]


@given(batches)
def test_keys_are_numbered_in_the_order_in_which_they_appear(
    found: list[list[tuple[int, int]]],
) -> None:
    numbering, known = Numbering([array("q"), array("q")]), dict[tuple[int, int], int]()
    for keys in found:
        first = [i for i, key in enumerate(keys) if key not in known and key not in keys[:i]]
        wanted = [known.setdefault(key, len(known)) for key in keys]
        numbers, new = numbering.number(columns(keys))
        assert numbers.tolist() == wanted
        assert new.tolist() == first
        assert len(numbering) == len(known)
    kept = zip(*(column.tolist() for column in numbering.keys(0, len(known))), strict=True)
    assert list(kept) == list(known)


def test_numbers_outlast_the_growth_of_the_table() -> None:
    numbering, keys = Numbering([array("q")]), np.arange(0, 300_000, 3)
    for part in np.array_split(keys, 17):
        numbering.number([part])
    numbers, new = numbering.number([keys[::-1]])
    assert (numbers == np.arange(len(keys))[::-1]).all()
    assert not len(new)


def test_keys_that_begin_their_search_in_the_same_slot_stay_apart() -> None:
    """As many keys as fill half the smallest table to the last, so that many must go further."""
    numbering = Numbering([array("q")])
    keys = np.arange(512) << 40
    assert numbering.number([keys])[0].tolist() == list(range(512))
    assert numbering.number([np.concatenate([keys + 1, keys])])[0].tolist() == [
        *range(512, 1024),
        *range(512),
    ]
