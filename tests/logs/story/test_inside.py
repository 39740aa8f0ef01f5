"""A request inside a callback inside the OOM killer: who has oom_lock waits for memory."""

from __future__ import annotations

import pytest

from oomlab.logs.read import read_log
from oomlab.logs.story import Story, explain
from oomlab.logs.story.reports import LogReading
from oomlab.logs.story.telling import story_of
from tests.logs.story.made_up import ALLOC, CHAIN, FAULT, MUTEX, NAP, oom, reading, seen

KILLER = CHAIN + ALLOC + FAULT
INSIDE = ALLOC + "alloc_pages demo_callback " + KILLER
STALL = seen("demo:7", INSIDE, why="stall", at_s=30)

STALL_LOG = """\
[   20.500000] demo-asker: page allocation stall for 10 secs: order:0, mode:0xcc0(GFP_KERNEL) \
nodemask=(null),cpuset=/,mems_allowed=0
[   20.500010] CPU: 0 UID: 0 PID: 71 Comm: demo-asker Not tainted 7.3.0-demo #1 PREEMPT(lazy)
[   20.500020] Call Trace:
[   20.500021]  <TASK>
[   20.500022]  dump_stack_lvl+0x10/0x20
[   20.500023]  __alloc_pages_slowpath.constprop.0.cold+0x1e/0x76
[   20.500024]  __alloc_frozen_pages_noprof+0x100/0x300
[   20.500025]  demo_gives_back+0x68/0xf0 [demo]
[   20.500026]  notifier_call_chain+0x40/0xd0
[   20.500027]  blocking_notifier_call_chain+0x30/0x60
[   20.500028]  out_of_memory+0x200/0x400
[   20.500029]  __alloc_pages_slowpath.constprop.0+0xf00/0x1400
[   20.500030]  __alloc_frozen_pages_noprof+0x100/0x300
[   20.500031]  ? __pfx_demo_thread+0x10/0x10 [demo]
[   20.500032]  demo_thread+0x80/0x200 [demo]
[   20.500033]  kthread+0xe0/0x120
[   20.500034]  </TASK>
[   20.500040] Mem-Info:
[   20.500041] 130000 pages RAM
[   20.500042] Memory cgroup min protection 0kB -- low protection 0kB
"""
"""Made up, in the form of 7.3."""


def self_waits(story: Story) -> list[str]:
    return [edge.waiter for edge in story.waits.graph.edges if edge.waiter == edge.holder]


STACKS = {
    "a stall": (INSIDE, "stall"),
    "a stall within reclaim": ("shrink_lruvec shrink_node try_to_free_pages " + INSIDE, "stall"),
    "a task that naps": (NAP + INSIDE, "blocked task"),
    "a processor that does not schedule": ("shrink_lruvec try_to_free_pages " + INSIDE, "lockup"),
}


@pytest.mark.parametrize("case", STACKS)
def test_it_may_be_a_lockup_and_is_like_h3(case: str) -> None:
    stack, why = STACKS[case]
    story = story_of(reading(seen("demo:7", stack, why=why)))  # type: ignore[arg-type]
    first = story.findings[0]
    assert (first.kind, first.severity) == ("request inside", "lockup")
    assert "demo:7" in first.sentence
    assert "nobody is killed" in first.sentence
    assert self_waits(story) == ["demo:7"]
    assert story.match is not None
    assert story.match.experiment.scenario.name.startswith("h3")


def test_a_console_of_7_3_is_read_so() -> None:
    log = read_log(STALL_LOG.encode())
    story = explain(log)
    assert story.findings[0].kind == "request inside"
    assert story.match is not None
    assert story.match.experiment.scenario.name.startswith("h3")
    assert log.counts.other == 0, "a line of the report itself is not understood"


def test_who_comes_out_of_it_is_told_so() -> None:
    later = oom(400, 39, task="demo:7", victim="hog:9")
    story = story_of(reading(STALL, ooms=[later]))
    (inside,) = (one for one in story.findings if one.kind == "request inside")
    assert inside.severity == "notice"
    assert "came out by itself" in inside.sentence
    assert "hog:9 was killed" in inside.sentence
    assert inside.quotes[-1].line == 400


def test_a_kill_for_somebody_else_or_before_is_not_coming_out() -> None:
    for other in (oom(400, 39, task="tar:400"), oom(2, 1, task="demo:7")):
        story = story_of(reading(STALL, ooms=[other]))
        assert story.findings[0].kind == "request inside"
        assert story.severity == "lockup"


OTHERS: dict[str, LogReading] = {
    "of a request that is in no chain": reading(seen("a:1", ALLOC + FAULT, why="stall")),
    "below another chain": reading(
        seen("a:1", ALLOC + "notifier_call_chain cpu_notify " + FAULT, why="stall")
    ),
    "of one who only waits for a lock there": reading(
        seen("a:1", MUTEX + "try_to_free_pages " + INSIDE)
    ),
}


@pytest.mark.parametrize("case", OTHERS)
def test_no_other_request_is_taken_for_it(case: str) -> None:
    assert all(one.kind != "request inside" for one in story_of(OTHERS[case]).findings), case
