"""The situations of the thread, each with the verdict it must give beside its code."""

from __future__ import annotations

from oomlab.checked import LOOKED_UP
from oomlab.errors import find
from oomlab.registry import Registry
from oomlab.scenarios import one_request, reclaim_round
from oomlab.scenarios.ccw_config_write import CCW_CONFIG_WRITE
from oomlab.scenarios.five_listeners import CALLERS, FIVE_LISTENERS
from oomlab.scenarios.graphics import BIT17, FENCE_ARRAY, GPU_NEVER_IDLES, OBJECT_LOCK
from oomlab.scenarios.host_never_answers import HOST_NEVER_ANSWERS
from oomlab.scenarios.inflate_under_pressure import INFLATE_UNDER_PRESSURE
from oomlab.scenarios.machines import MACHINE_PARAMETERS
from oomlab.scenarios.nap_under_lock import NAP_UNDER_LOCK
from oomlab.scenarios.pseries_hotplug import PSERIES_HOTPLUG
from oomlab.scenarios.rcu_previous_round import RCU_PREVIOUS_ROUND
from oomlab.scenarios.review import REVIEW
from oomlab.scenarios.scenario import Engine, Expectation, Scenario
from oomlab.scenarios.thrashing import THRASHING
from oomlab.scenarios.three_task_poll import THREE_TASK_POLL
from oomlab.scenarios.two_task_cycle import TWO_TASK_CYCLE
from oomlab.scenarios.virtqueue_add import VIRTQUEUE_ADD
from oomlab.scenarios.witness import WITNESS

SCENARIOS: Registry[str, Scenario] = Registry(
    "scenario",
    (
        TWO_TASK_CYCLE,
        THREE_TASK_POLL,
        VIRTQUEUE_ADD,
        CCW_CONFIG_WRITE,
        FENCE_ARRAY,
        BIT17,
        OBJECT_LOCK,
        HOST_NEVER_ANSWERS,
        GPU_NEVER_IDLES,
        RCU_PREVIOUS_ROUND,
        NAP_UNDER_LOCK,
        PSERIES_HOTPLUG,
    ),
)


STUDIES: Registry[str, Scenario] = Registry(
    "scenario", (INFLATE_UNDER_PRESSURE, FIVE_LISTENERS, THRASHING)
)
"""Situations in which no callback hangs: they measure what a remedy costs, or show a walk of the
chain, or why there is none. No part of the matrix."""


ASKED: Registry[str, Scenario] = Registry("scenario", (WITNESS,))
"""What real kernels were asked as well (see `oomlab.evidence.real_kernel`)."""


GROUPS: dict[str, Registry[str, Scenario]] = {
    "Hazards, the rows of the matrix": SCENARIOS,
    "Studies, in which nothing hangs": STUDIES,
    "Review of the RFC, a situation for a finding": REVIEW,
    "Asked of real kernels as well": ASKED,
}
"""All scenarios there are, by what they are for."""


def find_scenario(name: str) -> Scenario:
    """The scenario called `name`, of a hazard, a study or the review. Raises InputError naming
    all of them."""
    known = {key: one for group in GROUPS.values() for key, one in group.items()}
    return find("scenario", name, known)


LOOKED_UP["scenario"] = find_scenario

__all__ = [
    "ASKED",
    "CALLERS",
    "GROUPS",
    "MACHINE_PARAMETERS",
    "REVIEW",
    "SCENARIOS",
    "STUDIES",
    "Engine",
    "Expectation",
    "Scenario",
    "find_scenario",
    "one_request",
    "reclaim_round",
]
