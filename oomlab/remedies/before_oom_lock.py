"""The notifier chain run before oom_lock is asked for (Tetsuo Handa to linux-mm, 20 June 2018).

try_oom_notifier has a mutex of its own, taken killably, and runs the chain in the caller's context.
The reaper, SysRq-f and memcg OOM, which need oom_lock, are no longer behind a stuck callback. All
who want to ask the OOM killer are.
"""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.engine.model import Layout
from oomlab.engine.ops import Routine, Slot, mutex_lock_killable, mutex_unlock
from oomlab.kernel.machine import Machine
from oomlab.kernel.oom_notify import notify_in_context
from oomlab.kernel.task import Task


def notify_nobody(machine: Machine, current: Task) -> Routine:
    """What out_of_memory does where the chain has been run already. Result: 0."""
    yield from ()
    return 0


@dataclass(frozen=True, eq=False)
class OomNotifierLock:
    """The mutex that keeps two walks apart; several callbacks rely on that."""

    lock: Slot

    @classmethod
    def declare(cls, layout: Layout) -> OomNotifierLock:
        """Declare the mutex. It counts as polled because a killed waiter does not wait for it."""
        return cls(layout.mutex("oom_notifier_lock", polled=True))

    def try_oom_notifier(self, machine: Machine, current: Task) -> Routine:
        """Run the chain. Result: pages freed; 1 for a caller that was killed while it waited."""
        sigkill = None if current.process is None else current.process.sigkill
        locked = yield mutex_lock_killable(self.lock, sigkill)
        if not locked:
            return 1
        freed = yield from notify_in_context(machine, current)
        yield mutex_unlock(self.lock)
        return freed
