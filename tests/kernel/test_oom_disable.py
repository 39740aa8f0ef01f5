"""The OOM killer is off while the machine is suspended."""

from __future__ import annotations

from collections.abc import Hashable

from oomlab.engine.ops import Slot
from oomlab.kernel.machine import Machine
from oomlab.kernel.oom_disable import oom_killer_disable
from oomlab.kernel.oom_kill import mark_oom_victim
from oomlab.kernel.task import Process, Task
from tests.kernel.oom import oom
from tests.kernel.solo import machine, solo, spawn
from tests.kernel.test_oom_kill import SOMEBODY, listener


def suspending() -> tuple[Machine, Task, Process]:
    on = machine(suspends=True)
    big = on.process("big", 70)
    return on, spawn(on, "suspend"), big


def test_a_disabled_killer_refuses_before_it_asks_anybody() -> None:
    on, task, _ = suspending()
    on.oom_notify_list.register(listener("listener", 1))
    assert on.oom_killer_disabled is not None
    run = oom(on, task, given={on.oom_killer_disabled: 1})
    assert (run.result, run.said()) == (False, [])


def test_disabling_waits_for_oom_lock() -> None:
    on, task, _ = suspending()
    run = solo(on, task, oom_killer_disable(on, task, 9), given={on.oom_lock: SOMEBODY})
    assert run.ending == "blocked"


def test_without_victims_the_killer_is_off_at_once() -> None:
    on, task, _ = suspending()
    assert on.oom_killer_disabled is not None
    run = solo(on, task, oom_killer_disable(on, task, 9))
    assert run.result is True
    assert run.state[on.oom_killer_disabled.index] == 1
    assert run.state[on.oom_lock.index] == -1


def test_a_victim_that_does_not_exit_makes_the_suspend_fail() -> None:
    on, task, _ = suspending()
    assert on.oom_killer_disabled is not None and on.oom_victims is not None
    run = solo(on, task, oom_killer_disable(on, task, 9), given={on.oom_victims.count: 1})
    assert run.result is False
    assert run.state[on.oom_killer_disabled.index] == 0
    assert [op.args for op, _ in run.ops if op.kind == "sleep_on"] == [(9,)]


def test_a_kill_is_counted() -> None:
    on, task, _ = suspending()
    assert on.oom_victims is not None
    assert oom(on, task).state[on.oom_victims.count.index] == 1


def test_a_victim_that_is_marked_again_is_counted_once() -> None:
    """Suspend waits until the count is 0, and each victim takes off one when it exits."""
    on, task, big = suspending()
    assert on.oom_victims is not None
    given: dict[Slot, Hashable] = {on.oom_victims.count: 1, big.memdie: 1, big.mm: "victim"}
    run = solo(on, task, mark_oom_victim(big), given=given)
    assert run.state[on.oom_victims.count.index] == 1
