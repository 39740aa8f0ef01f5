"""Making a kernel thread, alone: for whom, and with what memory."""

from __future__ import annotations

from collections.abc import Hashable

import pytest

from oomlab.engine.ops import Slot
from oomlab.kernel.kthread import EINTR, ENOMEM, NewThreads, kthread_run
from oomlab.kernel.task import TaskTraits
from tests.kernel.solo import machine, solo, spawn


@pytest.mark.parametrize(
    ("free", "cached_stack", "killed", "result"),
    [
        (100, False, False, 1),
        (100, False, True, -EINTR),
        (0, True, False, 1),
        (0, True, True, -EINTR),
        (0, False, False, -ENOMEM),  # the asker may use every reserve, and there is none
    ],
)
def test_a_thread_needs_memory_and_an_asker_that_lives(
    free: int, cached_stack: bool, killed: bool, result: int
) -> None:
    on = machine(free)
    own = on.process("own", 1)
    task = spawn(on, process=own, traits=TaskTraits(pf_memalloc=True))
    threads = NewThreads.declare(on.layout, 1)
    given: dict[Slot, Hashable] = {own.sigkill: int(killed)}
    run = solo(on, task, kthread_run(on, task, threads, cached_stack), given=given)
    made = int(result > 0)
    assert (run.ending, run.result) == ("returned", result)
    assert run.state[threads.made.index] == run.state[threads.started[0].index] == made
    assert run.state[threads.stacks.index] == int(made and not cached_stack)
    assert run.state[task.hand.index] == 0
