"""Every scenario gives the verdicts it promises."""

from __future__ import annotations

import pytest

from oomlab import clock
from oomlab.explorer import explore
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS, Expectation

PROMISES = [(name, promise) for name, found in SCENARIOS.items() for promise in found.expected]


def label(value: object) -> str:
    if isinstance(value, Expectation):
        settings = "".join(f",{name}={number}" for name, number in value.settings.items())
        return f"{value.remedy}-{value.engine}-{value.timeouts}{settings}"
    return str(value)


@pytest.mark.parametrize(("scenario", "promise"), PROMISES, ids=label)
def test_promise(scenario: str, promise: Expectation) -> None:
    if promise.engine == "clock":
        verdict = clock.run(scenario, promise.remedy, promise.settings).verdict
    else:
        found = explore(scenario, promise.remedy, promise.settings, timeouts=promise.timeouts)
        verdict = found.verdict.word
    assert verdict == promise.verdict


@pytest.mark.parametrize("remedy", REMEDIES)
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("engine", ["clock", "explorer"])
def test_each_scenario_promises_something_for_each_remedy_and_engine(
    scenario: str, remedy: str, engine: str
) -> None:
    promised = {(promise.remedy, promise.engine) for promise in SCENARIOS[scenario].expected}
    assert (remedy, engine) in promised
