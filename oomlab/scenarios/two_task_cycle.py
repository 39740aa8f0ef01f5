"""h1-two-task-cycle: two tasks, each holding the lock the other waits for.

The balloon's worker holds balloon_lock and, inside direct reclaim, waits for a filesystem lock. The
holder of that lock needs a page, wins oom_lock and runs the balloon's callback, which waits for
balloon_lock. Hazard H1; drawn by Tetsuo Handa on linux-mm, 9 October 2017.
"""

from __future__ import annotations

from oomlab.engine.properties import eventually
from oomlab.kernel.machine import oom_lock_is_free
from oomlab.scenarios.filesystem_cycle import PARAMETERS, build
from oomlab.scenarios.machines import SMALL_SCOPE, with_default
from oomlab.scenarios.scenario import Scenario, expect

TWO_TASK_CYCLE = Scenario(
    "h1-two-task-cycle",
    "the balloon's worker and the holder of a filesystem lock wait for each other",
    with_default(PARAMETERS, "oom_caller", 0),
    SMALL_SCOPE,
    build,
    (
        *expect("clock", {"deadlock": "mainline"}),
        *expect("explorer", {"lockup": "mainline"}),
        *expect("clock", {"deadlock": "mainline"}, {"fault_tasks": 1}),
        *expect("clock", {"deadlock": "mainline"}, {"give_back_pages": 512}),
    ),
    rows=({}, {"fault_tasks": 1}),
    properties=(eventually("oom_lock is free again", oom_lock_is_free),),
    titles=("Two tasks, two locks", "Two tasks, and a page fault beside them"),
)
