"""h3a-virtqueue-add: a callback that asks for memory polls a lock that its own task holds.

Whoever asks the OOM killer holds oom_lock while the balloon's callback runs. If telling the host
allocated with a blocking mask, that request would loop: it fails to get oom_lock, naps a jiffy, and
tries again, for ever. Hazard H3a; named by Tetsuo Handa on linux-mm in September 2017, and shown by
Michael S. Tsirkin on 2 October not to exist: with one scatterlist entry (`total_sg` 1) nothing is
allocated. With two it is, which the driver never does; and only
if the host offers indirect descriptors.
"""

from __future__ import annotations

from dataclasses import replace

from oomlab.engine.model import Model
from oomlab.listeners.virtio_balloon import usual_device
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import add_balloon, add_oom_caller
from oomlab.scenarios.machines import BALLOON_PARAMETERS, COMMON_PARAMETERS, SMALL_BALLOON, boot
from oomlab.scenarios.parameters import Parameter, Settings
from oomlab.scenarios.scenario import Scenario, expect

PARAMETERS = (
    Parameter("total_sg", "scatterlist entries of a request to the host", 1, 1, 128),
    Parameter("indirect", "1 if the host offers indirect descriptors, 0 if not", 1, only=(0, 1)),
    *COMMON_PARAMETERS,
    *BALLOON_PARAMETERS,
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """One task is enough. Nobody inflates."""
    machine = boot(settings, remedy)
    add_oom_caller(machine, settings)
    device = replace(
        usual_device(settings, int(settings["total_sg"])), indirect=bool(settings["indirect"])
    )
    add_balloon(machine, settings, remedy, device=device)
    return machine.model()


VIRTQUEUE_ADD = Scenario(
    "h3a-virtqueue-add",
    "telling the host allocates under oom_lock, if a request had more than one entry",
    PARAMETERS,
    SMALL_BALLOON,
    build,
    (
        *expect("clock", {"completed": "mainline"}),
        *expect("explorer", {"exhausted-clean": "mainline"}),
        *expect("clock", {"livelock": "mainline"}, {"total_sg": 2}),
        *expect("explorer", {"lockup": "mainline"}, {"total_sg": 2}),
        *expect("clock", {"completed": "mainline"}, {"total_sg": 2, "indirect": 0}),
        *expect("explorer", {"exhausted-clean": "mainline"}, {"total_sg": 2, "indirect": 0}),
    ),
    rows=({}, {"total_sg": 2}),
    titles=("Telling the host, with one buffer", "Telling the host, with two buffers"),
)
