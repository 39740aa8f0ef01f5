"""five-listeners: one walk of the chain, with the listeners of Linux 4.13 in it.

Nothing hangs here. It shows who is called by whom, in which order, and what each does. A machine
with all five does not exist: one driver is for s390, one for pseries, one for Intel graphics. The
order of those with equal priority is that in which such a kernel would register them.
"""

from __future__ import annotations

from oomlab.engine.model import Model
from oomlab.kernel.machine import Machine
from oomlab.listeners.i915_gem_shrinker import I915, ObjectTraits
from oomlab.listeners.pseries_cmm import PseriesCmm
from oomlab.listeners.rcu_tree_plugin import RcuTreePlugin, rcu_gp_kthread
from oomlab.listeners.s390_cmm import S390Cmm
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import (
    BALLOON_PARAMETERS,
    COMMON_PARAMETERS,
    SMALL_MACHINE,
    add_balloon,
    add_filesystem_task,
    add_hog,
    add_sleeping_hog,
    boot,
)
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.rescuers import add_fault_oom, add_memcg_oom, add_sysrq
from oomlab.scenarios.scenario import Scenario, expect

CALLERS = (
    "a task that touches memory",
    "a file writer (GFP_NOFS)",
    "a failed page fault",
    "a person with SysRq-f",
    "a memory cgroup",
)
"""Who asks for help, by the value of the parameter `caller`."""

ALL = 0
RCU, PSERIES, S390, GRAPHICS, BALLOON = range(1, 6)
"""Values of the parameter `listeners`, in the order of registration."""

PARAMETERS = (
    Parameter(
        "caller",
        "who asks: " + "; ".join(f"{i} {text}" for i, text in enumerate(CALLERS)),
        0,
        only=tuple(range(len(CALLERS))),
    ),
    Parameter(
        "listeners",
        "who listens: 0 all five, 1 RCU, 2 pseries cmm, 3 s390 cmm, 4 i915, 5 virtio_balloon",
        ALL,
        only=(ALL, RCU, PSERIES, S390, GRAPHICS, BALLOON),
    ),
    Parameter(
        "listener_pages",
        "pages that each listener but RCU's holds",
        256,
        0,
        1 << 20,
        within="managed_pages",
    ),
    *COMMON_PARAMETERS,
    *(p for p in BALLOON_PARAMETERS if p.name != "balloon_pages"),
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """The listeners in the order in which they register, the one who asks, and a process to kill
    where the caller is not large itself."""
    machine = boot(settings, remedy)
    add_listeners(machine, settings, remedy)
    match settings["caller"]:
        case 0:
            add_hog(machine, settings)
        case 1:
            add_filesystem_task(machine, machine.layout.mutex("fs_lock"))
        case 2:
            add_fault_oom(machine, 0)
        case 3:
            add_sysrq(machine, 0)
        case _:
            add_memcg_oom(machine, 0)
    if settings["caller"]:
        add_sleeping_hog(machine, settings)
    return machine.model()


def add_listeners(machine: Machine, settings: Settings, remedy: Remedy) -> None:
    """RCU's registers first of all (early_initcall), then drivers as they are linked."""
    pages = int(settings["listener_pages"])

    def listens(which: int) -> bool:
        return settings["listeners"] in (ALL, which)

    if listens(RCU):
        rcu = RcuTreePlugin.register(machine)
        machine.spawn(
            "rcu",
            "waits for grace periods and runs RCU callbacks",
            lambda task: rcu_gp_kthread(rcu, task),
            serves=True,
        )
    if listens(PSERIES):
        PseriesCmm.init(machine, pages=pages, oom_pages=int(settings["callback_pages"]))
    if listens(S390):
        S390Cmm.init(machine, timed_pages=pages)
    if listens(GRAPHICS):
        I915.init(machine).add_object(pages, ObjectTraits())
    if listens(BALLOON):
        add_balloon(machine, {**settings, "balloon_pages": pages}, remedy)


FIVE_LISTENERS = Scenario(
    "five-listeners",
    "one walk of the chain with the listeners of Linux 4.13 in it",
    PARAMETERS,
    {**SMALL_MACHINE, "listener_pages": 1},
    build,
    (
        *expect("clock", {"completed": "mainline"}),
        *expect("clock", {"completed": "mainline"}, {"caller": 1}),
        *expect("clock", {"recovered": "mainline"}, {"listener_pages": 0}),
        *expect("clock", {"livelock": "mainline"}, {"caller": 1, "listener_pages": 0}),
        *expect("clock", {"recovered": "mainline"}, {"caller": 4}),
        *expect("explorer", {"exhausted-clean": "mainline"}),
    ),
)
