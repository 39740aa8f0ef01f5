"""Neither telling the host nor inflating blocks: two proposals together."""

from __future__ import annotations

from oomlab.listeners.balloon_policy import BalloonPolicy
from oomlab.remedies.expected import expect
from oomlab.remedies.remedy import Remedy

NOWAIT_BOTH = Remedy(
    "nowait-both",
    "no allocation under balloon_lock blocks",
    title="Nowait in both",
    balloon=BalloonPolicy(fill_gfp="nowait", nap="outside-lock", tell_gfp="nowait"),
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
        *expect("clock", {"completed": "h3a-virtqueue-add"}, {"total_sg": 2}),
        *expect("explorer", {"exhausted-clean": "h3a-virtqueue-add"}, {"total_sg": 2}),
    ),
)
