"""The chain of listeners, and the two ways of having it walked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from oomlab.engine.model import Layout
from oomlab.engine.ops import Op, Routine, RwSemaphore, Slot, State, log, put
from oomlab.errors import InputError
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import (
    BlockingNotifierChain,
    NotifierBlock,
    add_freed,
    blocking_notifier_call_chain,
)
from oomlab.kernel.oom_kill import out_of_memory
from oomlab.kernel.oom_notify import Terms, notify_in_context
from oomlab.kernel.task import Task
from oomlab.kernel.zone import Zone
from oomlab.remedies.offload import OomNotifierThread
from tests.kernel.solo import MARKS, machine, solo, spawn


def block(name: str, priority: int = 0, pages: int = 0) -> NotifierBlock:
    def callback(current: Task, freed: Slot) -> Routine:
        yield log(name)
        yield from add_freed(freed, pages)

    return NotifierBlock(name, callback, priority)


@pytest.mark.parametrize("order", [("a0", "b80", "c0", "d-1"), ("d-1", "a0", "b80", "c0")])
def test_higher_priorities_first_equal_ones_in_order_of_registration(
    order: tuple[str, ...],
) -> None:
    chain = BlockingNotifierChain.declare(Layout(), "chain")
    for name in order:
        chain.register(block(name, int(name[1:])))
    assert [b.name for b in chain.blocks] == ["b80", "a0", "c0", "d-1"]


def walked(on: Machine) -> list[str]:
    task = spawn(on)
    routine = blocking_notifier_call_chain(on.oom_notify_list, task, task.freed)
    return solo(on, task, routine).said()


def test_all_listeners_run_even_after_one_has_freed_pages() -> None:
    on = machine()
    for name in ("first", "second", "third"):
        on.oom_notify_list.register(block(name, pages=5))
    assert walked(on) == ["first", "second", "third"]


def test_freed_pages_add_up() -> None:
    on = machine()
    for pages in (5, 0, 7):
        on.oom_notify_list.register(block("listener", pages=pages))
    task = spawn(on)
    assert solo(on, task, notify_in_context(on, task)).result == 12


def test_each_call_counts_from_zero() -> None:
    on = machine()
    on.oom_notify_list.register(block("listener", pages=5))
    task = spawn(on)
    run = solo(on, task, notify_in_context(on, task), given={task.freed: 100})
    assert run.result == 5


def test_a_walk_holds_the_semaphore_for_reading_all_the_way() -> None:
    on = machine()
    on.oom_notify_list.register(block("listener"))
    task = spawn(on)
    seen: list[object] = []

    def watch(op: Op, state: State) -> State:
        seen.append(state[on.oom_notify_list.rwsem.index])
        return state

    routine = blocking_notifier_call_chain(on.oom_notify_list, task, task.freed)
    run = solo(on, task, routine, meanwhile=watch)
    assert set(seen[:-1]) == {RwSemaphore((task.index,))}
    assert run.state[on.oom_notify_list.rwsem.index] == RwSemaphore()


def test_an_empty_chain_is_not_even_locked() -> None:
    on = machine()
    task = spawn(on)
    routine = blocking_notifier_call_chain(on.oom_notify_list, task, task.freed)
    assert solo(on, task, routine).kinds() == []


def offloading() -> tuple[Machine, OomNotifierThread, Task]:
    layout = Layout()
    thread = OomNotifierThread.declare(layout, Terms(timeout_s=5.0))
    on = Machine.boot(layout, Zone.declare(layout, 10, 0, MARKS), thread)
    return on, thread, spawn(on, process=on.process("own", 1))


def answering(thread: OomNotifierThread, pages: int) -> Callable[[Op, State], State]:
    """What the thread does as soon as it has been woken."""

    def act(op: Op, state: State) -> State:
        if op.kind == "wake" and op.slots[0] is thread.request_queue:
            before = state[thread.freed_total.index]
            assert isinstance(before, int)
            state = put(state, thread.freed_total, before + pages)
            state = put(state, thread.requested, 0)
        return state

    return act


def test_the_callers_side_asks_waits_and_takes_the_credit() -> None:
    on, thread, task = offloading()
    run = solo(on, task, thread.notify(on, task), meanwhile=answering(thread, 7))
    assert run.result == 7
    assert run.state[thread.freed_total.index] == 0
    assert "sleep_on" not in run.kinds()


def test_without_an_answer_the_caller_goes_on_and_the_request_stays_pending() -> None:
    on, thread, task = offloading()
    run = solo(on, task, thread.notify(on, task))
    assert run.ending == "returned"
    assert run.result == 0
    assert run.state[thread.requested.index] == 1
    timed = [op.args for op, _ in run.ops if op.kind == "sleep_on"]
    assert timed == [(5 * 250,)]


def test_credit_of_an_earlier_round_answers_a_request_that_freed_nothing() -> None:
    """The RFC's stale credit: nobody is killed, although not a page came back this time."""
    on, thread, task = offloading()
    on.process("hog", 100)
    run = solo(
        on,
        task,
        out_of_memory(on, task, flags.GFP_KERNEL),
        given={thread.freed_total: 256, on.oom_lock: task.index},
        meanwhile=answering(thread, 0),
    )
    assert run.result is True
    assert "select_bad_process" not in run.kinds()
    assert run.state[thread.freed_total.index] == 0


def test_after_a_timeout_the_caller_goes_on_to_kill() -> None:
    on, _, task = offloading()
    hog = on.process("hog", 100)
    run = solo(on, task, out_of_memory(on, task, flags.GFP_KERNEL), given={on.oom_lock: task.index})
    assert run.state[hog.sigkill.index] == 1


@pytest.mark.parametrize("timeout_s", [0.0, -1.0, float("nan")])
def test_a_timeout_must_be_a_time(timeout_s: float) -> None:
    with pytest.raises(InputError, match="more than 0 seconds"):
        OomNotifierThread.declare(Layout(), Terms(timeout_s))
