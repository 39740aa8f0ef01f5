"""The page about what changed: every difference, with its release, its source and its places."""

from __future__ import annotations

from oomlab.evidence import changes_markdown
from oomlab.evidence.years import YEARS
from oomlab.kernel.releases import DIFFERENCES


def test_each_difference_has_a_row_and_its_release_stands_once() -> None:
    head, rule, *rows = changes_markdown().splitlines()
    assert head.count("|") == rule.count("|") == 3
    assert len(rows) == len(DIFFERENCES)
    for one, row in zip(DIFFERENCES.values(), rows, strict=True):
        assert one.what in row and one.why_none in row
        assert all(f'href="{place.replace("#", ".html#", 1)}"' in row for place in one.shows)
        assert (f"Until {one.until}." in row) == (one.until is not None)
    first = {one.since for one in DIFFERENCES.values()}
    assert [row.split("|")[1].strip() for row in rows if row.split("|")[1].strip()] == [
        f"**{since}**, {YEARS[since]}" for since in sorted(first)
    ]


def test_a_commit_is_a_link_unless_it_is_of_somebodys_own_tree() -> None:
    page = changes_markdown()
    assert "[`9bfe5ded054b`](https://git.kernel.org/torvalds/c/9bfe5ded054b)" in page
    assert "torvalds/c/d3cf56333af5" not in page and "d3cf56333af5 in its author's tree" in page


def test_years_rise_with_the_releases() -> None:
    assert [YEARS[release] for release in sorted(YEARS)] == sorted(YEARS.values())
