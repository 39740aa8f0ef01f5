"""h2-three-task-poll: the OOM path belongs to a third task, and the cycle closes by polling.

As the two-task cycle, but whoever holds the filesystem lock never gets oom_lock: a third task has
it and waits in the balloon's callback. The lock holder only polls oom_lock. Hazard H2; drawn by
Michal Hocko on linux-mm, 9 October 2017.
"""

from __future__ import annotations

from oomlab.scenarios.filesystem_cycle import PARAMETERS, build
from oomlab.scenarios.machines import SMALL_SCOPE
from oomlab.scenarios.scenario import Scenario, expect

THREE_TASK_POLL = Scenario(
    "h2-three-task-poll",
    "a third task runs the callback; the filesystem lock's holder polls oom_lock",
    PARAMETERS,
    SMALL_SCOPE,
    build,
    (
        *expect("clock", {"deadlock": "mainline"}),
        *expect("explorer", {"lockup": "mainline"}),
        *expect("clock", {"completed": "mainline"}, {"give_back_pages": 512}),
    ),
    titles=("Three tasks, one polls",),
)
