"""Small machines for single findings of the review of the RFC. They are no hazards of their own:
each exists so that one defect, or its absence, can be looked at."""

from __future__ import annotations

from oomlab.registry import Registry
from oomlab.scenarios.review.double_thread import DOUBLE_THREAD
from oomlab.scenarios.review.manual_kill import MANUAL_KILL
from oomlab.scenarios.review.recursive_owner import RECURSIVE_OWNER
from oomlab.scenarios.review.removal_blocked import REMOVAL_BLOCKED
from oomlab.scenarios.review.suspend_barrier import SUSPEND_BARRIER
from oomlab.scenarios.review.thread_before_block import REGISTRATION_FAILS, THREAD_BEFORE_BLOCK
from oomlab.scenarios.review.zeroing_race import ZEROING_RACE
from oomlab.scenarios.scenario import Scenario

REVIEW: Registry[str, Scenario] = Registry(
    "scenario",
    (
        ZEROING_RACE,
        REMOVAL_BLOCKED,
        DOUBLE_THREAD,
        THREAD_BEFORE_BLOCK,
        REGISTRATION_FAILS,
        SUSPEND_BARRIER,
        RECURSIVE_OWNER,
        MANUAL_KILL,
    ),
)
"""By name, which begins with the number of the finding."""
