"""The audit finds exactly the places that the hazards were built around."""

from __future__ import annotations

import pytest

from oomlab import run
from oomlab.analysis.audit import blocking_requests, callback_locks
from oomlab.gfp import flags as gfp
from oomlab.scenarios import SCENARIOS
from oomlab.views.audit import places_under, requests

DRIVER = ("update_balloon_size_func", "fill_balloon", "lock_then_allocate", "balloon_page_alloc")
CCW = ("virtballoon_oom_notify", "update_balloon_size", "virtio_ccw_set_config", "kmalloc")


def test_a_request_under_a_callbacks_lock_is_found_with_its_way() -> None:
    trace = run("h2-three-task-poll")
    locks = callback_locks([trace])
    assert locks == {"balloon_lock"}
    (found,) = blocking_requests(trace, locks)
    assert (found.path, found.gfp) == (DRIVER, gfp.BALLOON_INFLATE)
    assert (found.locks, found.in_callback) == (("balloon_lock",), False)


def test_a_request_inside_a_callback_is_found_whatever_is_held() -> None:
    (found,) = blocking_requests(run("h3b-ccw-config-write"), set())
    assert (found.path, found.locks, found.in_callback) == (CCW, (), True)
    assert found.gfp == gfp.DMA | gfp.GFP_KERNEL


@pytest.mark.parametrize("remedy", ["nowait-fill", "allocate-outside"])
def test_a_request_that_waits_nowhere_or_without_the_lock_is_none(remedy: str) -> None:
    assert blocking_requests(run("h2-three-task-poll", remedy), {"balloon_lock"}) == []


def test_what_each_change_leaves() -> None:
    left = {
        remedy: [place.path for place in places_under(remedy) if place.waits]
        for remedy in ("mainline", "nowait-tell", "nowait-fill", "nowait-both")
    }
    everything = left["mainline"]
    assert len(everything) == len(set(everything)) == 7
    tell = next(path for path in everything if "tell_host" in path)
    assert [p for p in everything if p not in left["nowait-tell"]] == [tell]
    assert [p for p in everything if p not in left["nowait-fill"]] == [DRIVER]
    assert [p for p in everything if p not in left["nowait-both"]] == [DRIVER, tell]


def test_the_real_driver_asks_for_nothing_where_the_thread_looked() -> None:
    traces = [run(name) for name in SCENARIOS]
    locks = callback_locks(traces)
    found = {r.path for trace in traces for r in blocking_requests(trace, locks)}
    assert not any("virtqueue_add_outbuf" in path for path in found)
    assert len(found) == 6


def test_the_picture_marks_what_may_wait() -> None:
    before, after = requests("mainline"), requests("nowait-both")
    assert before.picture.count('fill="url(') == after.picture.count('fill="url(') + 2 * 2
    assert after.sentence.startswith("5 of 7 places may wait for memory. Still to be changed: ")
    assert "balloon_page_alloc, with balloon_lock held: does not wait." in after.twin
    assert "balloon_page_alloc, with balloon_lock held: may wait for memory." in before.twin
