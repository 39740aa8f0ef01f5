"""Who waits for whom, and how it is known, from stacks and from what the kernel says itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomlab.analysis import Edge, first_cycle_us, span_at, task_spans, wait_for_graph
from oomlab.logs.story.seen import Sighting
from oomlab.logs.story.telling import story_of
from oomlab.logs.story.wants import want
from tests.logs.story.made_up import (
    ALLOC,
    CHAIN,
    DEFLATES,
    FAULT,
    INFLATES,
    MUTEX,
    NAP,
    SECOND,
    WRITES,
    reading,
    seen,
)


def edges(*sightings: Sighting, release: str | None = "4.13") -> dict[Edge, str]:
    waits = story_of(reading(*sightings, release=release)).waits
    return {one.edge: one.known for one in waits.edges}


def test_a_hung_guest_of_4_13_waits_in_a_circle() -> None:
    story = story_of(
        reading(seen("kworker/1:2:77", INFLATES, 10), seen("writer:90", DEFLATES + WRITES, 60))
    )
    found = {one.edge: one.known for one in story.waits.edges}
    lock = "a lock met in reclaim"
    assert found == {
        Edge("kworker/1:2:77", "writer:90", lock, "lock"): "inferred",
        Edge("writer:90", "kworker/1:2:77", "balloon_lock", "lock"): "a sure frame",
    }
    assert len(story.waits.graph.cycle) == 2
    assert story.severity == "deadlock"


def test_the_owner_that_the_kernel_names_is_believed() -> None:
    found = edges(
        seen("kworker/1:2:77", INFLATES, 10, owner="writer:90"),
        seen("writer:90", DEFLATES + WRITES, 60, owner="kworker/1:2:77"),
        release="7.3",
    )
    assert set(found.values()) == {"said by the kernel"}
    assert len(found) == 2


def test_since_4_15_a_worker_that_asks_for_pages_has_not_the_lock() -> None:
    sightings = (seen("kworker/1:2:77", INFLATES, 10), seen("writer:90", DEFLATES + WRITES, 60))
    assert len(edges(*sightings, release="4.13")) == 2
    later = story_of(reading(*sightings, release="5.15"))
    assert all(one.edge.what != "balloon_lock" for one in later.waits.edges)
    assert any("who has balloon_lock" in text for text in later.unsaid)


def test_where_the_release_is_not_known_that_is_inferred() -> None:
    found = edges(
        seen("kworker/1:2:77", INFLATES), seen("writer:90", DEFLATES + WRITES), release=None
    )
    known = {edge.what: how for edge, how in found.items()}
    assert known["balloon_lock"] == "inferred"


def test_listed_locks_name_the_lock_and_its_holder() -> None:
    found = edges(
        seen("kworker/1:2:77", INFLATES, 10, listed=["&vb->balloon_lock", "&sb->s_umount"]),
        seen(
            "writer:90", DEFLATES + WRITES, 60,
            listed=["&sb->s_umount", "oom_lock", "(oom_notify_list).rwsem", "&vb->balloon_lock"],
        ),
    )  # fmt: skip
    assert set(found) == {
        Edge("kworker/1:2:77", "writer:90", "sb->s_umount", "lock"),
        Edge("writer:90", "kworker/1:2:77", "balloon_lock", "lock"),
    }
    assert set(found.values()) == {"said by the kernel"}


def test_the_circle_of_three_closes_by_polling() -> None:
    story = story_of(
        reading(
            seen("kworker/1:2:77", INFLATES, 10),
            seen("hog:91", DEFLATES + FAULT, 60),
            seen("writer:90", NAP + ALLOC + WRITES, 110, why="blocked task"),
        )
    )
    kinds = {(one.edge.waiter, one.edge.holder): one.edge.kind for one in story.waits.edges}
    assert kinds["writer:90", "hog:91"] == "poll"
    assert len(story.waits.graph.cycle) == 3
    assert story.findings[0].kind == "circle by polling"


def test_a_stall_behind_oom_lock_is_an_inferred_poll() -> None:
    stall = seen("writer:90", "dump_stack warn_alloc " + ALLOC + WRITES, 110, why="stall")
    with_holder = edges(seen("hog:91", DEFLATES + FAULT, 60), stall)
    assert with_holder[Edge("writer:90", "hog:91", "oom_lock", "poll")] == "inferred"
    assert edges(stall) == {}


@pytest.mark.parametrize(
    ("stack", "holder"),
    [
        ("__schedule schedule tell_host leak_balloon virtballoon_oom_notify ", "host"),
        (
            "__schedule schedule i915_gem_shrinker_lock_uninterruptible i915_gem_shrinker_oom ",
            "gpu",
        ),
        ("__schedule schedule rcu_oom_notify ", "rcu"),
        ("schedule schedule_timeout dma_fence_default_wait i915_gem_shrinker_oom ", "gpu"),
    ],
)
def test_an_answer_that_never_comes_is_waited_for(stack: str, holder: str) -> None:
    found = edges(seen("hog:91", stack + CHAIN + ALLOC + FAULT))
    assert [(edge.holder, edge.kind) for edge in found] == [(holder, "event")]


def test_i915_tries_its_lock_again_and_again() -> None:
    stack = NAP + "i915_gem_shrinker_lock_uninterruptible i915_gem_shrinker_oom " + CHAIN + ALLOC
    found = want(seen("hog:91", stack, why="blocked task"))
    assert found is not None
    assert (found.lock, found.kind) == ("struct_mutex", "poll")


def test_frames_with_a_question_mark_hold_no_lock() -> None:
    doubted = "?leak_balloon ?virtballoon_oom_notify " + ALLOC + FAULT
    found = edges(seen("a:1", DEFLATES + WRITES), seen("b:2", NAP + doubted))
    assert "balloon_lock" not in {edge.what for edge in found}


def test_if_nothing_is_certain_the_rest_is_read_and_marked() -> None:
    stack = " ".join(f"?{name}" for name in (DEFLATES + WRITES).split())
    found = want(seen("writer:90", stack))
    assert found is not None
    assert (found.lock, found.known) == ("balloon_lock", "a frame that may be stale")


@pytest.mark.parametrize("primitive", ["mutex_lock", "down_read", "rwsem_down_read_failed",
    "rwsem_down_read_slowpath", "__mutex_lock.constprop.0", "__mutex_lock_slowpath"])  # fmt: skip
def test_every_name_of_a_waiting_lock_is_known(primitive: str) -> None:
    found = want(seen("a:1", f"__schedule schedule {primitive} ext4_map_blocks vfs_read"))
    assert found is not None
    assert found.asked_in == "ext4_map_blocks"


def test_several_who_may_have_a_lock_are_named_and_none_is_chosen() -> None:
    story = story_of(
        reading(
            seen("kworker/1:2:77", INFLATES, 10),
            seen("writer:90", DEFLATES + WRITES, 60),
            seen("other:92", NAP + ALLOC + WRITES, 110, why="blocked task"),
        )
    )
    assert not story.waits.graph.cycle
    assert any("other:92" in text and "writer:90" in text for text in story.unsaid)


def test_a_request_inside_the_callback_waits_for_itself() -> None:
    stack = (
        NAP + "__alloc_pages_may_oom " + ALLOC + "__kmalloc i915_gem_object_unbind i915_gem_shrink "
        "i915_gem_shrinker_oom " + CHAIN + ALLOC + FAULT
    )
    story = story_of(reading(seen("hog:91", stack, why="blocked task")))
    assert [(e.waiter, e.holder) for e in story.waits.graph.cycle] == [("hog:91", "hog:91")]
    assert story.findings[0].kind == "request inside"


def test_a_mutex_of_nothing_known_is_called_after_who_asks() -> None:
    found = want(seen("a:1", MUTEX + "some_driver_ioctl do_vfs_ioctl"))
    assert found is not None
    assert (found.lock, found.asked_in) == ("", "some_driver_ioctl")


def test_the_trace_of_the_log_gives_the_same_graph() -> None:
    story = story_of(
        reading(seen("kworker/1:2:77", INFLATES, 10), seen("writer:90", DEFLATES + WRITES, 60))
    )
    assert wait_for_graph(story.trace, story.trace.ended_at_us).cycle == story.waits.graph.cycle
    assert first_cycle_us(story.trace) == 123 * SECOND


def test_another_chain_is_not_that_of_the_oom_killer() -> None:
    walks = MUTEX + "some_driver_pm notifier_call_chain blocking_notifier_call_chain pm_suspend"
    leaves = (
        "__schedule schedule rwsem_down_write_slowpath down_write "
        "blocking_notifier_chain_unregister unregister_oom_notifier delete_module"
    )
    assert edges(seen("suspend:1", walks), seen("rmmod:2", leaves)) == {}


def test_a_callback_that_nobody_knows_is_a_listener_too() -> None:
    stack = "__schedule schedule my_driver_oom_notify " + CHAIN + ALLOC + FAULT
    story = story_of(reading(seen("hog:91", stack)))
    assert story.findings[0].severity == "lockup"
    assert any("my_driver" in quote.shows for quote in story.findings[0].quotes)


def test_one_who_keeps_readers_out_is_taken_to_write() -> None:
    reads = "__schedule schedule rwsem_down_read_slowpath down_read ext4_map_blocks vfs_read"
    found = edges(
        seen("a:1", reads, 10, listed=["&ei->i_data_sem"]),
        seen("b:2", MUTEX + "jbd2_journal_commit", 60, listed=["&ei->i_data_sem", "&j->lock"]),
    )
    assert Edge("a:1", "b:2", "ei->i_data_sem", "lock") in found


def test_the_circle_is_closed_by_whoever_waits_last() -> None:
    sightings = [seen("kworker/1:2:77", INFLATES, 10), seen("writer:90", DEFLATES + WRITES, 60)]
    for last in (0, 1):
        other = sightings[1 - last]
        told = story_of(reading(sightings[last], _earlier(other))).waits
        assert told.closing is not None
        assert told.closing.edge.waiter == sightings[last].task
        assert not any("began last" in text for text in told.unsaid)
    assert any("began last" in text for text in story_of(reading(*sightings)).unsaid)


def _earlier(one: Sighting) -> Sighting:
    assert one.since_us is not None
    return replace(one, since_us=one.since_us - 2 * SECOND)


def test_a_list_of_locks_without_a_stack_does_not_end_a_wait() -> None:
    locks = ["&vb->balloon_lock", "&sb->s_umount"]
    again = seen("kworker/1:2:77", "", 300, at_s=363, listed=locks, why="owner")
    trace = story_of(reading(seen("kworker/1:2:77", INFLATES, 10, listed=locks), again)).trace
    span = span_at(task_spans(trace), "kworker/1:2:77", trace.ended_at_us)
    assert (span.state, span.on) == ("blocked", "sb->s_umount")


def test_a_list_alone_names_what_is_waited_for_if_somebody_else_has_it() -> None:
    found = edges(
        seen("a:1", "", 10, listed=["x", "y"], why="owner"),
        seen("b:2", "", 60, listed=["y", "x"], why="owner"),
    )
    assert {(edge.waiter, edge.what) for edge in found} == {("a:1", "y"), ("b:2", "x")}
