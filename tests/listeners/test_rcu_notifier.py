"""RCU's notifier waits for the round before, and for nothing else."""

from __future__ import annotations

import pytest

from oomlab import run_model
from oomlab.engine.ops import Routine
from oomlab.kernel.task import Task
from oomlab.listeners.rcu_tree_plugin import RcuTreePlugin, rcu_gp_kthread
from tests.kernel.solo import machine, solo, spawn


def test_the_first_round_never_waits_and_gives_nothing_back() -> None:
    on = machine()
    rcu = RcuTreePlugin.register(on, lazy_cpus=3)
    task = spawn(on)
    run = solo(on, task, rcu.rcu_oom_notify(task, task.freed))
    assert run.ending == "returned"
    assert run.state[rcu.oom_callback_count.index] == 3  # one for each CPU, its own taken back
    assert run.state[rcu.posted.index] == 3
    assert run.state[task.freed.index] == 0
    assert "take_page" not in run.kinds()


def test_the_second_round_waits_for_the_first() -> None:
    on = machine()
    rcu = RcuTreePlugin.register(on)
    task = spawn(on)
    again = rcu.rcu_oom_notify(task, task.freed)
    run = solo(on, task, again, given={rcu.oom_callback_count: 1})
    assert run.ending == "blocked"
    assert run.ops[-1][0].slots == (rcu.oom_callback_wq,)


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ({}, "completed"),
        ({"reader_stays": False}, "completed"),
        ({"reader_stays": True}, "deadlock"),
    ],
)
def test_a_round_ends_unless_somebody_reads_for_ever(given: dict[str, bool], verdict: str) -> None:
    on = machine(tells_steps=False)
    rcu = RcuTreePlugin.register(on, **given)

    def two_rounds(task: Task) -> Routine:
        yield from rcu.rcu_oom_notify(task, task.freed)
        yield from rcu.rcu_oom_notify(task, task.freed)

    on.spawn("caller", "asks twice", two_rounds)
    on.spawn("rcu", "ends grace periods", lambda task: rcu_gp_kthread(rcu, task), serves=True)
    assert run_model(on.model()).verdict == verdict
