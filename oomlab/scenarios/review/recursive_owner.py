"""r16-recursive-owner: a callback that knows its caller finds somebody else in its place.

Intel graphics asks for memory with struct_mutex held. In the released kernels its own callback runs
in the same task, notices that the task owns struct_mutex already, and purges. In the RFC's thread
the same test finds a lock that somebody else owns, and that somebody waits for the thread. The
callback tries for as long as it ever does, and gives back nothing.
"""

from __future__ import annotations

from oomlab.engine.model import Model
from oomlab.engine.ops import ANY_AMOUNT, Routine, move, mutex_lock, mutex_unlock
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task
from oomlab.listeners.i915_gem_shrinker import I915, ObjectTraits
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import add_sleeping_hog, die_if_killed
from oomlab.scenarios.machines import COMMON_PARAMETERS, SMALL_MACHINE, boot
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.scenario import Scenario, expect

PARAMETERS = (
    Parameter(
        "object_pages", "pages of the graphics object", 1024, 1, 1 << 28, within="managed_pages"
    ),
    Parameter(
        "lock_jiffies", "ticks for which the callback tries (0: the driver's 5 s)", 0, 0, 10**6
    ),
    *COMMON_PARAMETERS,
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """One client of the graphics driver, and a large process that might be killed."""
    machine = boot(settings, remedy)
    i915 = I915.init(machine, lock_jiffies=int(settings["lock_jiffies"]) or None)
    i915.add_object(int(settings["object_pages"]), ObjectTraits())
    machine.spawn(
        "gpu_client",
        "asks the graphics driver for memory, which is asked for with struct_mutex held",
        lambda task: allocate_with_struct_mutex(machine, task, i915),
        process=machine.process("gpu_client", 1),
    )
    add_sleeping_hog(machine, settings)
    return machine.model()


def allocate_with_struct_mutex(machine: Machine, current: Task, i915: I915) -> Routine:
    """An execbuffer that needs a page (i915_gem_do_execbuffer, as far as it matters here)."""
    yield mutex_lock(i915.struct_mutex)
    got = yield from alloc_page(machine, current, flags.GFP_KERNEL)
    yield mutex_unlock(i915.struct_mutex)
    if got:
        yield move(current.hand, machine.zone.free, ANY_AMOUNT)
    yield from die_if_killed(machine, current)


RECURSIVE_OWNER = Scenario(
    "r16-recursive-owner",
    "the thread's callback waits for a lock whose owner waits for the thread",
    PARAMETERS,
    {**SMALL_MACHINE, "object_pages": 1, "lock_jiffies": 2, "ghosts": 2},
    build,
    (
        *expect("clock", {"completed": "mainline", "recovered": "offload"}),
        *expect("explorer", {"exhausted-clean": "mainline offload"}),
    ),
    titles=("The lock's owner waits for the thread",),
)
