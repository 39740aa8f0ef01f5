"""The balloon registers a shrinker and no OOM notifier (71994620bb25, 4.19)."""

from __future__ import annotations

from oomlab.listeners.balloon_policy import BalloonPolicy
from oomlab.remedies.expected import expect
from oomlab.remedies.remedy import Remedy

SHRINKER = Remedy(
    "shrinker",
    "the balloon of 4.19: every direct reclaim asks it, and no OOM notifier is left",
    title="Shrinker",
    balloon=BalloonPolicy(fill_allocation="outside-lock", hook="shrinker"),
    verdicts=(
        *expect(
            "clock",
            {
                "completed": "h1-two-task-cycle h2-three-task-poll h3a-virtqueue-add"
                " h3b-ccw-config-write",
                "deadlock": "h5-host-never-answers",
                # Who does not wait has somebody killed: the other reclaimer has the pages.
                "recovered": "h6-nap-under-lock",
            },
        ),
        *expect(
            "explorer",
            {
                "exhausted-clean": "h1-two-task-cycle h2-three-task-poll h3b-ccw-config-write"
                " h6-nap-under-lock",
                "lockup": "h5-host-never-answers",
            },
        ),
        *expect("clock", {"completed": "h1-two-task-cycle"}, {"fault_tasks": 1}),
        *expect("clock", {"completed": "h3a-virtqueue-add"}, {"total_sg": 2}),
        *expect("explorer", {"exhausted-clean": "h3a-virtqueue-add"}, {"total_sg": 2}),
    ),
)
