"""Telling the host never blocks (Michael S. Tsirkin to linux-mm, 29 September 2017)."""

from __future__ import annotations

from oomlab.listeners.balloon_policy import BalloonPolicy
from oomlab.remedies.expected import expect
from oomlab.remedies.remedy import Remedy

NOWAIT_TELL = Remedy(
    "nowait-tell",
    "the host is told without blocking allocations (Tsirkin, 29 September 2017)",
    title="Nowait in telling",
    balloon=BalloonPolicy(tell_gfp="nowait"),
    verdicts=(
        *expect(
            "clock",
            {
                "deadlock": "h1-two-task-cycle h2-three-task-poll h5-host-never-answers",
                "completed": "h3a-virtqueue-add h6-nap-under-lock",
                "livelock": "h3b-ccw-config-write",
            },
        ),
        *expect(
            "explorer",
            {
                "lockup": "h1-two-task-cycle h2-three-task-poll h3b-ccw-config-write"
                " h5-host-never-answers",
                "exhausted-clean": "h6-nap-under-lock",
            },
        ),
        *expect("clock", {"deadlock": "h1-two-task-cycle"}, {"fault_tasks": 1}),
        *expect("clock", {"completed": "h3a-virtqueue-add"}, {"total_sg": 2}),
        *expect("explorer", {"exhausted-clean": "h3a-virtqueue-add"}, {"total_sg": 2}),
    ),
)
