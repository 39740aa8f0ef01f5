"""What a log amounts to, and which chapter explains it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import oomlab
from oomlab.logs.story import CHAPTERS, SEVERITIES
from oomlab.logs.story.evidence import evidence
from oomlab.logs.story.reports import LogReading, Notice
from oomlab.logs.story.telling import story_of
from tests.logs.story.made_up import (
    ALLOC,
    CHAIN,
    DEFLATES,
    FAULT,
    INFLATES,
    MUTEX,
    NAP,
    SECOND,
    WORKER,
    WRITES,
    oom,
    reading,
    seen,
    zone,
)

BOOK = Path(oomlab.__file__).parents[1] / "book"
HOST = "__schedule schedule tell_host leak_balloon virtballoon_oom_notify "
OBJECT = MUTEX + "i915_gem_shrink i915_gem_shrinker_oom "
CLIENT = NAP + ALLOC + "__kmalloc i915_gem_object_get_pages drm_ioctl do_vfs_ioctl"


def kinds(log: LogReading) -> list[tuple[str, str]]:
    return [(one.kind, one.severity) for one in story_of(log).findings]


HUNG_GUEST = reading(seen("kworker/1:2:77", INFLATES, 10), seen("writer:90", DEFLATES + WRITES, 60))
LOCKDEP = Notice(
    "lockdep", "tar:400", 5 * SECOND, 3, "possible circular locking dependency detected", 0,
    ("fs_reclaim", "(oom_notify_list).rwsem"),
)  # fmt: skip

CASES = {
    "a hung guest": (HUNG_GUEST, ("circle", "deadlock")),
    "a host that is silent": (reading(seen("hog:91", HOST + CHAIN + ALLOC + FAULT)),
                              ("answer", "lockup")),
    "an object's lock": (
        reading(seen("hog:91", OBJECT + CHAIN + ALLOC + FAULT, 10),
                seen("client:92", CLIENT, 60, why="blocked task")),
        ("object's lock", "deadlock"),
    ),
    "lockdep": (reading(notices=[LOCKDEP]), ("lockdep", "lockup")),
    "no kill, and somebody waits": (
        reading(seen("a:1", MUTEX + "x y"), ooms=[oom(5, 10, victim="")]), ("no kill", "lockup")),
    "a kill after pages came back": (
        reading(ooms=[oom(9, 10)], notices=[Notice("purge", "", 10 * SECOND, 8, "Purging", 700)]),
        ("asked too early", "loss"),
    ),
    "a kill above the high mark": (reading(ooms=[oom(9, 10, zone=zone(9000))]),
                                   ("asked too early", "loss")),
    "a storm": (reading(ooms=[oom(40 * n, 60 * n) for n in range(300)]), ("storm", "loss")),
    "a victim that cannot be reaped": (reading(ooms=[oom(9, 10, reaped=False, reaped_s=12)]),
                                       ("reaper", "loss")),
    "a group": (reading(ooms=[oom(9, 10, group="/pod", path="memory cgroup", mask=0)]),
                ("group", "ordinary")),
    "a page fault": (reading(ooms=[oom(9, 10, path="page fault", mask=0)]),
                     ("ordinary", "ordinary")),
    "nothing": (reading(), ("ordinary", "ordinary")),
    "a hang of somebody else": (reading(seen("a:1", MUTEX + "usb_reset_device")),
                                ("stall", "notice")),
    "a lock of a listener": (reading(seen("a:1", MUTEX + "leak_balloon " + WORKER)),
                             ("circle", "lockup")),
    "the killer itself": (reading(seen("a:1", "out_of_memory " + ALLOC + FAULT, why="lockup")),
                          ("behind oom_lock", "lockup")),
    "a panic": (reading(notices=[Notice("panic", "", 0, 4, "System is deadlocked on memory")]),
                ("panic", "lockup")),
    "traces of the chain": (
        reading(ooms=[oom(9, 10, stack="dump_header ?virtballoon_oom_notify out_of_memory "
                                       + ALLOC)]),
        ("chain", "notice"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_first_finding_is_the_one_that_matters(case: str) -> None:
    log, expected = CASES[case]
    assert kinds(log)[0] == expected


@pytest.mark.parametrize("case", CASES)
def test_a_story_is_told_in_order_of_weight(case: str) -> None:
    story = story_of(CASES[case][0])
    weights = [SEVERITIES.index(one.severity) for one in story.findings]
    assert weights == sorted(weights)
    assert story.findings[0].sentence in "\n".join(story.lines())
    assert story.to_json()["findings"][0]["kind"] == story.findings[0].kind


def test_a_frame_that_is_not_certain_is_told_as_such() -> None:
    story = story_of(CASES["traces of the chain"][0])
    (finding,) = (one for one in story.findings if one.kind == "chain")
    assert "it was, not that it is" in finding.quotes[0].shows


def test_somebody_in_the_chain_and_somebody_behind_oom_lock() -> None:
    log = reading(
        seen("hog:91", HOST + CHAIN + ALLOC + FAULT, 10),
        seen("sh:93", MUTEX + "moom_callback process_one_work worker_thread kthread", 60),
    )
    assert ("behind oom_lock", "lockup") in kinds(log)


def test_a_driver_that_cannot_leave_the_chain() -> None:
    stack = (
        "__schedule schedule rwsem_down_write_slowpath down_write "
        "blocking_notifier_chain_unregister unregister_oom_notifier delete_module"
    )
    log = reading(seen("hog:91", HOST + CHAIN + ALLOC + FAULT, 10), seen("rmmod:94", stack, 60))
    assert ("removal", "lockup") in kinds(log)


def test_a_request_that_may_not_kill_is_told() -> None:
    log = reading(ooms=[oom(9, 10, mask=0xC40, may_kill=False)])
    assert ("may not kill", "notice") in kinds(log)


@pytest.mark.parametrize("kind", CHAPTERS)
def test_every_chapter_has_that_section(kind: str) -> None:
    chapter = CHAPTERS[kind]
    text = (BOOK / f"{chapter.page}.md").read_text(encoding="utf-8")
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^a-z0-9]+", "-", head.lower().replace("'", "")).strip("-") for head in heads}
    assert chapter.anchor in slugs


def test_what_a_driver_gave_back_long_before_or_afterwards_makes_no_kill_needless() -> None:
    for line, at_s in ((8, 2), (70, 10)):
        purge = Notice("purge", "", at_s * SECOND, line, "Purging", 700)
        log = reading(ooms=[oom(9, 10)], notices=[purge])
        assert "asked too early" not in [kind for kind, _ in kinds(log)]


def test_a_circle_outside_the_chain_that_is_only_inferred_may_be_one() -> None:
    takes = "__schedule schedule rwsem_down_write_slowpath down_write "
    first = takes + "ext4_ext_map_blocks " + ALLOC + "xfs_file_write_iter vfs_write"
    second = takes + "xfs_ilock " + ALLOC + "ext4_write_begin vfs_write"
    story = story_of(reading(seen("a:1", first, 10), seen("b:2", second, 60)))
    assert len(story.waits.graph.cycle) == 2
    assert story.severity == "lockup"


def test_of_two_frames_of_one_function_the_certain_one_counts() -> None:
    stack = "?leak_balloon " + DEFLATES + WRITES
    pieces = {e.place: e.sure for e in evidence(seen("writer:90", stack))}
    assert pieces["balloon"]
