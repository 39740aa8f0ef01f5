"""The magic key that asks for an OOM kill by hand, SysRq-f (drivers/tty/sysrq.c)."""

from __future__ import annotations

from oomlab.engine.ops import Routine, log, mutex_lock, mutex_unlock
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.oom_kill import SYSRQ, out_of_memory
from oomlab.kernel.task import Task


def moom_callback(machine: Machine, current: Task) -> Routine:
    """The work item: get oom_lock, however long that takes, and have somebody killed.

    The chain runs first, as for any other caller. If it frees anything, nobody is killed before
    Linux 5.17; since then somebody is (Jann Horn, "OOM sysrq should always kill a process").
    """
    yield mutex_lock(machine.oom_lock)
    satisfied = yield from out_of_memory(machine, current, flags.GFP_KERNEL, SYSRQ)
    if not satisfied:
        yield log("OOM request ignored. No task eligible")
    yield mutex_unlock(machine.oom_lock)
