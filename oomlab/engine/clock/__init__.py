"""Timed runs: one schedule, in simulated seconds. The only place that imports simpy."""

from __future__ import annotations

from collections.abc import Mapping

from oomlab.checked import checked
from oomlab.engine.chooser import Chooser
from oomlab.engine.clock import ending
from oomlab.engine.clock.engine import Clock
from oomlab.engine.model import Model
from oomlab.engine.trace.events import Trace

LIMIT_US = 120_000_000
"""Simulated microseconds after which a model's run is cut off (our choice)."""


@checked
def run_model(model: Model, seed: int = 0, *, limit_us: int = LIMIT_US, park: bool = True) -> Trace:
    """Run a model once and return its trace; the same arguments give the same trace.

    `limit_us`: simulated microseconds after which the run is cut off. `park=False` simulates every
    poll.
    """
    clock = Clock(model, Chooser(seed, {}), limit_us, park=park)
    return traced(clock, "a model", "", {"hz": model.hz}, seed)


@checked
def traced(
    clock: Clock, scenario: str, remedy: str, settings: Mapping[str, float | str], seed: int
) -> Trace:
    """Run a clock to its end, return the trace and close the clock; the other arguments say what
    was run."""
    clock.run()
    trace = Trace(
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
    clock.close()
    return trace


__all__ = ["LIMIT_US", "run_model", "traced"]
