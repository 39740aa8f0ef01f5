"""h6-nap-under-lock: no cycle at all, only an inflater that naps with the lock held.

After a failed allocation the balloon's worker sleeps 200 ms, with balloon_lock held, and then tries
the next batch. Whoever asks the OOM killer meanwhile waits for balloon_lock in the callback. When
the worker lets go of it, the callback is woken, but the worker is running: if it comes back before
the callback runs, it takes the mutex again, and the callback waits for a second nap. Then the mutex
is handed over. What the callback gives back, the next batch takes again, as often as not before the
caller has looked for its page. Nothing is stuck, and yet ordinary tasks get on by one page in 200
to 400 ms and more, for as long as the worker goes on. Hazard H6.
"""

from __future__ import annotations

from oomlab.engine.model import Model
from oomlab.remedies import Remedy
from oomlab.scenarios.cast import add_balloon, add_oom_caller
from oomlab.scenarios.machines import MACHINE_PARAMETERS, SMALL_BALLOON, boot, with_default
from oomlab.scenarios.parameters import Settings
from oomlab.scenarios.scenario import Scenario, expect

WAKE_US = 50
"""More than twice what passes until the worker runs again: our choice, for a CPU that was idle."""

PARAMETERS = with_default(
    with_default(
        with_default(with_default(MACHINE_PARAMETERS, "rounds", 10), "touches", 100),
        "inflate_pages",
        1 << 16,
    ),
    "wake_us",
    WAKE_US,
)


def build(settings: Settings, remedy: Remedy) -> Model:
    """The worker comes first, so that the first batch has failed when the hog needs a page. Nobody
    else takes the filesystem lock that its reclaim may meet."""
    machine = boot(settings, remedy)
    add_balloon(machine, settings, remedy, machine.layout.mutex("fs_lock 2"))
    add_oom_caller(machine, settings)
    return machine.model()


NAP_UNDER_LOCK = Scenario(
    "h6-nap-under-lock",
    "the inflating worker naps 200 ms with balloon_lock held, batch after batch",
    PARAMETERS,
    {**SMALL_BALLOON, "rounds": 2, "touches": 1, "inflate_pages": 4},
    build,
    (
        *expect("clock", {"completed": "mainline"}),
        *expect("explorer", {"exhausted-clean": "mainline"}),
    ),
    titles=("The worker naps with the lock",),
)
