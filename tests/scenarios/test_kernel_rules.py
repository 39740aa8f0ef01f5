"""Rules of the kernel that every run must obey, read from its events alone.

Random scenarios, remedies, sizes and releases. The rules are those by which a model of Linux 4.13
would be called wrong if it broke them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oomlab import run
from oomlab.engine.ops import Routine
from oomlab.engine.trace.events import Event, Trace
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.oom_kill import ALLOCATOR
from oomlab.kernel.oom_notify import Delivery, notify_in_context
from oomlab.kernel.releases import KERNEL_5_17, modelled_kernel
from oomlab.kernel.task import Task
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS
from tests.drawn import settings_for

MAY_WAIT = {"oom_reap_task_mm", "moom_callback", "mem_cgroup_out_of_memory", "oom_killer_disable"}
"""Who waits for oom_lock instead of trying it."""

IN_CONTEXT = [r.name for r in REMEDIES.values() if r.delivery is Delivery]


@st.composite
def traces(draw: st.DrawFn, remedies: list[str]) -> Trace:
    """A timed run of some scenario, in a kernel that was released: none tests for FS first."""
    scenario = draw(st.sampled_from(list(SCENARIOS.values())))
    chosen = draw(settings_for(scenario, limit_s=1.0, fs_test_first=0))
    return run(scenario.name, draw(st.sampled_from(remedies)), chosen)


def sent_sigkill(event: Event) -> bool:
    return event.op == "write" and event.on.startswith("SIGKILL for")


def with_masks(trace: Trace) -> Iterator[tuple[Event, int]]:
    """Every event with the mask of the request that its task is in (the innermost, or the last)."""
    masks: dict[str, dict[int, int]] = {}
    for event in trace.events:
        mine = masks.setdefault(event.task, {})
        depth = event.stack.count("alloc_page")
        if event.op == "note":
            mine[depth] = int(event.result)
        yield event, mine.get(depth, 0)


def noretry_never_has_oom_lock(trace: Trace) -> None:
    for event, mask in with_masks(trace):
        if event.op == "mutex_trylock" and event.on == "oom_lock":
            assert not mask & flags.NORETRY, event


def no_allocator_waits_for_oom_lock(trace: Trace) -> None:
    for event in trace.events:
        if event.on == "oom_lock" and event.condition == "blocked":
            assert event.function in MAY_WAIT, event


def without_fs_nobody_kills(trace: Trace) -> None:
    for event, mask in with_masks(trace):
        if sent_sigkill(event) and "alloc_page" in event.stack:
            assert mask & flags.FS, event


BY_HAND = {"die_slowly", "kill_by_hand"}
"""Kills that are none of the OOM killer's."""

OTHERS_KILL = {"moom_callback", "mem_cgroup_out_of_memory", *BY_HAND}
"""A person does not wait for an earlier victim, a group looks at its own members only."""


def one_victim_at_a_time(trace: Trace) -> None:
    """Nobody is chosen while somebody who was killed before still has memory to give back.

    While the report of the choice is printed, a person may kill by hand.
    """
    values = {slot.name: slot.initial for slot in trace.slots}
    dying: dict[str, list[str]] = {}
    for event in trace.events:
        if event.op == "select_bad_process":
            dying[event.task] = [
                process
                for process in (n.removeprefix("mm of ") for n in values if n.startswith("mm of "))
                if values[f"SIGKILL for {process}"]
                and values[f"mm of {process}"] in ("used", "victim")
            ]
        if sent_sigkill(event) and not OTHERS_KILL & set(event.stack):
            assert not dying[event.task], event
        values.update(event.changes)


def chain_at_most_once_and_before_the_kill(trace: Trace) -> None:
    """Per invocation of out_of_memory; and pages that came back mean that nobody is killed, but
    for the key of 5.17."""
    walks: dict[str, int] = {}
    freed: dict[str, int] = {}
    for event in trace.events:
        if event.on == "oom_lock" and took(event):
            walks[event.task] = 0
            freed[event.task] = 0
        if event.op == "down_read" and event.condition == "done":
            walks[event.task] += 1
            assert walks[event.task] == 1, event
        if event.op == "read" and event.on.startswith("freed") and event.function != "add_freed":
            freed[event.task] = event.result
        if sent_sigkill(event) and not BY_HAND & set(event.stack):
            grouped = "mem_cgroup_out_of_memory" in event.stack
            assert walks[event.task] == (0 if grouped or not has_listeners(trace) else 1), event
            by_hand = (
                "moom_callback" in event.stack
                and modelled_kernel(trace.parameters["kernel"]) >= KERNEL_5_17
            )
            assert freed[event.task] == 0 or by_hand, event


def took(event: Event) -> bool:
    """Did this event give its task the lock it is about?"""
    if event.op == "mutex_trylock":
        return event.result is True
    return event.op.startswith("mutex_lock") and event.condition == "done"


def a_group_asks_no_listener(trace: Trace) -> None:
    for event in trace.events:
        if "mem_cgroup_out_of_memory" in event.stack:
            assert "blocking_notifier_call_chain" not in event.stack, event


