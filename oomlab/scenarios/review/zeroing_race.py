"""r3-zeroing-race: the RFC's caller takes the credit while a listener is adding to it.

The counter is a plain global. A listener reads it, adds and writes; a caller whose time is up reads
it and sets it to zero; nothing keeps the two apart. Pages can be lost from the count, and a count
that was taken can come back. Or the caller takes the sum of the listeners that are done, while one
of them is not.
"""

from __future__ import annotations

from oomlab.engine.model import Model
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import add_hog
from oomlab.scenarios.machines import COMMON_PARAMETERS, SMALL_MACHINE, boot
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.review.plain_listener import PlainListener
from oomlab.scenarios.scenario import Scenario, expect

PARAMETERS = (
    Parameter("quick_pages", "pages that the first listener can give back", 1, 0, 1 << 20),
    Parameter("slow_pages", "pages that the second listener can give back", 1, 0, 1 << 20),
    Parameter("slow_s", "seconds that the second listener takes", 8.0, 0.0, 1e6),
    *COMMON_PARAMETERS,
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """Two listeners, of which the second one takes longer than anybody waits, and one caller."""
    machine = boot(settings, remedy)
    quick = PlainListener.declare(machine, "quick", int(settings["quick_pages"]), priority=80)
    slow = PlainListener.declare(
        machine,
        "slow",
        int(settings["slow_pages"]),
        device_us=round(1_000_000 * settings["slow_s"]),
    )
    machine.oom_notify_list.register(quick.block)
    machine.oom_notify_list.register(slow.block)
    add_hog(machine, settings)
    return machine.model()


ZEROING_RACE = Scenario(
    "r3-zeroing-race",
    "a caller whose time is up takes the credit while a listener is adding to it",
    PARAMETERS,
    {**SMALL_MACHINE, "ghosts": 2},
    build,
    (
        *expect("clock", {"completed": "mainline", "recovered": "offload"}),
        *expect("explorer", {"exhausted-clean": "mainline offload offload-repaired"}),
    ),
    titles=("The credit is taken too early",),
)
