"""r11-double-thread: two drivers register at once, and each makes a thread for the chain.

The RFC's registration looks at the pointer and stores it in two steps without a lock. Two devices
that are probed at the same time both see NULL. From then on one request wakes two threads, which
walk the chain side by side; the first to be done clears the flag while the other is still walking.
"""

from __future__ import annotations

from oomlab.engine.model import Model
from oomlab.engine.properties import never, sometimes
from oomlab.kernel.notifier import walkers
from oomlab.remedies import Remedy
from oomlab.scenarios.machines import COMMON_PARAMETERS, SMALL_MACHINE, boot, without
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.rescuers import add_sysrq
from oomlab.scenarios.review.plain_listener import PlainListener
from oomlab.scenarios.review.registration import add_probe
from oomlab.scenarios.scenario import Scenario, expect

PARAMETERS = (
    Parameter("devices", "devices that are probed at the same time", 2, 1, 3),
    Parameter(
        "listener_pages",
        "pages that each driver's listener can give back",
        1,
        0,
        1 << 20,
        within="managed_pages",
    ),
    Parameter("device_us", "time a listener waits for its device, in microseconds", 500, 1, 10**12),
    *without(COMMON_PARAMETERS, "sysrq"),
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """The devices first, so that the clock lets all of them look at the pointer before anybody
    stores it, then somebody who presses SysRq-f: the simplest caller of out_of_memory, and one who
    asks once."""
    devices = int(settings["devices"])
    machine = boot(settings, remedy, threads=devices)
    listeners = [
        PlainListener.declare(
            machine,
            f"driver{i}",
            int(settings["listener_pages"]),
            device_us=int(settings["device_us"]),
        )
        for i in range(devices)
    ]
    machine.oom_notify_list.let_change(machine.layout, *(found.block for found in listeners))
    for found in listeners:
        add_probe(machine, found.block)
    add_sysrq(machine, starts_at_us=0)
    return machine.model()


DOUBLE_THREAD = Scenario(
    "r11-double-thread",
    "two drivers register at once, and each makes a thread for the chain",
    PARAMETERS,
    {**SMALL_MACHINE, "listener_pages": 0, "ghosts": 1},
    build,
    (
        *expect("clock", {"completed": "mainline offload"}),
        *expect("explorer", {"exhausted-clean": "mainline offload"}),
    ),
    properties=(
        never("two tasks walk the chain at once", lambda values: len(walkers(values)) > 1),
        sometimes("somebody walks the chain", lambda values: bool(walkers(values))),
    ),
    titles=("Two drivers, and a thread for each",),
)
