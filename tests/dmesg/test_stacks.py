"""Stacks and locks of the log against those of the run."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from oomlab.analysis.episodes.once import events_of
from oomlab.analysis.spans import span_at, task_spans
from oomlab.dmesg.frames import ENTRIES, SHOWN_AS
from oomlab.dmesg.people import People
from oomlab.dmesg.style import Style
from oomlab.dmesg.whereabouts import Whereabouts
from oomlab.engine.trace.events import Trace
from oomlab.experiment import run
from tests.dmesg.runs import H1, H2, RELEASES, log, matrix, ran

KERNELS_OWN = frozenset(
    {
        "blocking_notifier_call_chain",
        "blocking_notifier_chain_register",
        "blocking_notifier_chain_unregister",
        "cmm_free_pages",
        "cmm_oom_notify",
        "do_exit",
        "exit_oom_victim",
        "fill_balloon",
        "gfp_pfmemalloc_flags",
        "i915_gem_object_get_pages",
        "i915_gem_object_put_pages",
        "i915_gem_object_unbind",
        "i915_gem_shrink_all",
        "i915_gem_shrinker_lock_uninterruptible",
        "i915_gem_shrinker_oom",
        "is_oom_victim",
        "leak_balloon",
        "mark_oom_victim",
        "mem_cgroup_oom_synchronize",
        "mem_cgroup_out_of_memory",
        "oom_kill_process",
        "oom_killer_disable",
        "oom_killer_enable",
        "oom_reap_task",
        "oom_reap_task_mm",
        "out_of_memory",
        "rcu_oom_callback",
        "rcu_oom_notify",
        "rcu_oom_notify_cpu",
        "register_oom_notifier",
        "set_oom_skip",
        "shrink_slab",
        "task_will_free_mem",
        "tell_host",
        "unregister_oom_notifier",
        "update_balloon_size",
        "virtballoon_freeze",
        "virtballoon_oom_notify",
        "virtio_balloon_shrinker_scan",
        "virtio_ccw_set_config",
        "virtqueue_add_outbuf",
        "wake_oom_reaper",
        "warn_alloc",
    }
)
"""Routines that a kernel has by the same name. What is ours needs a word in SHOWN_AS or ENTRIES."""
OWN_LISTENERS = frozenset({"plain_oom_notify", "try_oom_notifier", "load_module"})
"""Of made-up drivers and remedies: no kernel has them, and a log of one would show them."""


OTHERS: dict[str, object] = {
    "sysrq": 1, "memcg_oom": 1, "suspend": 1, "fault_oom": 1, "earlier_victim": 1,
    "give_back_pages": 8, "admin_kills_s": 1, "optional_tasks": 1, "slowest_reclaim_us": 900,
}  # fmt: skip
"""Settings that bring more tasks."""


def everybody() -> Iterator[Trace]:
    """Runs in which every kind of task plays."""
    yield from matrix()
    yield run("h6-nap-under-lock", given={k: OTHERS[k] for k in [*OTHERS][:7]})
    yield run(H1, given=OTHERS)


def test_every_routine_of_the_matrix_has_its_name_in_a_kernel() -> None:
    routines = {name for trace in everybody() for event in trace.events for name in event.stack}
    known = KERNELS_OWN | OWN_LISTENERS | SHOWN_AS.keys() | ENTRIES.keys()
    missing = routines - known
    assert not missing, f"say in oomlab/dmesg/frames.py how a kernel calls {sorted(missing)}"


def test_every_task_of_the_matrix_has_its_way_into_the_kernel() -> None:
    lives = (mine for trace in everybody() for mine in events_of(trace).values() if mine)
    roots = {mine[0].stack[0] for mine in lives}
    assert roots <= ENTRIES.keys()


def stacks(lines: list[str]) -> list[tuple[str, list[str]]]:
    """Of each task that is shown, its name and the functions of its stack, innermost first."""
    task, shown = "", []
    for line in lines:
        if found := re.match(r"(?:task:)?(\S+) +(?:state:)?D ", line):
            task, frames = found[1], list[str]()
            shown.append((task, frames))
        elif task and (found := re.match(r" (?:\[<[0-9a-f]+>\] )?([\w.]+)\+0x", line)):
            frames.append(found[1])
        elif not re.match(r"Call Trace:| </?TASK>|Workqueue: ", line):
            task = ""
    return shown


@pytest.mark.parametrize("release", RELEASES)
def test_a_stack_is_that_of_the_routine_where_the_task_stands(release: str) -> None:
    trace = ran(H1)
    for task, frames in stacks(log(trace, release)):
        routine = events_of(trace)[task][-1].stack
        kept = [name for name in routine if name in frames]
        assert [name for name in reversed(frames) if name in routine] == kept
        assert "leak_balloon" in kept or "try_to_free_pages" in kept
        assert frames[:2] == ["__schedule", "schedule"]


def test_sysrq_w_shows_who_waits_and_who_polls_and_nobody_else() -> None:
    for trace in matrix():
        if trace.verdict == "panic":
            continue
        lines = log(trace, hung_task_s=0, sysrq=True)
        standing = Whereabouts(trace, Style.of("4.13"), People(trace))
        states = {
            task: span_at(task_spans(trace), task, trace.ended_at_us).state
            for task in standing.tasks
        }
        shown = {task for task, _ in stacks(lines)}
        comm = standing.people.comm
        waits = {comm(t) for t, state in states.items() if state in ("blocked", "waits", "polls")}
        spins = {comm(w.task) for w in trace.waiting if w.how == "spins" and w.task in states}
        assert waits - spins <= shown
        assert not shown & {comm(t) for t, state in states.items() if state in ("idle", "done")}


LOCK = re.compile(r" #\d+: +(?:[0-9a-f]+ )?\((.+)\)\{[.+]+\}(?:-\{\d:\d\})?, at: .*")


def held(lines: list[str]) -> dict[str, list[str]]:
    """The locks by task, as the last list of the log has them."""
    found: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("Showing all locks"):
            found = {}
        elif head := re.fullmatch(r"\d+ locks? held by (.+)/\d+:", line):
            found[head[1]] = mine = []
        elif lock := LOCK.fullmatch(line):
            mine.append(re.sub(r"^\((.+)\)\.rwsem$", r"\1 rwsem", lock[1]))
    found.pop("khungtaskd", None)
    return found


@pytest.mark.parametrize("release", RELEASES)
def test_the_list_of_locks_has_those_held_and_those_waited_for(release: str) -> None:
    assert held(log(ran(H1), release, lockdep=True)) == {
        "fs_task": ["fs_lock", "oom_lock", "oom_notify_list rwsem", "balloon_lock"],
        "balloon_worker": ["balloon_lock", "fs_lock"],
    }


def _has(trace: Trace, task: str) -> set[str]:
    values = trace.values_at(trace.ended_at_us)
    found = set()
    for slot in trace.slots:
        value = values[slot.name]
        if slot.kind == "mutex" and value == task:
            found.add(slot.name)
        if slot.kind == "rwsem" and (task in value["readers"] or value["writer"] == task):
            found.add(slot.name)
    return found


def test_in_every_run_the_locks_at_the_end_are_those_of_the_slots() -> None:
    for trace in matrix():
        if trace.verdict == "panic":
            continue
        standing = Whereabouts(trace, Style.of("7.3"), People(trace))
        waits_for = {w.task: w.waits_for for w in trace.waiting if w.how == "blocks"}
        told = held(log(trace, "7.3", lockdep=True, sysrq=True, hung_task_s=0))
        for task in standing.tasks:
            if not standing.asleep(task, trace.ended_at_us):
                continue
            wants = {waits_for[task]} if task in waits_for else set()
            listed = set(told.get(standing.people.comm(task), []))
            assert _has(trace, task) <= listed <= _has(trace, task) | wants


def test_without_lockdep_nobody_lists_locks() -> None:
    assert not any("locks held" in line for line in log(ran(H2), "7.3", sysrq=True))
