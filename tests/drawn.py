"""Settings of scenarios at random: within the bounds that the parameters declare, and small enough
for hundreds of runs. A parameter that is added is drawn from that day on."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from oomlab.scenarios import Scenario
from oomlab.scenarios.parameters import Parameter, Value

A_FEW = 3
"""How far above its minimum a number of things (tasks, rounds) goes."""

MANY = 600
"""How far above its minimum a number of pages goes. One of microseconds is from 100 to 600, so that
no round takes next to no time; one of seconds goes a tenth of a second above its minimum."""


def values(parameter: Parameter) -> st.SearchStrategy[Value]:
    """Valid values of a parameter: its bounds decide, and its default is among them if small."""
    low, high = parameter.minimum, parameter.maximum
    if parameter.only:
        return st.sampled_from(parameter.only)
    default = parameter.default
    assert isinstance(default, int | float)  # releases are chosen from a list, above
    if isinstance(default, float):
        return st.integers(0, 100).map(lambda ms: min(low + ms / 1000, high))
    if parameter.name.endswith("_us"):
        found = [st.integers(1, MANY // 100).map(lambda steps: int(low) // 100 * 100 + steps * 100)]
    else:
        most = MANY if parameter.name.endswith("_pages") else A_FEW
        found = [st.integers(int(low), int(min(high, low + each))) for each in {A_FEW, most}]
    if default <= low + MANY:
        found.append(st.just(default))
    return st.one_of(found)


@st.composite
def settings_for(draw: st.DrawFn, /, scenario: Scenario, **pinned: Value) -> dict[str, Value]:
    """A value for some parameters of the scenario, and `pinned` ones for those of these names; the
    others keep their defaults."""
    chosen = {p.name: draw(values(p)) for p in scenario.parameters if draw(st.booleans())}
    known = {p.name for p in scenario.parameters}
    given = {**chosen, **{name: value for name, value in pinned.items() if name in known}}
    # What was drawn one by one may not go together: a smaller machine than its largest process.
    whole: dict[str, Any] = {p.name: p.default for p in scenario.parameters} | given
    for parameter in scenario.parameters:
        name, limit, least = parameter.name, parameter.within, parameter.above
        if limit and whole[name] > whole[limit]:
            given[name] = whole[limit]
        if least and 0 < whole[name] < whole[least]:
            given[name] = 0
    return given
