"""r23-sysrq-in-vain: the key that asks for a kill waits, and then kills nobody.

SysRq-f gets oom_lock and runs the chain first, like anybody. With the RFC it waits for the thread
as long as anybody, and if pages are left over from an earlier walk it takes them for its own, and
kills nobody.
"""

from __future__ import annotations

from oomlab.model import Model
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import (
    BALLOON_PARAMETERS,
    COMMON_PARAMETERS,
    SMALL_BALLOON,
    add_balloon,
    add_sleeping_hog,
    boot,
    sleeping_process,
    with_default,
    without,
)
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.rescuers import add_sysrq
from oomlab.scenarios.scenario import Scenario, expect

PARAMETERS = (
    Parameter("again_s", "when the key is pressed again, in seconds (0: never)", 20.0, 0.0, 1e6),
    *without(COMMON_PARAMETERS, "sysrq"),
    *with_default(with_default(BALLOON_PARAMETERS, "host_us", 8_000_000), "balloon_pages", 256),
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """Two processes to kill, a balloon that is empty after one deflation and whose host takes
    longer than the limit, and somebody who presses the key once or twice."""
    machine = boot(settings, remedy)
    add_balloon(machine, settings, remedy)
    add_sysrq(machine, starts_at_us=0)
    if settings["again_s"]:
        again_us = round(1_000_000 * settings["again_s"])
        add_sysrq(machine, starts_at_us=again_us, name="sysrq again")
    add_sleeping_hog(machine, settings)
    machine.spawn(
        "second",
        "owns less memory than the hog and sleeps",
        lambda task: sleeping_process(machine, task),
        process=machine.process("second", max(1, int(settings["hog_pages"]) // 2)),
        serves=True,
    )
    return machine.model()


SYSRQ_IN_VAIN = Scenario(
    "r23-sysrq-in-vain",
    "the key that asks for a kill waits, and then kills nobody",
    PARAMETERS,
    {**SMALL_BALLOON, "ghosts": 2},
    build,
    (
        *expect("clock", {"recovered": "mainline offload"}),
        *expect("explorer", {"exhausted-clean": "mainline"}),
    ),
)
