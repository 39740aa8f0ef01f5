"""The verdicts that scenarios promise, as cases of a test, and how one is held against a run."""

from __future__ import annotations

from collections.abc import Mapping

from oomlab import explore, run
from oomlab.evidence.matrix import CELL_BUDGET
from oomlab.experiment import BUDGET
from oomlab.remedies.expected import TOO_LARGE
from oomlab.scenarios import Expectation, Scenario

Case = tuple[str, Expectation]


def promises(scenarios: Mapping[str, Scenario]) -> list[Case]:
    """(scenario, promise) for all that they promise."""
    return [(name, promise) for name, found in scenarios.items() for promise in found.verdicts]


def label(value: object) -> str:
    """The name of a case."""
    if isinstance(value, Expectation):
        settings = "".join(f",{name}={number}" for name, number in value.settings.items())
        return f"{value.about}-{value.engine}-{value.timeouts}{settings}"
    return str(value)


def assert_kept(scenario: str, promise: Expectation) -> None:
    """The engine says what the scenario promises."""
    if promise.engine == "clock":
        verdict = run(scenario, promise.about, promise.settings).verdict
    else:
        budget = CELL_BUDGET if promise.verdict == TOO_LARGE else BUDGET
        found = explore(
            scenario, promise.about, promise.settings, timeouts=promise.timeouts, budget=budget
        )
        verdict = found.verdict.word
    assert verdict == promise.verdict, (
        f"{scenario} promises {promise.verdict} ({label(promise)}) and gives {verdict}: mend the "
        "model, or if the promise was wrong, the scenario's `expected`"
    )
