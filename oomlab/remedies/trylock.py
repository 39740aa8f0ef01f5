"""The callback does not wait for balloon_lock (Tetsuo Handa to linux-mm, 7 October 2017)."""

from __future__ import annotations

from oomlab.listeners.balloon_policy import BalloonPolicy
from oomlab.remedies.expected import expect
from oomlab.remedies.remedy import Remedy

TRYLOCK = Remedy(
    "trylock",
    "leaking gives up at once while somebody has balloon_lock (Handa, 7 October 2017)",
    title="Trylock",
    balloon=BalloonPolicy(leak_lock="trylock"),
    verdicts=(
        *expect(
            "clock",
            {
                # In h1 nobody may kill: whoever does not wait for the lock only loops.
                "livelock": "h1-two-task-cycle h3b-ccw-config-write",
                # In h6 who does not wait has somebody killed: the lock is taken.
                "recovered": "h2-three-task-poll h6-nap-under-lock",
                "completed": "h3a-virtqueue-add",
                "deadlock": "h5-host-never-answers",
            },
        ),
        *expect(
            "explorer",
            {
                "lockup": "h1-two-task-cycle h3b-ccw-config-write h5-host-never-answers",
                "exhausted-clean": "h2-three-task-poll h6-nap-under-lock",
            },
        ),
        *expect("clock", {"recovered": "h1-two-task-cycle"}, {"fault_tasks": 1}),
        *expect("clock", {"livelock": "h3a-virtqueue-add"}, {"total_sg": 2}),
        *expect("explorer", {"lockup": "h3a-virtqueue-add"}, {"total_sg": 2}),
    ),
)
