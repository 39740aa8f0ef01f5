"""A page fault that found no memory (pagefault_out_of_memory, mm/oom_kill.c, Linux 4.13).

Here the allocation has failed already, and all its locks are released.
"""

from __future__ import annotations

from oomlab.engine.ops import Routine, mutex_trylock, mutex_unlock
from oomlab.kernel.machine import Machine
from oomlab.kernel.memcontrol import mem_cgroup_oom_synchronize
from oomlab.kernel.oom_kill import out_of_memory
from oomlab.kernel.task import Task


def pagefault_out_of_memory(
    machine: Machine, current: Task, *, charge_failed: bool = False
) -> Routine:
    """Ask the OOM killer, unless somebody else does; either way the fault is taken again.

    `charge_failed`: it was the limit of the task's group that was met, not the machine's; then the
    group's OOM is handled instead. The mask is 0, with which killing is allowed. From 5.16 on a
    fault for want of the machine's memory asks nobody, and is only taken again.
    """
    memcg = None if current.process is None else current.process.traits.memcg
    if charge_failed and memcg is not None:
        yield from mem_cgroup_oom_synchronize(machine, current, memcg)
        return
    if not machine.traits.page_fault_kills:
        return
    locked = yield mutex_trylock(machine.oom_lock)
    if not locked:
        return
    yield from out_of_memory(machine, current, 0)
    yield mutex_unlock(machine.oom_lock)
