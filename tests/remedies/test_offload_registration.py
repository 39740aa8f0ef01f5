"""The RFC's registration, alone: the first one makes the thread, if it can."""

from __future__ import annotations

from collections.abc import Hashable

import pytest

from oomlab.engine.model import Layout
from oomlab.engine.ops import Routine, Slot
from oomlab.kernel.kthread import EINTR
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import NotifierBlock
from oomlab.kernel.oom_notify import Terms
from oomlab.kernel.task import Task
from oomlab.kernel.zone import Zone
from oomlab.remedies.offload import OomNotifierThread
from tests.kernel.solo import MARKS, solo, spawn


def no_callback(current: Task, freed: Slot) -> Routine:
    yield from ()


@pytest.mark.parametrize(
    ("killed", "result", "said"),
    [(0, 0, []), (1, -EINTR, ["Unable to create OOM notifier thread (-4)"])],
)
def test_an_asker_that_is_killed_gets_neither_thread_nor_listener(
    killed: int, result: int, said: list[str]
) -> None:
    layout = Layout()
    thread = OomNotifierThread.declare(layout, Terms(timeout_s=5.0, threads=1))
    on = Machine.boot(layout, Zone.declare(layout, 100, 0, MARKS), thread)
    own = on.process("own", 1)
    task = spawn(on, process=own)
    block = NotifierBlock("driver", no_callback)
    on.oom_notify_list.let_change(layout, block)
    assert thread.pointer is not None
    given: dict[Slot, Hashable] = {own.sigkill: killed}
    run = solo(on, task, thread.register(on, task, block), given=given)
    assert (run.ending, run.result or 0, run.said()) == ("returned", result, said)
    assert run.state[thread.pointer.index] == (0 if killed else 1)
    assert on.oom_notify_list.members is not None
    assert run.state[on.oom_notify_list.members.index] == (() if killed else ("driver",))
