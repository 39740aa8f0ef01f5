"""five-listeners: one walk of the chain, with the listeners of Linux 4.13 in it.

Nothing hangs here. It shows who is called by whom, in which order, and what each does. A machine
with all five does not exist: one driver is for s390, one for pseries, one for Intel graphics. The
order of those with equal priority is that in which such a kernel would register them.
"""

from __future__ import annotations

from oomlab.engine.model import Model
from oomlab.listeners.registrants import REGISTRANTS
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import add_filesystem_task, add_hog, add_sleeping_hog
from oomlab.scenarios.machines import BALLOON_PARAMETERS, COMMON_PARAMETERS, SMALL_MACHINE, boot
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
LISTENERS = sorted(REGISTRANTS.values(), key=lambda listener: listener.number)
"""In the order of registration, by the value of the parameter `listeners`."""

NUMERALS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
HOW_MANY = NUMERALS[len(LISTENERS)]

PARAMETERS = (
    Parameter(
        "caller",
        "who asks: " + "; ".join(f"{i} {text}" for i, text in enumerate(CALLERS)),
        0,
        only=tuple(range(len(CALLERS))),
    ),
    Parameter(
        "listeners",
        f"who listens: 0 all {HOW_MANY}, "
        + ", ".join(f"{listener.number} {listener.title}" for listener in LISTENERS),
        ALL,
        only=(ALL, *(listener.number for listener in LISTENERS)),
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
    for listener in LISTENERS:
        if settings["listeners"] in (ALL, listener.number):
            listener.joins(machine, settings, remedy.balloon)
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
    titles=("One walk of the chain",),
)
