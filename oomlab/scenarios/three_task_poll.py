"""h2-three-task-poll: the OOM path belongs to a third task, and the cycle closes by polling.

As the two-task cycle, but whoever holds the filesystem lock never gets oom_lock: a third task has
it and waits in the balloon's callback. The lock holder only polls oom_lock. Hazard H2; drawn by
Michal Hocko on linux-mm, 9 October 2017.
"""

from __future__ import annotations

from oomlab.scenarios.cast import SMALL_SCOPE
from oomlab.scenarios.filesystem_cycle import PARAMETERS, build
from oomlab.scenarios.scenario import Expectation, Scenario, expect

THREE_TASK_POLL = Scenario(
    "h2-three-task-poll",
    "a third task runs the callback; the filesystem lock's holder polls oom_lock",
    PARAMETERS,
    SMALL_SCOPE,
    build,
    (
        Expectation("mainline", "clock", "deadlock"),
        Expectation("mainline", "clock", "completed", {"give_back_pages": 512}),
        Expectation("mainline", "explorer", "lockup"),
        Expectation("offload", "clock", "recovered"),
        Expectation("offload", "explorer", "exhausted-clean"),  # the largest: 3.4 million states
        Expectation("offload", "explorer", "exhausted-clean", timeouts="idle"),
        Expectation("allocate-outside", "clock", "completed"),
        Expectation("allocate-outside", "explorer", "exhausted-clean"),
        *expect(
            "clock",
            {
                "deadlock": "nowait-tell before-oom-lock",
                "completed": "nowait-fill nowait-both shrinker",
                "recovered": "trylock offload-sequence offload-repaired",
            },
        ),
        *expect(
            "explorer",
            {
                "lockup": "nowait-tell before-oom-lock",
                "exhausted-clean": "nowait-fill nowait-both trylock shrinker",
            },
        ),
        # With a hog that touches one page and not one after the other there are fewer states.
        *expect("explorer", {"exhausted-clean": "offload-repaired"}, {"touches": 1}, "idle"),
    ),
    unexplored=("offload-sequence",),
)
