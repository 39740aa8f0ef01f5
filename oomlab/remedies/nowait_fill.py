"""Inflating never blocks (Tetsuo Handa to linux-mm, 2 January 2018)."""

from __future__ import annotations

from oomlab.listeners.balloon_policy import BalloonPolicy
from oomlab.remedies.expected import expect
from oomlab.remedies.remedy import Remedy

NOWAIT_FILL = Remedy(
    "nowait-fill",
    "inflating never reclaims, and naps without the lock (Handa, 2 January 2018)",
    title="Nowait in filling",
    balloon=BalloonPolicy(fill_gfp="nowait", nap="outside-lock"),
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
