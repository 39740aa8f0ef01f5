"""h5-rcu-previous-round: RCU's callback waits for what it began the time before.

The first OOM event posts RCU callbacks and goes on. The second waits, with oom_lock held, until
those have run. If some reader never leaves its critical section, they never do. Hazard H5; that the
callback sleeps under oom_lock was the reason to remove it in 2018.
"""

from __future__ import annotations

from oomlab.engine.model import Model
from oomlab.listeners.rcu_tree_plugin import RcuTreePlugin, rcu_gp_kthread
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import add_filesystem_task, add_hog, add_sleeping_hog
from oomlab.scenarios.machines import COMMON_PARAMETERS, SMALL_MACHINE, boot
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.scenario import Scenario, expect

PARAMETERS = (
    Parameter("reader_stays", "1 if an RCU reader never leaves, 0 if none", 1, only=(0, 1)),
    Parameter("grace_us", "length of a grace period, in microseconds", 10_000, 1, 10**12),
    *COMMON_PARAMETERS,
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """It takes two OOM events. The first is the filesystem task's, which may not kill; the second
    is its own again or, with `oom_caller` 1, the hog's."""
    machine = boot(settings, remedy)
    add_filesystem_task(machine, machine.layout.mutex("fs_lock"))
    if settings["oom_caller"]:
        add_hog(machine, settings)
    else:
        add_sleeping_hog(machine, settings)
    rcu = RcuTreePlugin.register(
        machine,
        grace_period_us=int(settings["grace_us"]),
        reader_stays=bool(settings["reader_stays"]),
    )
    machine.spawn(
        "rcu",
        "waits for grace periods and runs RCU callbacks",
        lambda task: rcu_gp_kthread(rcu, task),
        serves=True,
    )
    return machine.model()


RCU_PREVIOUS_ROUND = Scenario(
    "h5-rcu-previous-round",
    "RCU's callback waits for the callbacks of the event before",
    PARAMETERS,
    SMALL_MACHINE,
    build,
    (
        *expect("clock", {"deadlock": "mainline"}),
        *expect("explorer", {"lockup": "mainline"}),
        *expect("clock", {"recovered": "mainline"}, {"reader_stays": 0}),
        *expect("explorer", {"exhausted-clean": "mainline"}, {"reader_stays": 0}),
    ),
    titles=("RCU waits for its last round",),
)
