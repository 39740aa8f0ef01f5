"""Running out of memory inside a memory cgroup (mm/memcontrol.c, Linux 4.13).

The group's limit was met while a page was charged to it. Nothing is done about it there: the task
remembers, and handles it at the end of its page fault, without locks. It asks no listener, and
kills inside the group. But it waits for oom_lock, whoever has that.
"""

from __future__ import annotations

from oomlab.engine.ops import Routine, mutex_lock, mutex_lock_killable, mutex_unlock
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.oom_kill import OomControl, out_of_memory
from oomlab.kernel.process import MemCgroup
from oomlab.kernel.task import Task
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "Memory cgroups",
        "Nothing is charged to a group; a task of it says that the limit was met. Groups are not "
        "nested, and no user process handles their OOM.",
    ),
)


def mem_cgroup_oom_synchronize(machine: Machine, current: Task, memcg: MemCgroup) -> Routine:
    """Handle the group's OOM at the end of a page fault; one task of the group at a time. Result:
    True if somebody makes progress."""
    yield mutex_lock(memcg.oom_lock)
    progress = yield from mem_cgroup_out_of_memory(machine, current, memcg)
    yield mutex_unlock(memcg.oom_lock)
    return progress


def mem_cgroup_out_of_memory(machine: Machine, current: Task, memcg: MemCgroup) -> Routine:
    """Wait for oom_lock and kill in the group; who is killed meanwhile gives up (since 5.1).
    Result as above."""
    sigkill = None if current.process is None else current.process.sigkill
    locked = True
    if machine.traits.memcg_waits_killably:
        locked = yield mutex_lock_killable(machine.oom_lock, sigkill)
    else:
        yield mutex_lock(machine.oom_lock)
    if not locked:
        return True
    progress = yield from out_of_memory(machine, current, flags.GFP_KERNEL, OomControl(memcg=memcg))
    yield mutex_unlock(machine.oom_lock)
    return progress
