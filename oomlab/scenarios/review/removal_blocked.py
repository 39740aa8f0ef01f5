"""r10-removal-blocked: a callback that never comes back holds the chain, and no driver can leave.

A walk holds the chain's rwsem for reading. Whoever wants to remove a listener, or to add one, waits
until the walk is over. The RFC's time limit gives out_of_memory a way out, but not these.
"""

from __future__ import annotations

from oomlab.engine.model import Model
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import add_hog
from oomlab.scenarios.machines import COMMON_PARAMETERS, SMALL_MACHINE, boot
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.review.plain_listener import PlainListener
from oomlab.scenarios.review.registration import add_module, add_removal
from oomlab.scenarios.scenario import Scenario, expect

CHANGE_AT_US = 1_000_000
"""When the chain is to be changed (our choice: during the first wait)."""

PARAMETERS = (
    Parameter("loads", "1 if another driver is loaded, 0 if a driver is removed", 0, only=(0, 1)),
    Parameter("answers", "1 if the device answers in the end, 0 if never", 0, only=(0, 1)),
    *COMMON_PARAMETERS,
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """One listener whose device may never answer, a task that needs memory, and the change."""
    machine = boot(settings, remedy)
    answer = machine.layout.word("the device has answered", int(settings["answers"]))
    slow = PlainListener.declare(machine, "slow_driver", 1, answer=answer)
    other = PlainListener.declare(machine, "other_driver", 1)
    machine.oom_notify_list.register(slow.block)
    machine.oom_notify_list.let_change(machine.layout, other.block)
    add_hog(machine, settings)
    if settings["loads"]:
        add_module(machine, other.block, starts_at_us=CHANGE_AT_US)
    else:
        add_removal(machine, slow.block, starts_at_us=CHANGE_AT_US)
    return machine.model()


REMOVAL_BLOCKED = Scenario(
    "r10-removal-blocked",
    "a callback that never comes back holds the chain, and no driver can be removed",
    PARAMETERS,
    {**SMALL_MACHINE, "ghosts": 2},
    build,
    (
        *expect("clock", {"deadlock": "mainline offload"}),
        *expect("clock", {"deadlock": "mainline offload"}, {"loads": 1}),
        *expect("explorer", {"lockup": "mainline offload"}),
        *expect("clock", {"completed": "mainline offload"}, {"answers": 1}),
        *expect("explorer", {"exhausted-clean": "mainline offload"}, {"answers": 1}),
    ),
    titles=("No driver can be removed",),
)
