"""A link carries a bench, and anything else is refused without being run."""

from __future__ import annotations

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomlab.errors import InputError
from oomlab.workbench import STARTERS, Bench, link_of, texts_of
from oomlab.workbench.reading import LONGEST_TEXT


def packed(value: object) -> str:
    data = zlib.compress(json.dumps(value).encode())
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize("name", STARTERS)
def test_a_bench_comes_back(name: str) -> None:
    bench = STARTERS[name].bench()
    link = link_of(bench)
    assert link.replace("-", "").replace("_", "").isalnum()
    assert Bench(**texts_of(link)) == bench


@pytest.mark.parametrize(
    "link",
    [
        "",
        "abc",
        "%%%",
        packed([]),
        packed({"callback": "x"}),
        packed({"callback": 1, "holder": "", "remedy": ""}),
        packed({"callback": "x" * (LONGEST_TEXT + 1), "holder": "", "remedy": ""}),
        packed({"callback": "", "holder": "", "remedy": "", "more": ""}),
        packed({"callback": "", "holder": "", "remedy": ""})[:-6],
        packed("x" * 10_000_000),
        "A" * 10_000_000,
    ],
)
def test_what_is_no_bench_is_refused_in_one_line(link: str) -> None:
    with pytest.raises(InputError, match="this link") as wrong:
        texts_of(link)
    assert "\n" not in str(wrong.value)


def test_following_a_link_runs_nothing() -> None:
    texts = {"callback": "import os\n", "holder": "", "remedy": "mainline"}
    assert texts_of(packed(texts)) == texts
    with pytest.raises(InputError, match="nothing can be imported"):
        Bench(**texts)


@given(st.text(alphabet="abcXYZ019-_", max_size=200))
def test_letters_at_random_are_refused(link: str) -> None:
    with pytest.raises(InputError):
        texts_of(link)
