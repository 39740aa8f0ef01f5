"""h7-pseries-hotplug: the callback spins on a lock whose holder asks for memory.

While memory is taken offline, the pseries driver asks for a replacement page with its spinlock
held. The mask gives up after one round of reclaim, but inside that round a shrinker may wait for a
lock whose holder polls oom_lock; and whoever has oom_lock spins on the driver's spinlock in the
callback. Hazard H7; found by reading the driver of Linux 4.13.
"""

from __future__ import annotations

from oomlab.engine.model import Model
from oomlab.engine.ops import ANY_AMOUNT, Routine, Slot, move, mutex_lock, mutex_unlock
from oomlab.gfp import flags
from oomlab.kernel.machine import Machine
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task, TaskTraits
from oomlab.listeners.pseries_cmm import PseriesCmm, cmm_mem_going_offline
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import add_oom_caller
from oomlab.scenarios.machines import COMMON_PARAMETERS, SMALL_MACHINE, boot
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.scenario import Scenario, expect

PARAMETERS = (
    Parameter(
        "loaned_pages", "pages lent to the hypervisor", 1024, 0, 1 << 28, within="managed_pages"
    ),
    Parameter("hot_remove", "1 if memory is being taken offline, 0 if not", 1, only=(0, 1)),
    *COMMON_PARAMETERS,
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """Three tasks: the one that takes memory offline, a holder of a lock that shrinkers take
    whatever the mask, and the caller of the OOM killer."""
    machine = boot(settings, remedy)
    shrinker_lock = machine.layout.mutex("driver_lock")
    add_oom_caller(machine, settings)
    machine.spawn(
        "driver_task",
        "holds a lock that a shrinker takes, and needs a page",
        lambda task: driver_task(machine, task, shrinker_lock),
        process=machine.process("client", 1),
    )
    cmm = PseriesCmm.init(
        machine, pages=int(settings["loaned_pages"]), oom_pages=int(settings["callback_pages"])
    )
    if settings["hot_remove"]:
        machine.spawn(
            "offline",
            "takes memory offline",
            lambda task: cmm_mem_going_offline(cmm, task),
            traits=TaskTraits(shrinkers_meet=(shrinker_lock,)),
        )
    return machine.model()


def driver_task(machine: Machine, current: Task, lock: Slot) -> Routine:
    """Hold a driver's lock across a GFP_KERNEL request; i915's struct_mutex is such a lock."""
    yield mutex_lock(lock)
    got = yield from alloc_page(machine, current, flags.GFP_KERNEL)
    if got:
        yield move(current.hand, machine.zone.free, ANY_AMOUNT)
    yield mutex_unlock(lock)


PSERIES_HOTPLUG = Scenario(
    "h7-pseries-hotplug",
    "the callback spins on a lock whose holder asks for memory",
    PARAMETERS,
    {**SMALL_MACHINE, "loaned_pages": 1},
    build,
    (
        *expect("clock", {"deadlock": "mainline"}),
        *expect("explorer", {"lockup": "mainline"}),
        *expect("clock", {"completed": "mainline"}, {"hot_remove": 0}),
    ),
    titles=("The callback spins on a lock",),
)
