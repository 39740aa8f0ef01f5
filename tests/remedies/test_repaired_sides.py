"""The two sides of the second repair, each alone."""

from __future__ import annotations

from collections.abc import Hashable

import pytest

from oomlab.engine.ops import Op, Routine, Slot, State, put
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import NotifierBlock, add_freed
from oomlab.kernel.oom_notify import Terms
from oomlab.kernel.task import Task
from oomlab.remedies.offload_repaired import ANSWERED, ASKED, IDLE, OVERDUE, RepairedThread
from tests.kernel.solo import machine, solo, spawn


@pytest.fixture
def on() -> Machine:
    return machine()


@pytest.fixture
def thread(on: Machine) -> RepairedThread:
    return RepairedThread.declare(on.layout, Terms(timeout_s=5.0))


@pytest.fixture
def task(on: Machine) -> Task:
    return spawn(on)


def test_who_asks_wakes_the_thread_before_it_waits(
    on: Machine, thread: RepairedThread, task: Task
) -> None:
    run = solo(on, task, thread.before(on, task))
    asked = run.first("write", "oom_notifier_kick")
    woken = run.first("wake", "oom_notifier_request_queue")
    assert asked < woken < run.first("sleep_on", "oom_notifier_response_queue")


@pytest.mark.parametrize(
    ("found", "result"), [((ASKED, 9), 1), (OVERDUE, 0)], ids=["another's job", "overdue"]
)
def test_a_job_that_came_up_before_the_lock_was_taken_is_left_alone(
    on: Machine, thread: RepairedThread, task: Task, found: Hashable, result: int
) -> None:
    """With a job under way the caller looks again; an overdue one holds nobody up."""

    def meanwhile(op: Op, state: State) -> State:
        return put(state, thread.job, found) if op.kind == "mutex_lock" else state

    given: dict[Slot, Hashable] = {thread.job: IDLE}
    run = solo(on, task, thread.before(on, task), given=given, meanwhile=meanwhile)
    assert (run.ending, run.result) == ("returned", result)
    assert "wake" not in run.kinds()
    assert run.state[thread.mutex.index] == on.layout.initial[thread.mutex.index]


@pytest.mark.parametrize(
    ("job", "after", "freed"), [((ASKED, 9), (ANSWERED, 9), 7), (OVERDUE, IDLE, 0)]
)
def test_the_thread_answers_who_still_waits(
    on: Machine, thread: RepairedThread, task: Task, job: Hashable, after: Hashable, freed: int
) -> None:
    def callback(current: Task, counter: Slot) -> Routine:
        yield from add_freed(counter, 7)

    on.oom_notify_list.register(NotifierBlock("driver", callback))
    given: dict[Slot, Hashable] = {thread.job: job, thread.requested: 1}
    run = solo(on, task, thread.run(on, task), given=given)
    assert run.ending == "blocked"  # until the next request
    assert (run.state[thread.job.index], run.state[thread.freed.index]) == (after, freed)
