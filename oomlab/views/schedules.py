"""A schedule, step by step: what the last step did, and who waits for whom after it."""

from __future__ import annotations

from oomlab.errors import InputError
from oomlab.explorer.replay import play
from oomlab.figures import draw_wait_for
from oomlab.trace.narration import tell_step
from oomlab.views import Scalar, View
from oomlab.views.runs import cycle_sentence


def waits_after(scenario: str, remedy: str, schedule: str, step: int, **given: Scalar) -> View:
    """Who waits for whom after `step` steps of a schedule.

    Raises InputError for a step beyond the schedule's end.
    """
    trace = play(scenario, remedy, given, schedule, steps=step)
    if trace.ended_at_us != step:
        raise InputError(f"the schedule has {trace.ended_at_us} steps; there is no step {step}")
    figure = draw_wait_for(trace, step)
    said = f"Step {step}: {tell_step(trace, step)}" if step else "Nobody has moved yet."
    cycle = cycle_sentence(trace, step)
    if cycle:
        said += f" The circle is closed: {cycle}."
    return View(figure.svg, said, figure.twin)
