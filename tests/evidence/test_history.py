"""The registry of messages and commits: whole, in order, and nothing printed that is unchecked."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from oomlab.errors import InputError
from oomlab.evidence.history import (
    ARCHIVE,
    HISTORY,
    KINDS,
    cite,
    event,
    events,
    history_markdown,
)

DATE = re.compile(r"20\d\d(-[01]\d(-[0-3]\d)?)?")


def test_every_event_is_complete() -> None:
    for one in HISTORY:
        assert DATE.fullmatch(one.date), one
        assert one.kind in KINDS, one
        assert one.who, one
        assert one.evidence, one
        assert one.what.endswith((".", "?")), one
        if one.ident:
            shape = r"[0-9a-f]{12,40}" if one.kind == "commit" else r"[^@\s]+@[^@\s]+\.[a-z]+"
            assert re.fullmatch(shape, one.ident), one


def test_keys_and_ids_are_used_once() -> None:
    keys = [one.key for one in HISTORY]
    assert len(set(keys)) == len(keys)
    idents = [one.ident for one in HISTORY if one.ident]
    assert len(set(idents)) == len(idents)


def test_the_story_is_told_in_its_order() -> None:
    dates = [one.date for one in HISTORY]
    # A coarse date stands before, among or behind the finer ones of its year or month.
    for earlier, later in pairwise(dates):
        shared = min(len(earlier), len(later))
        assert earlier[:shared] <= later[:shared], (earlier, later)


def test_only_commits_have_releases() -> None:
    for one in HISTORY:
        assert not one.release or one.kind == "commit", one
        assert re.fullmatch(r"(\d\.\d+)?", one.release), one


def test_links_lead_to_the_thing_itself() -> None:
    assert event("merged").link.endswith("/torvalds/c/c7cdff0e864713a089d7cb3a2b1136ba9a54881a")
    assert event("merged").short_ident == "c7cdff0e8647"
    report = event("report")
    assert report.link == f"https://lore.kernel.org/all/{report.ident}/"
    assert event("rcu-hotplug").link == ARCHIVE  # its id is not known
    assert cite("report") == f"[Tetsuo Handa, 2017-09-11]({report.link})"


def test_events_are_chosen_by_kind_and_by_date() -> None:
    thread = list(events("message", "2017-09", "2017-10-03"))
    assert thread[0].key == "report"
    assert thread[-1].key == "conceded"
    assert {one.kind for one in events("commit")} == {"commit"}
    assert list(events()) == list(HISTORY)
    with pytest.raises(InputError, match="valid: message, commit"):
        list(events("mail"))  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"unknown event .reprot.; valid: .*report"):
        event("reprot")


def test_markdown_names_commit_release_and_evidence() -> None:
    (line,) = history_markdown([event("merged")]).splitlines()
    assert "[`c7cdff0e8647`](https://git.kernel.org/torvalds/c/c7cdff0e8647" in line
    assert "first in 4.15" in line
    assert "4.14.5" in line
    without = history_markdown([event("rcu-hotplug")])
    assert f"[archive]({ARCHIVE})" in without
