"""Whatever records a log has, whatever names stand in them, there is a story and it is drawn."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from oomlab.engine.trace.store import from_json, to_json
from oomlab.figures import draw_timeline, draw_wait_for
from oomlab.figures.storm import draw_storm
from oomlab.logs.incidents import (
    AllocationStall,
    HeldLocks,
    HungTask,
    Incident,
    LockdepReport,
    Lockup,
    NotifierLine,
    OomReport,
    TaskShown,
)
from oomlab.logs.parts import BlockedOn, CallFrame, LockSeen, LogPlace, Reaped, TaskName, Victim
from oomlab.logs.story import explain
from oomlab.logs.story.functions import FUNCTIONS
from oomlab.logs.whole_log import Log
from tests.figures.drawings import check_sound

HOSTILE = ("", "free", "task", "result", "self", "acked", "host", "oom_reaper", "SIGKILL for a",
           "<script>", "\x1b[2J", "oom_lock", "balloon_lock", "a" * 64, "(x).rwsem")  # fmt: skip
names = st.sampled_from(HOSTILE) | st.text(max_size=8)
tasks = st.builds(TaskName, names, st.none() | st.integers(0, 5))
functions = st.sampled_from([*FUNCTIONS, "schedule", "ext4_x", "demo_oom_notify"]) | names
frames = st.lists(
    st.builds(CallFrame, functions, st.integers(1, 99), sure=st.booleans()), max_size=12
).map(tuple)
places = st.builds(
    LogPlace, st.integers(1, 99), st.just(99), st.none() | st.integers(0, 10**12), st.none() | names
)
locks = st.lists(st.builds(LockSeen, names, st.integers(1, 99)), max_size=4).map(tuple)
owners = st.builds(
    BlockedOn, st.sampled_from(["mutex", "rw-semaphore"]), st.integers(1, 99), st.none() | tasks,
    st.sampled_from(["owner", "reader", "writer"]), st.sampled_from(["", "reader", "writer"]),
)  # fmt: skip
reaped = st.builds(Reaped, st.booleans(), st.integers(1, 99), st.none() | st.integers(0, 10**12))
victims = st.lists(
    st.builds(Victim, tasks, st.integers(1, 99), reaped=st.none() | reaped), max_size=2
).map(tuple)
masks = st.sampled_from(["", "0xcc0(GFP_KERNEL)", "0x0", "nonsense"])

incidents: st.SearchStrategy[Incident] = st.one_of(
    st.builds(
        HungTask, place=places, task=tasks, seconds=st.integers(0, 10**9), frames=frames,
        blocked_on=st.none() | owners,
    ),
    st.builds(TaskShown, place=places, task=tasks, frames=frames,
              state=st.sampled_from(["D", "S", ""]),
              reason=st.sampled_from(["listed", "owner", "backtrace"])),
    st.builds(HeldLocks, place=places, task=tasks, number=st.just(0), locks=locks),
    st.builds(AllocationStall, place=places, task=tasks, frames=frames,
              for_us=st.integers(0, 10**12)),
    st.builds(
        OomReport, place=places, task=tasks, frames=frames, victims=victims, mask_text=masks,
        path=st.sampled_from(["allocator", "page fault", "memory cgroup", "SysRq", "unknown"]),
        order=st.integers(-1, 12), memcg=names,
    ),
    st.builds(Lockup, place=places, task=st.none() | tasks, frames=frames),
    st.builds(LockdepReport, place=places, title=names, held=locks),
    st.builds(NotifierLine, place=places, driver=names, text=names, freed=st.integers(0, 10**9),
              what=st.sampled_from(["purge", "puff"]), unit=st.sampled_from(["pages", "bytes"])),
)  # fmt: skip


@given(st.lists(incidents, max_size=14), st.sampled_from(["", "4.13.0", "7.3.1", "no release"]))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_there_is_a_story_and_it_is_drawn(found: list[Incident], release: str) -> None:
    known = [one for one in found if not release or one.place.first % 2]
    story = explain(Log("a log", tuple(known)))
    assert story.findings
    assert [*story.lines()]
    assert story.to_json()
    check_sound(draw_timeline(story.trace))
    check_sound(draw_wait_for(story.trace, story.waits.graph.at_us, known=story.waits.known))
    assert from_json(to_json(story.trace)) == story.trace
    if story.storm is not None:
        check_sound(draw_storm(story.storm))
