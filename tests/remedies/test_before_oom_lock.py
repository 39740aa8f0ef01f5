"""The chain before oom_lock: the rescuers are free again, the callers are not."""

from __future__ import annotations

from collections.abc import Hashable

from oomlab import run
from oomlab.engine.ops import Slot
from oomlab.kernel.oom_notify import Terms
from oomlab.remedies.before_oom_lock import OomNotifierLock
from tests.kernel.solo import machine, solo, spawn


def test_oom_lock_is_free_while_a_callback_is_stuck() -> None:
    """Under mainline it is held, and the reaper, SysRq-f and memcg OOM stand behind it."""
    for remedy, holder in (("mainline", "fs_task"), ("before-oom-lock", "")):
        trace = run("h1-two-task-cycle", remedy)
        assert trace.verdict == "deadlock"
        assert trace.values_at(trace.ended_at_us)["oom_lock"] == holder


def test_callers_wait_in_a_row_and_a_killed_one_leaves_it() -> None:
    on = machine()
    lock = OomNotifierLock.declare(on.layout, Terms())
    task, other = spawn(on, process=on.process("own", 1)), spawn(on, "other")
    assert task.process is not None
    taken: dict[Slot, Hashable] = {lock.lock: other.index}
    waits = solo(on, task, lock.try_oom_notifier(on, task), given=taken)
    assert waits.ending == "blocked"
    leaves = solo(
        on, task, lock.try_oom_notifier(on, task), given={**taken, task.process.sigkill: 1}
    )
    assert (leaves.ending, leaves.result) == ("returned", 1)


def test_a_request_that_may_never_kill_does_not_run_the_chain() -> None:
    """Which is why writing the size over channel I/O fails at once instead of looping."""
    trace = run("h3b-ccw-config-write", "before-oom-lock")
    assert trace.verdict == "completed"
    walks = [e for e in trace.events if e.op == "mutex_lock_killable"]
    assert len(walks) == 1
