"""Switching the OOM killer off for a suspend (mm/oom_kill.c, called by kernel/power/process.c).

When this comes back with success no victim is left that could still touch memory. And because it
had to get oom_lock, no callback of the notifier chain is running, as long as callbacks run under
oom_lock. The devices are suspended after it, in that belief.
"""

from __future__ import annotations

from oomlab.engine.ops import Routine, mutex_lock_killable, mutex_unlock, write
from oomlab.kernel.machine import Machine
from oomlab.kernel.task import Task
from oomlab.kernel.wait import wait_event_timeout
from oomlab.limits import Limit

LIMITS = (
    Limit(
        "simplified",
        "Freezing tasks",
        "The suspend waits until the user tasks have finished what they are doing; that a frozen "
        "victim is thawed, and that kernel threads are frozen afterwards, is left out.",
    ),
)

FREEZE_TIMEOUT_S = 20
"""How long a suspend waits for victims to exit (freeze_timeout_msecs, kernel/power/process.c)."""


def oom_killer_disable(machine: Machine, current: Task, timeout: int) -> Routine:
    """Switch the OOM killer off and wait at most `timeout` jiffies for its victims to exit.

    Result: True if it is off; False if the caller was killed or a victim would not exit, and then
    the OOM killer works as before. The machine must have been booted for it (`suspends`). (That a
    delivery is quiesced is a remedy's; in the released kernels there is no such thing.)
    """
    assert machine.oom_killer_disabled is not None and machine.oom_victims is not None
    sigkill = None if current.process is None else current.process.sigkill
    locked = yield mutex_lock_killable(machine.oom_lock, sigkill)
    if not locked:
        return False
    yield write(machine.oom_killer_disabled, 1)
    yield mutex_unlock(machine.oom_lock)
    victims = machine.oom_victims
    left = yield from wait_event_timeout(victims.wait, victims.count, 0, timeout)
    if left:
        left = yield from machine.delivery.quiesce(machine, left)
    if not left:
        yield from oom_killer_enable(machine)
        return False
    return True


def oom_killer_enable(machine: Machine) -> Routine:
    """Switch it on again."""
    assert machine.oom_killer_disabled is not None
    yield write(machine.oom_killer_disabled, 0)