def pages_freed_mean_another_try_at_the_min_watermark(trace: Trace) -> None:
    """Nobody who was told that pages came back kills, fails or takes a page at another mark before
    he has tried at the min watermark; and nobody keeps the pages for him."""
    owed: dict[str, bool] = {}
    for event in trace.events:
        if event.function == "notify_in_context" and event.op == "read" and event.result:
            owed[event.task] = "alloc_page" in event.stack
        elif owed.get(event.task) and event.op == "take_page":
            assert event.function == "alloc_pages_slowpath", event
            owed[event.task] = False
        elif owed.get(event.task):
            assert not sent_sigkill(event), event


def has_listeners(trace: Trace) -> bool:
    return any(event.op == "down_read" for event in trace.events)


GENERAL = [
    noretry_never_has_oom_lock,
    no_allocator_waits_for_oom_lock,
    without_fs_nobody_kills,
    one_victim_at_a_time,
    a_group_asks_no_listener,
]


@settings(max_examples=150)
@given(trace=traces(list(REMEDIES)))
def test_rules_of_the_allocator_and_the_killer(trace: Trace) -> None:
    for rule in GENERAL:
        rule(trace)


@settings(max_examples=100)
@given(trace=traces(IN_CONTEXT))
def test_the_chain_runs_once_for_each_invocation_and_before_any_kill(trace: Trace) -> None:
    chain_at_most_once_and_before_the_kill(trace)
    pages_freed_mean_another_try_at_the_min_watermark(trace)


@pytest.mark.parametrize(
    ("rule", "where", "value"),
    [
        (without_fs_nobody_kills, "FS", -1),  # every request seems to have it
        (noretry_never_has_oom_lock, "NORETRY", 0),  # no request seems to have it
    ],
)
def test_an_allocator_blind_for_a_flag_breaks_a_rule(
    rule: Callable[[Trace], None], where: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as blind:
        blind.setattr(flags, where, value)
        found = [
            run("h5-host-never-answers", "offload", {"oom_caller": 0, "timeout_s": 0.05}),
            run("h7-pseries-hotplug", "offload", {"timeout_s": 0.05}),
            run("h6-nap-under-lock", "mainline", {"reclaim_meets_fs": 0}),
        ]
    with pytest.raises(AssertionError):
        for trace in found:
            rule(trace)


def test_a_killer_that_forgets_its_victims_breaks_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object) -> Routine:
        yield from ()

    monkeypatch.setattr("oomlab.kernel.oom_kill.mark_oom_victim", nothing)
    monkeypatch.setattr("oomlab.kernel.oom_kill.task_will_free_mem", nothing)
    monkeypatch.setattr("oomlab.kernel.oom_reaper.oom_reap_task", nothing)
    monkeypatch.setattr("oomlab.scenarios.cast.do_exit", nothing)
    given = {"fault_tasks": 1, "timeout_s": 0.05, "limit_s": 1.0}
    with pytest.raises(AssertionError):
        one_victim_at_a_time(run("h1-two-task-cycle", "offload", given))


def test_a_chain_walked_twice_breaks_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(machine: Machine, current: Task) -> Routine:
        yield from notify_in_context(machine, current)
        freed = yield from notify_in_context(machine, current)
        return freed

    monkeypatch.setattr("oomlab.kernel.oom_notify.notify_in_context", twice)
    with pytest.raises(AssertionError):
        chain_at_most_once_and_before_the_kill(run("h3a-virtqueue-add"))


def test_a_group_that_asks_listeners_breaks_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oomlab.kernel.memcontrol.OomControl", lambda memcg: ALLOCATOR)
    with pytest.raises(AssertionError):
        a_group_asks_no_listener(run("h1-two-task-cycle", "allocate-outside", {"memcg_oom": 1}))


def test_a_killer_that_does_not_believe_its_listeners_breaks_a_rule(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def in_vain(machine: Machine, current: Task) -> Routine:
        yield from notify_in_context(machine, current)
        return 0

    monkeypatch.setattr("oomlab.kernel.oom_notify.notify_in_context", in_vain)
    with pytest.raises(AssertionError):
        pages_freed_mean_another_try_at_the_min_watermark(run("h3a-virtqueue-add"))


def left_over(trace: Trace, counter: str) -> int:
    return int(trace.values_at(trace.ended_at_us)[counter])


def test_the_counter_of_the_rfc_survives_its_caller_that_of_the_released_kernel_does_not() -> None:
    """What a late walk gives back stays in the RFC's counter, for whoever asks next. In the
    released kernel the counter is on the caller's stack, and every call begins at zero."""
    assert left_over(run("h2-three-task-poll", "offload"), "oom_notifier_freed") == 256
    trace = run("h2-three-task-poll", "mainline", {"give_back_pages": 512})
    begins = [
        e for e in trace.events if e.function == "notify_in_context" and e.on.startswith("freed")
    ]
    assert [(e.op, e.changes) for e in begins[::2]] == [("write", {})] * len(begins[::2])
    assert begins
