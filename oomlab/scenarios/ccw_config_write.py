"""h3b-ccw-config-write: on s390 the balloon's callback does allocate, while it writes its size.

After every callback the driver writes the balloon's size to the device. On virtio-ccw this asks for
two small objects with GFP_DMA|GFP_KERNEL. Where the low zone has none left, such a request would
fail at once, but only after it has got oom_lock, which its own task holds: it loops for ever. The
pages that the callback has just given back do not help, as they are of another zone. Hazard H3b;
found by reading the driver of Linux 4.13, nobody in the thread names it.
"""

from __future__ import annotations

from dataclasses import replace

from oomlab.engine.model import Model
from oomlab.kernel.zone import Watermarks, Zone
from oomlab.listeners.virtio_balloon import usual_device
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import add_balloon, add_oom_caller
from oomlab.scenarios.machines import BALLOON_PARAMETERS, COMMON_PARAMETERS, SMALL_BALLOON, boot
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.scenario import Scenario, expect

PARAMETERS = (
    Parameter("ccw", "1 for virtio-ccw, 0 for virtio-pci", 1, only=(0, 1)),
    Parameter(
        "dma_pages",
        "free pages of the low zone above its marks",
        0,
        0,
        1 << 20,
        within="managed_pages",
    ),
    *COMMON_PARAMETERS,
    *BALLOON_PARAMETERS,
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """One task is enough. Nobody inflates. The low zone has no watermarks of its own (our
    choice)."""
    machine = boot(settings, remedy)
    machine.dma_zones.append(
        Zone.declare(machine.layout, int(settings["dma_pages"]), 0, Watermarks(0, 0, 0), "ZONE_DMA")
    )
    add_oom_caller(machine, settings)
    device = replace(usual_device(settings), transport="ccw" if settings["ccw"] else "pci")
    add_balloon(machine, settings, remedy, device=device)
    return machine.model()


CCW_CONFIG_WRITE = Scenario(
    "h3b-ccw-config-write",
    "writing the balloon's size over s390 channel I/O allocates under oom_lock",
    PARAMETERS,
    SMALL_BALLOON,
    build,
    (
        *expect("clock", {"livelock": "mainline"}),
        *expect("explorer", {"lockup": "mainline"}),
        *expect("clock", {"completed": "mainline"}, {"ccw": 0}),
        *expect("clock", {"completed": "mainline"}, {"dma_pages": 1}),
        *expect("explorer", {"exhausted-clean": "mainline"}, {"dma_pages": 1}),
    ),
    titles=("The callback asks for a page",),
)
