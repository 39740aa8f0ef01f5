"""The wheel beside real kernels, which waited one limit or two before X had its pages."""

from __future__ import annotations

from itertools import pairwise
from statistics import mean

import pytest

from oomlab.engine.clock.wheel import fires_at
from oomlab.evidence.real_kernel.facts import RunFacts
from oomlab.evidence.real_kernel.stored import kernel_runs

HZ = 250
"""Ticks a second of the kernels that were asked."""

WAITS_S = {"sleep-1": 1, "sleep-4": 4, "sleep-7": 7, "offload-lock-invoker": 5}
"""How long each call of the notifier waits, by case."""

COUNTED = [run for run in kernel_runs() if run.case in WAITS_S and run.clock == "counted"]


def waits_ms(seconds: int) -> list[int]:
    """How long such a wait takes, for every place in a slot where it can begin."""
    jiffies = seconds * HZ
    return [(fires_at(now, jiffies) - now) * 1000 // HZ for now in range(512)]


def second_waits(run: RunFacts) -> list[float]:
    """From a kill to the next in one round: the second wait began with the end of the first."""
    return [later - earlier for earlier, later in pairwise(run.killed_at_ms)]


@pytest.mark.parametrize("case", WAITS_S)
def test_no_first_wait_is_shorter_or_longer_than_the_wheel_allows(case: str) -> None:
    waits = waits_ms(WAITS_S[case])
    for run in COUNTED:
        if run.case == case:
            printed_ms = 60  # the report stands before the kill
            assert min(waits) - 4 <= run.killed_at_ms[0] <= max(waits) + printed_ms, run


def test_a_second_wait_is_a_whole_number_of_slots() -> None:
    """Without the wheel they would be 0.02 to 0.17 s shorter."""
    errors, errors_without = [], []
    for run in COUNTED:
        jiffies = WAITS_S[run.case] * HZ
        wheel_ms = fires_at(0, jiffies) * 1000 // HZ
        for wait in second_waits(run):
            errors.append(abs(wait - wheel_ms))
            errors_without.append(abs(wait - WAITS_S[run.case] * 1000))
    assert len(errors) > 5
    assert mean(errors) < 15 < 5 * 15 < mean(errors_without)


def test_the_mean_of_the_first_waits_is_that_of_the_wheel() -> None:
    # In one run pages came back at once, and the first kill was before any limit was over.
    first = [run.killed_at_ms[0] for run in kernel_runs() if run.case.startswith("offload-lock")]
    found = [waited for waited in first if waited > 4_000]
    assert len(first) - 1 <= len(found) > 40
    assert abs(mean(found) - mean(waits_ms(5))) < 30
