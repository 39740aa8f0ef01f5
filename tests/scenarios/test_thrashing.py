"""Reclaim that makes a little progress for ever: nobody asks the OOM killer, and no listener."""

from __future__ import annotations

import pytest

from oomlab import explore, replay, run
from oomlab.analysis.outcome import failed_allocations, kills, oom_calls, pages_returned
from oomlab.engine.ops import Routine
from oomlab.engine.trace.narration import explain
from oomlab.evidence.ledger.lab import rounds_of_reclaim

FIRECRACKER_4324 = {
    "managed_pages": 262144,
    "balloon_pages": 230400,
    "cache_pages": 24000,
    "working_set": 28000,
}
"""A guest of 1 GiB with 900 MiB in its balloon; what its program needs is our guess."""


@pytest.mark.parametrize("given", [{}, FIRECRACKER_4324], ids=["small", "as reported"])
def test_no_listener_is_asked_however_full_the_balloon(given: dict[str, float]) -> None:
    trace = run("thrashing", "mainline", given)
    assert trace.verdict == "livelock"
    assert (oom_calls(trace), kills(trace), pages_returned(trace)) == ((), (), 0)
    assert failed_allocations(trace) == 0 and rounds_of_reclaim(trace, "program") > 1
    assert trace.values_at(trace.ended_at_us)["balloon"] == given.get("balloon_pages", 4096)


def test_a_shrinker_is_asked_by_every_reclaim() -> None:
    trace = run("thrashing", "shrinker")
    assert (trace.verdict, oom_calls(trace)) == ("completed", ())
    assert pages_returned(trace) >= 64


def test_one_page_too_many_is_enough() -> None:
    assert run("thrashing", "mainline", {"working_set": 65}).verdict == "livelock"
    assert run("thrashing", "mainline", {"working_set": 64}).verdict == "completed"


def test_the_shortest_circle_reclaims_what_it_reads() -> None:
    found = explore("thrashing")
    assert found.verdict.livelock and not found.verdict.blocked
    trace = replay(found.replay)
    told = [explain(trace, event) for event in trace.events]
    assert any("reclaims 1 page (" in line or line.endswith("reclaims 1 page") for line in told)
    assert not any("finds nothing" in line for line in told)


def test_a_reclaim_that_does_not_count_progress_would_call_the_oom_killer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What keeps the OOM killer away is that reclaim gives pages: without that it is asked."""

    def nothing(*_: object) -> Routine:
        yield from ()
        return 0

    monkeypatch.setattr("oomlab.kernel.page_alloc.try_to_free_pages", nothing)
    trace = run("thrashing", "mainline")
    assert len(oom_calls(trace)) > 0 and pages_returned(trace) == 256
