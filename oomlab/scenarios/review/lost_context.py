"""r16-lost-context: what a callback may do because of who called it, it may not do in a thread.

The graphics driver asks for memory with struct_mutex held. If that leads to its own OOM callback,
in context, the callback sees that its task owns the mutex already, and goes ahead. In the RFC's
thread the owner is somebody else, who sleeps until this very callback is done: it tries for the
driver's own limit of 5 s, and gives nothing.
"""

from __future__ import annotations

from oomlab.kernel import gfp as flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task
from oomlab.listeners.i915_gem_shrinker import I915, ObjectTraits
from oomlab.model import Model
from oomlab.ops import ANY_AMOUNT, Routine, Slot, move, mutex_lock, mutex_unlock
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import COMMON_PARAMETERS, SMALL_MACHINE, add_sleeping_hog, boot
from oomlab.scenarios.graphics import OBJECT_PAGES
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.scenario import Scenario, expect

PARAMETERS = (
    Parameter("lock_s", "seconds for which the driver tries to get struct_mutex", 5.0, 0.001, 1e6),
    OBJECT_PAGES,
    *COMMON_PARAMETERS,
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """The driver's own task, which needs a page, and a process that can be killed for it."""
    machine = boot(settings, remedy)
    jiffies = max(1, round(settings["lock_s"] * machine.hz))
    i915 = I915.init(machine, lock_jiffies=jiffies)
    i915.add_object(int(settings["object_pages"]), ObjectTraits())
    machine.spawn(
        "gpu_client",
        "draws, with struct_mutex held, and needs a page for it",
        lambda task: drawing_task(machine, task, i915.struct_mutex),
        process=machine.process("client", 1),
    )
    add_sleeping_hog(machine, settings)
    return machine.model()


def drawing_task(machine: Machine, current: Task, struct_mutex: Slot) -> Routine:
    """Hold struct_mutex across a request for a page, as the driver's ioctls do."""
    yield mutex_lock(struct_mutex)
    got = yield from alloc_page(machine, current, flags.GFP_KERNEL)
    yield mutex_unlock(struct_mutex)
    if got:
        yield move(current.hand, machine.zone.free, ANY_AMOUNT)


LOST_CONTEXT = Scenario(
    "r16-lost-context",
    "a callback that could go ahead for its caller cannot do so in a thread",
    PARAMETERS,
    {**SMALL_MACHINE, "object_pages": 1, "lock_s": 0.004, "ghosts": 2},
    build,
    (
        *expect("clock", {"completed": "mainline", "recovered": "offload"}),
        *expect("explorer", {"exhausted-clean": "mainline offload"}),
    ),
)
