"""Every scenario gives the verdicts it promises."""

from __future__ import annotations

import pytest

from oomlab.remedies import REMEDIES
from oomlab.scenarios import ASKED, REVIEW, SCENARIOS, STUDIES, Expectation
from tests.scenarios.promises import assert_kept, label, promises


@pytest.mark.parametrize(
    ("scenario", "promise"), promises({**SCENARIOS, **REVIEW, **STUDIES, **ASKED}), ids=label
)
def test_promise(scenario: str, promise: Expectation) -> None:
    assert_kept(scenario, promise)


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
