"""The balloon allocates before it takes its lock (c7cdff0e8647, first in 4.15-rc1)."""

from __future__ import annotations

from oomlab.listeners.balloon_policy import BalloonPolicy
from oomlab.remedies.expected import expect
from oomlab.remedies.remedy import Remedy

ALLOCATE_OUTSIDE = Remedy(
    "allocate-outside",
    "the merged fix: the balloon allocates first and takes balloon_lock afterwards",
    title="Allocate outside",
    balloon=BalloonPolicy(fill_allocation="outside-lock"),
    verdicts=(
        *expect(
            "clock",
            {
                "completed": "h1-two-task-cycle h2-three-task-poll h3a-virtqueue-add"
                " h6-nap-under-lock",
                "livelock": "h3b-ccw-config-write",
                "deadlock": "h5-host-never-answers",
            },
        ),
        *expect(
            "explorer",
            {
                "exhausted-clean": "h1-two-task-cycle h2-three-task-poll h6-nap-under-lock",
                "lockup": "h3b-ccw-config-write h5-host-never-answers",
            },
        ),
        *expect("clock", {"completed": "h1-two-task-cycle"}, {"fault_tasks": 1}),
        *expect("clock", {"livelock": "h3a-virtqueue-add"}, {"total_sg": 2}),
        *expect("explorer", {"lockup": "h3a-virtqueue-add"}, {"total_sg": 2}),
    ),
)
