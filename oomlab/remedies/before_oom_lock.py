"""The notifier chain run before oom_lock is asked for (Tetsuo Handa to linux-mm, 20 June 2018).

try_oom_notifier has a mutex of its own, taken killably, and runs the chain in the caller's context.
The reaper, SysRq-f and memcg OOM, which need oom_lock, are no longer behind a stuck callback. All
who want to ask the OOM killer are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from oomlab.engine.model import Layout
from oomlab.engine.ops import Routine, Slot, mutex_lock_killable, mutex_unlock
from oomlab.kernel.machine import Machine
from oomlab.kernel.oom_notify import Delivery, Terms, at_once, notify_in_context
from oomlab.kernel.task import Task
from oomlab.remedies.expected import expect
from oomlab.remedies.remedy import Remedy


@dataclass(frozen=True, eq=False)
class OomNotifierLock(Delivery):
    """The mutex that keeps two walks apart; several callbacks rely on that."""

    name: ClassVar[str] = "before-oom-lock"

    lock: Slot

    @classmethod
    def declare(cls, layout: Layout, terms: Terms) -> OomNotifierLock:
        """Declare the mutex. It counts as polled because a killed waiter does not wait for it."""
        return cls(layout.mutex("oom_notifier_lock", polled=True))

    def before(self, machine: Machine, current: Task) -> Routine:
        """Run the chain now."""
        return self.try_oom_notifier(machine, current)

    def notify(self, machine: Machine, current: Task) -> Routine:
        """The chain has been run already."""
        return at_once(0)

    def try_oom_notifier(self, machine: Machine, current: Task) -> Routine:
        """Run the chain. Result: pages freed; 1 for a caller that was killed while it waited."""
        sigkill = None if current.process is None else current.process.sigkill
        locked = yield mutex_lock_killable(self.lock, sigkill)
        if not locked:
            return 1
        freed = yield from notify_in_context(machine, current)
        yield mutex_unlock(self.lock)
        return freed


BEFORE_OOM_LOCK = Remedy(
    "before-oom-lock",
    "the chain runs before oom_lock, under a mutex of its own (Handa, 20 June 2018)",
    title="Before oom_lock",
    delivery=OomNotifierLock,
    verdicts=(
        *expect(
            "clock",
            {
                "deadlock": "h1-two-task-cycle h2-three-task-poll h3c-i915-fence-array"
                " h3d-i915-bit17 h4-i915-object-lock h5-host-never-answers"
                " h5-gpu-never-idles h5-rcu-previous-round h7-pseries-hotplug",
                "completed": "h3a-virtqueue-add h3b-ccw-config-write h6-nap-under-lock",
            },
        ),
        *expect(
            "explorer",
            {
                "lockup": "h1-two-task-cycle h2-three-task-poll h3c-i915-fence-array h3d-i915-bit17"
                " h4-i915-object-lock h5-host-never-answers h5-gpu-never-idles"
                " h5-rcu-previous-round h7-pseries-hotplug",
                "exhausted-clean": "h3b-ccw-config-write h6-nap-under-lock",
            },
        ),
        *expect("clock", {"deadlock": "h1-two-task-cycle"}, {"fault_tasks": 1}),
        # It waits for the mutex that its own task holds.
        *expect("clock", {"deadlock": "h3a-virtqueue-add"}, {"total_sg": 2}),
        *expect("explorer", {"lockup": "h3a-virtqueue-add"}, {"total_sg": 2}),
    ),
)
