"""Every scenario gives the verdicts it promises."""

from __future__ import annotations

import pytest

from oomlab import explore, run
from oomlab.evidence.matrix import CELL_BUDGET
from oomlab.experiment import BUDGET
from oomlab.remedies import REMEDIES
from oomlab.remedies.expected import TOO_LARGE
from oomlab.scenarios import SCENARIOS, STUDIES, Expectation

PROMISES = [
    (name, promise)
    for name, found in {**SCENARIOS, **STUDIES}.items()
    for promise in found.verdicts
]


def label(value: object) -> str:
    if isinstance(value, Expectation):
        settings = "".join(f",{name}={number}" for name, number in value.settings.items())
        return f"{value.about}-{value.engine}-{value.timeouts}{settings}"
    return str(value)


@pytest.mark.parametrize(("scenario", "promise"), PROMISES, ids=label)
def test_promise(scenario: str, promise: Expectation) -> None:
    if promise.engine == "clock":
        verdict = run(scenario, promise.about, promise.settings).verdict
    else:
        budget = CELL_BUDGET if promise.verdict == TOO_LARGE else BUDGET
        found = explore(
            scenario, promise.about, promise.settings, timeouts=promise.timeouts, budget=budget
        )
        verdict = found.verdict.word
    assert verdict == promise.verdict


@pytest.mark.parametrize("remedy", REMEDIES)
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("engine", ["clock", "explorer"])
def test_each_scenario_promises_something_for_each_remedy_and_engine(
    scenario: str, remedy: str, engine: str
) -> None:
    """Or for a remedy that gives the same model, or says that there are too many states."""
    found = SCENARIOS[scenario]
    wanted = (found.model_key(REMEDIES[remedy]), engine)
    promised = {(found.model_key(REMEDIES[p.about]), p.engine) for p in found.verdicts}
    missing = found.undeclared(REMEDIES[remedy], engine, {})  # type: ignore[arg-type]
    assert wanted in promised, missing
