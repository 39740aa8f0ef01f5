"""Listeners that come and go while the chain is walked."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oomlab.engine.chooser import Chooser
from oomlab.engine.clock import ending
from oomlab.engine.clock.engine import Clock
from oomlab.engine.ops import Routine, RwSemaphore, Slot, log, sleep
from oomlab.errors import ModelError
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import (
    ENOENT,
    NotifierBlock,
    add_freed,
    blocking_notifier_call_chain,
)
from oomlab.kernel.oom_notify import register_oom_notifier, unregister_oom_notifier
from oomlab.kernel.task import Task
from tests.kernel.solo import machine, solo, spawn

TICK_US = 4000


def block(name: str, priority: int = 0, jiffies: int = 0, pages: int = 0) -> NotifierBlock:
    def callback(current: Task, freed: Slot) -> Routine:
        yield log(f"{current.name} calls {name}")
        if jiffies:
            yield sleep(jiffies)
        yield from add_freed(freed, pages)

    return NotifierBlock(name, callback, priority)


def changing(*boot: NotifierBlock, later: tuple[NotifierBlock, ...] = ()) -> Machine:
    on = machine()
    for found in boot:
        on.oom_notify_list.register(found)
    on.oom_notify_list.let_change(on.layout, *later)
    return on


def members(on: Machine, run_state: tuple[object, ...]) -> object:
    assert on.oom_notify_list.members is not None
    return run_state[on.oom_notify_list.members.index]


@pytest.mark.parametrize(
    ("priority", "order"),
    [(100, "new a80 b c"), (80, "a80 new b c"), (0, "a80 b c new"), (-1, "a80 b c new")],
)
def test_a_newcomer_stands_behind_its_equals(priority: int, order: str) -> None:
    new = block("new", priority)
    on = changing(block("b"), block("a80", 80), block("c"), later=(new,))
    task = spawn(on)
    run = solo(on, task, register_oom_notifier(on, task, new))
    assert run.result == 0
    assert members(on, run.state) == tuple(order.split())
    assert run.state[on.oom_notify_list.rwsem.index] == RwSemaphore()


@settings(max_examples=100)
@given(
    priorities=st.lists(st.integers(-1, 2), max_size=6),
    pages=st.integers(0, 3),
    fixed=st.booleans(),
)
def test_all_are_called_in_the_order_of_priority_whatever_comes_back(
    priorities: list[int], pages: int, fixed: bool
) -> None:
    on = machine()
    blocks = [block(f"listener{i}", p, pages=pages) for i, p in enumerate(priorities)]
    for found in blocks:
        on.oom_notify_list.register(found)
    if not fixed:
        on.oom_notify_list.let_change(on.layout)
    task = spawn(on)
    run = solo(on, task, blocking_notifier_call_chain(on.oom_notify_list, task, task.freed))
    stable = sorted(blocks, key=lambda found: -found.priority)
    assert run.said() == [f"task calls {found.name}" for found in stable]
    assert run.state[task.freed.index] == pages * len(blocks)


def test_who_leaves_is_no_longer_called() -> None:
    gone = block("gone")
    on = changing(block("a"), gone, block("b"))
    task = spawn(on)
    run = solo(on, task, unregister_oom_notifier(on, gone))
    assert (run.result, members(on, run.state)) == (0, ("a", "b"))


def test_who_is_not_there_cannot_leave() -> None:
    never = block("never")
    on = changing(block("a"), later=(never,))
    run = solo(on, spawn(on), unregister_oom_notifier(on, never))
    assert (run.result, members(on, run.state)) == (-ENOENT, ("a",))


def test_an_empty_chain_is_looked_at_but_not_locked() -> None:
    on = changing(later=(block("a"),))
    task = spawn(on)
    run = solo(on, task, blocking_notifier_call_chain(on.oom_notify_list, task, task.freed))
    assert run.kinds() == ["read"]


def walk(on: Machine, name: str, at_us: int) -> None:
    on.spawn(
        name,
        "walks the chain",
        lambda task: blocking_notifier_call_chain(on.oom_notify_list, task, task.freed),
        starts_at_us=at_us,
    )


def timed(on: Machine) -> tuple[Clock, list[tuple[int, str]]]:
    clock = Clock(on.model(), Chooser(0, {}), 60_000_000)
    clock.run()
    lines = [(e.at_us // TICK_US, str(e.result)) for e in clock.recorder.events if e.op == "log"]
    return clock, lines


def test_walks_run_side_by_side_until_a_writer_is_queued() -> None:
    """Reader, reader, writer, reader: the last one waits for the writer, and that one for the
    first two."""
    new = block("new")
    on = changing(block("slow", jiffies=10), later=(new,))
    walk(on, "first", 0)
    walk(on, "second", 1 * TICK_US)
    on.spawn(
        "writer", "registers", lambda task: register_oom_notifier(on, task, new),
        starts_at_us=2 * TICK_US,
    )  # fmt: skip
    walk(on, "third", 3 * TICK_US)
    clock, lines = timed(on)
    assert ending.verdict(clock) == "completed"
    assert lines == [
        (0, "first calls slow"),
        (1, "second calls slow"),
        (12, "third calls slow"),
        (23, "third calls new"),
    ]


def test_a_walk_that_has_begun_calls_nobody_who_comes_later() -> None:
    new = block("new", priority=-1)
    on = changing(block("slow", jiffies=10), later=(new,))
    walk(on, "first", 0)
    on.spawn(
        "writer", "registers", lambda task: register_oom_notifier(on, task, new), starts_at_us=1
    )
    _, lines = timed(on)
    assert lines == [(0, "first calls slow")]


def test_unregistering_from_within_a_callback_waits_for_itself() -> None:
    """The writer waits for all readers, and one of them is the task itself."""
    on = machine()
    chain = on.oom_notify_list

    def callback(current: Task, freed: Slot) -> Routine:
        yield from unregister_oom_notifier(on, suicidal)

    suicidal = NotifierBlock("suicidal", callback)
    chain.register(suicidal)
    chain.let_change(on.layout)
    walk(on, "first", 0)
    clock, _ = timed(on)
    assert ending.verdict(clock) == "deadlock"


def test_two_listeners_must_have_two_names() -> None:
    with pytest.raises(ModelError, match="two listeners are named 'a'"):
        changing(block("a"), block("a"))


def test_nobody_registers_as_if_at_boot_once_the_machine_runs() -> None:
    on = changing(block("a"))
    with pytest.raises(ModelError, match="the boot is over"):
        on.oom_notify_list.register(block("b"))


def test_who_comes_while_the_machine_runs_must_have_been_announced() -> None:
    on = machine()
    task = spawn(on)
    with pytest.raises(ModelError, match=r"call oom_notify_list\.let_change\(layout, the listen"):
        solo(on, task, register_oom_notifier(on, task, block("late")))
