"""A remedy as a reader would write it, in one file: its protocol, its choices, and its verdicts.

The chain runs before oom_lock is asked for, under a mutex of its own that is only tried: whoever
finds somebody else in the chain goes straight to the OOM killer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from oomlab.engine.model import Layout
from oomlab.engine.ops import Routine, Slot, mutex_trylock, mutex_unlock
from oomlab.engine.slots import Says
from oomlab.kernel.machine import Machine
from oomlab.kernel.oom_notify import Delivery, Terms, at_once, notify_in_context
from oomlab.kernel.task import Task
from oomlab.remedies import Remedy
from oomlab.remedies.expected import expect


@dataclass(frozen=True, eq=False)
class OneInTheChain(Delivery):
    name: ClassVar[str] = "one-in-the-chain"

    turnstile: Slot

    @classmethod
    def declare(cls, layout: Layout, terms: Terms) -> OneInTheChain:
        says = {
            "mutex_unlock": Says(told="{task} leaves the turnstile", order="leave the turnstile")
        }
        return cls(layout.mutex("turnstile", polled="once", says=says))

    def before(self, machine: Machine, current: Task) -> Routine:
        return self.try_the_turnstile(machine, current)

    def notify(self, machine: Machine, current: Task) -> Routine:
        return at_once(0)

    def try_the_turnstile(self, machine: Machine, current: Task) -> Routine:
        got = yield mutex_trylock(self.turnstile)
        if not got:
            return 0
        freed = yield from notify_in_context(machine, current)
        yield mutex_unlock(self.turnstile)
        return freed


REMEDY = Remedy(
    "one-in-the-chain",
    "whoever finds somebody else in the chain goes straight to the OOM killer",
    delivery=OneInTheChain,
    verdicts=(
        *expect(
            "clock",
            {
                "deadlock": "h1-two-task-cycle h5-host-never-answers h5-gpu-never-idles",
                "livelock": "h2-three-task-poll h5-rcu-previous-round",
                "recovered": "h3c-i915-fence-array h3d-i915-bit17 h4-i915-object-lock"
                " h7-pseries-hotplug",
                "completed": "h3a-virtqueue-add h3b-ccw-config-write h6-nap-under-lock",
            },
        ),
        *expect("clock", {"deadlock": "h1-two-task-cycle"}, {"fault_tasks": 1}),
        *expect("clock", {"recovered": "h3a-virtqueue-add"}, {"total_sg": 2}),
        *expect(
            "explorer",
            {
                "lockup": "h1-two-task-cycle h5-host-never-answers h5-gpu-never-idles",
                "exhausted-clean": "h3a-virtqueue-add h3b-ccw-config-write h3c-i915-fence-array"
                " h3d-i915-bit17 h6-nap-under-lock",
            },
        ),
    ),
)
