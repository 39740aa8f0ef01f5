"""The small machines of the review: each shows its finding, and not where it must not be."""

from __future__ import annotations

import pytest

from oomlab import clock
from oomlab.explorer import Exploration, explore
from oomlab.explorer.ghosts import witnessed
from oomlab.kernel import oom_watch as see
from oomlab.scenarios import REVIEW, SCENARIOS, Expectation

PROMISES = [(name, promise) for name, found in REVIEW.items() for promise in found.expected]


def label(value: object) -> str:
    if isinstance(value, Expectation):
        settings = "".join(f",{name}={number}" for name, number in value.settings.items())
        return f"{value.remedy}-{value.engine}{settings}"
    return str(value)


@pytest.mark.parametrize(("scenario", "promise"), PROMISES, ids=label)
def test_promise(scenario: str, promise: Expectation) -> None:
    if promise.engine == "clock":
        verdict = clock.run(scenario, promise.remedy, promise.settings).verdict
    else:
        found = explore(scenario, promise.remedy, promise.settings, timeouts=promise.timeouts)
        verdict = found.verdict.word
    assert verdict == promise.verdict


def test_no_name_belongs_to_a_hazard_and_to_a_finding() -> None:
    assert not set(REVIEW) & set(SCENARIOS)


def seen(scenario: str, remedy: str, **given: float) -> tuple[Exploration, set[str]]:
    found = explore(scenario, remedy, given)
    return found, set(witnessed(found.graph))


SHOWS = {
    "r3-zeroing-race": {see.LOST_CREDIT, see.ZEROING_UNDONE, see.PARTIAL_CREDIT},
    "r11-double-thread": {see.TWO_WALKS},
    "r12-thread-before-block": {see.THREAD_BEFORE_BLOCK, see.CHAIN_SKIPPED},
    "r13-registration-fails": {see.REGISTRATION_FAILS, see.CHAIN_SKIPPED},
    "r15-suspend-barrier": {
        see.WALK_AFTER_DISABLE,
        see.CALLBACK_AFTER_DISABLE,
        see.DEVICE_TOUCHED,
    },
}


@pytest.mark.parametrize("scenario", SHOWS)
def test_the_rfc_has_the_defect(scenario: str) -> None:
    found, labels = seen(scenario, "offload")
    assert found.graph.complete
    assert SHOWS[scenario] <= labels


@pytest.mark.parametrize("scenario", SHOWS)
def test_the_released_kernel_has_not(scenario: str) -> None:
    found, labels = seen(scenario, "mainline")
    assert found.graph.complete
    assert not labels
