"""Timed runs: one schedule, in simulated seconds. The only place that imports simpy."""

from __future__ import annotations

from collections.abc import Mapping

from oomlab.engine.chooser import Chooser
from oomlab.engine.clock import ending
from oomlab.engine.clock.engine import Clock
from oomlab.engine.trace.events import Trace
from oomlab.remedies import Remedy, find_remedy
from oomlab.scenarios import find_scenario
from oomlab.scenarios.parameters import Value


def run(
    scenario: str,
    remedy: str = "mainline",
    given: Mapping[str, object] | None = None,
    seed: int = 0,
    *,
    park: bool = True,
) -> Trace:
    """Run a scenario once and return its trace; the same arguments give the same trace.

    `given`: parameters by name; the rest have their defaults. `park=False` simulates every poll.
    Raises InputError for an unknown name or a value that is not valid.
    """
    return run_remedy(scenario, find_remedy(remedy), given, seed, park=park)


def run_remedy(
    scenario: str,
    remedy: Remedy,
    given: Mapping[str, object] | None = None,
    seed: int = 0,
    *,
    park: bool = True,
) -> Trace:
    """As `run`, under a combination of choices that need not have a name of its own."""
    found = find_scenario(scenario)
    settings = found.settle(given or {}, "clock")
    # The draws depend on what is not as usual: a parameter that is added later changes no run.
    usual = {parameter.name: parameter.default for parameter in found.parameters}
    unusual = {name: value for name, value in settings.items() if value != usual[name]}
    clock = Clock(
        found.build(settings, remedy),
        Chooser(seed, unusual),
        round(settings["limit_s"] * 1_000_000),
        park=park,
    )
    return traced(clock, scenario, remedy.name, settings, seed)


def traced(
    clock: Clock, scenario: str, remedy: str, settings: Mapping[str, Value], seed: int
) -> Trace:
    """Run a clock to its end and return the trace; the other arguments say what was run."""
    clock.run()
    return Trace(
        scenario,
        remedy,
        dict(settings),
        seed,
        "clock",
        clock.model.hz,
        clock.recorder.tasks(),
        clock.recorder.slots(),
        tuple(clock.recorder.events),
        ending.verdict(clock),
        clock.now_us,
        ending.waiting(clock),
    )


__all__ = ["run", "run_remedy", "traced"]
