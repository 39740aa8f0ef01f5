"""h5-host-never-answers: the callback waits for the host, and the host has been stopped.

Every deflation waits, without a time limit, until the host gives the buffer back. While it does so
inside the OOM notifier, oom_lock is held: a stopped VMM process stops all handling of memory
shortage in its guest, although no task of the guest has done anything wrong. Hazard H5.
"""

from __future__ import annotations

from dataclasses import replace

from oomlab.engine.model import Model
from oomlab.listeners.s390_cmm import S390Cmm
from oomlab.listeners.virtio_balloon import usual_device
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import add_balloon, add_oom_caller
from oomlab.scenarios.machines import BALLOON_PARAMETERS, COMMON_PARAMETERS, SMALL_BALLOON, boot
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.scenario import Scenario, expect

PARAMETERS = (
    Parameter("host_answers", "1 if the host answers after host_us, 0 if never", 0, only=(0, 1)),
    Parameter(
        "cmm_pages",
        "pages that the s390 driver, behind the balloon in the chain, could give back (0: there is"
        " no such driver)",
        0,
        0,
        1 << 28,
        within="managed_pages",
    ),
    *COMMON_PARAMETERS,
    *BALLOON_PARAMETERS,
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """One task is enough. Nobody inflates. A guest on s390 can have both drivers."""
    machine = boot(settings, remedy)
    add_oom_caller(machine, settings)
    device = usual_device(settings)
    if not settings["host_answers"]:
        device = replace(device, host_us=None)
    add_balloon(machine, settings, remedy, device=device)
    if settings["cmm_pages"]:
        S390Cmm.init(machine, pages=int(settings["cmm_pages"]))
    return machine.model()


HOST_NEVER_ANSWERS = Scenario(
    "h5-host-never-answers",
    "the callback waits for a host that has been stopped",
    PARAMETERS,
    SMALL_BALLOON,
    build,
    (
        *expect("clock", {"deadlock": "mainline"}),
        *expect("explorer", {"lockup": "mainline"}),
        *expect("clock", {"completed": "mainline"}, {"host_answers": 1}),
    ),
    titles=("The host never answers",),
)
