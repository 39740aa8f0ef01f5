"""Kills that need not have been, all of them; and kills at the pace of a waiting limit."""

from __future__ import annotations

import pytest

from oomlab.logs.story import LogFinding
from oomlab.logs.story.reports import LogReading, Notice
from oomlab.logs.story.telling import story_of
from oomlab.remedies.notifier_thread import RFC_TIMEOUT_S
from tests.logs.story.made_up import SECOND, oom, reading, zone

FREE, SHORT = zone(9000), zone(20)


def of_kind(log: LogReading, kind: str) -> list[LogFinding]:
    return [one for one in story_of(log).findings if one.kind == kind]


def test_every_kill_while_memory_was_free_is_counted_and_shown() -> None:
    kills = [
        oom(100 * n, 60 * n, victim=f"hog:{n}", zone=SHORT if n == 3 else FREE) for n in range(1, 5)
    ]
    (found,) = of_kind(reading(ooms=kills), "asked too early")
    assert found.sentence.startswith("hog:1 was killed while 9000 pages")
    assert found.sentence.endswith("So were 2 more: hog:2, hog:4.")
    assert [quote.line for quote in found.quotes] == [130, 230, 430]


def test_one_kill_has_no_more() -> None:
    (found,) = of_kind(reading(ooms=[oom(9, 10, zone=FREE)]), "asked too early")
    assert "more:" not in found.sentence


def test_every_kill_after_pages_came_back_is_counted() -> None:
    purges = [Notice("purge", "", 60 * n * SECOND, 100 * n - 1, "Purging", 700) for n in (1, 2)]
    kills = [oom(100 * n, 60 * n, victim=f"hog:{n}", zone=FREE) for n in (1, 2)]
    (found,) = of_kind(reading(ooms=kills, notices=purges), "asked too early")
    assert found.sentence.endswith("So was 1 more: hog:2.")
    assert [quote.line for quote in found.quotes] == [99, 130, 199, 230]


PACES = {
    "at the limit": (0.0, FREE, True),
    "a little later": (0.2, FREE, True),
    "too soon": (-0.3, FREE, False),
    "too late": (0.8, FREE, False),
    "with memory short": (0.1, SHORT, False),
}


@pytest.mark.parametrize("case", PACES)
def test_a_second_kill_at_the_limit_with_memory_free_is_suspicious(case: str) -> None:
    late, then, suspicious = PACES[case]
    first = oom(10, 20, victim="hog:1", zone=SHORT)
    second = oom(90, 20 + RFC_TIMEOUT_S + late, victim="hog:2", zone=then)
    found = of_kind(reading(ooms=[first, second]), "waiting limit")
    assert bool(found) == suspicious
    for one in found:
        assert one.severity == "notice"
        assert "suspicion" in one.sentence
        assert [quote.line for quote in one.quotes] == [40, 120]


def test_several_such_pairs_are_counted_and_each_kill_is_shown_once() -> None:
    kills = [oom(100 * n, 20 + 5.1 * n, victim=f"hog:{n}", zone=FREE) for n in range(3)]
    (found,) = of_kind(reading(ooms=kills), "waiting limit")
    assert "(2 times in this log)" in found.sentence
    assert [quote.line for quote in found.quotes] == [30, 130, 230]


def test_a_kill_by_kswapd_is_no_ordinary_one() -> None:
    log = reading(ooms=[oom(9, 10, task="kswapd0:30", path="kswapd")])
    (found,) = story_of(log).findings
    assert (found.kind, found.severity) == ("kswapd", "notice")
    assert "min_ttl_ms" in found.sentence
    assert "one-round-of-the-slow-path" not in found.chapter.href


def test_what_requests_led_to_is_told_beside_what_kswapd_did() -> None:
    log = reading(ooms=[oom(9, 10, task="kswapd0:30", path="kswapd"), oom(90, 40, task="tar:4")])
    kinds = {one.kind: one.sentence for one in story_of(log).findings}
    assert "An ordinary OOM: tar:4 asked" in kinds["ordinary"]
    assert "kswapd" in kinds
