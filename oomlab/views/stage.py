"""The stage of one run, timed or step by step."""

from __future__ import annotations

from oomlab.engine.trace import Trace
from oomlab.errors import InputError
from oomlab.experiment import play, run
from oomlab.figures.stage import draw_stage
from oomlab.views import Scalar, View, view
from oomlab.views.runs import how_it_went


@view
def timed(scenario: str, remedy: str, seed: int = 0, **given: Scalar) -> View:
    """A run of the clock, standing where most tasks wait. `given`: parameters of the scenario."""
    trace = run(scenario, remedy, given, seed)
    stage = draw_stage(trace)
    return View(stage.html, how_it_went(trace), stage.twin)


@view
def schedule(
    scenario: str, remedy: str, schedule: str, start: int = 0, decided: int = -1, **given: Scalar
) -> View:
    """A schedule step by step, standing at step `start`. `decided`: the step after which nobody
    gets out any more, as the explorer says it (-1: it does not).

    Raises InputError for a step that the schedule does not have.
    """
    trace = play(scenario, remedy, given, schedule)
    if not 0 <= start <= trace.ended_at_us:
        raise InputError(f"the schedule has {trace.ended_at_us} steps; there is no step {start}")
    stage = draw_stage(trace, at=start, decided_at=None if decided < 0 else decided)
    return View(stage.html, _how_to(trace), stage.twin)


def _how_to(trace: Trace) -> str:
    steps = f"{trace.ended_at_us} step{'' if trace.ended_at_us == 1 else 's'}"
    return f"{steps}. Drag the cursor, or press a task's number for its next step."
