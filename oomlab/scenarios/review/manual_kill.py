"""r23-manual-kill: a person presses SysRq-f while a callback is stuck.

The worker needs oom_lock and waits for it without a limit. In the released kernels, with a callback
that never comes back, that is for ever. With the RFC it gets oom_lock when somebody's time is up,
and then waits five seconds of its own for the stuck thread; and if pages are credited by then, even
those of an earlier walk, it kills nobody (before 5.17, which goes on to kill).
"""

from __future__ import annotations

from oomlab.engine.model import Model
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import add_filesystem_task, add_sleeping_hog
from oomlab.scenarios.machines import COMMON_PARAMETERS, SMALL_MACHINE, boot, without
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.rescuers import add_sysrq
from oomlab.scenarios.review.plain_listener import PlainListener
from oomlab.scenarios.scenario import Scenario, expect

PRESSED_AT_US = 1_000_000
"""When the key is pressed (our choice: during the first wait)."""

PARAMETERS = (
    Parameter("answer_s", "seconds until the device answers (0: never)", 0.0, 0.0, 1e6),
    *without(COMMON_PARAMETERS, "sysrq"),
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """A listener whose device may never answer, a caller that may not kill, and the key."""
    machine = boot(settings, remedy)
    never = machine.layout.word("the device has answered", 0)
    slow = PlainListener.declare(
        machine,
        "slow_driver",
        1,
        device_us=round(1_000_000 * settings["answer_s"]),
        answer=None if settings["answer_s"] else never,
    )
    machine.oom_notify_list.register(slow.block)
    add_filesystem_task(machine, machine.layout.mutex("fs_lock"))
    add_sysrq(machine, PRESSED_AT_US)
    add_sleeping_hog(machine, settings)
    return machine.model()


MANUAL_KILL = Scenario(
    "r23-manual-kill",
    "SysRq-f while a callback is stuck",
    PARAMETERS,
    {**SMALL_MACHINE, "ghosts": 2},
    build,
    (
        *expect("clock", {"deadlock": "mainline", "recovered": "offload"}),
        *expect("explorer", {"lockup": "mainline", "exhausted-clean": "offload"}),
        *expect("clock", {"recovered": "mainline offload"}, {"answer_s": 8}),
        *expect("explorer", {"exhausted-clean": "mainline offload"}, {"answer_s": 8}),
        *expect("clock", {"recovered": "mainline offload"}, {"answer_s": 8, "kernel": 5.17}),
    ),
    titles=("SysRq-f while a callback is stuck",),
)
