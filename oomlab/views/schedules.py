"""A schedule, step by step: what the last step did, and how things stand after it."""

from __future__ import annotations

from oomlab.analysis.milestones import Milestone, schedule_milestones
from oomlab.checked import checked
from oomlab.engine.trace import Trace
from oomlab.engine.trace.narration import tell_step
from oomlab.errors import InputError
from oomlab.experiment import play
from oomlab.figures import draw_state, draw_wait_for
from oomlab.figures.figure import Figure
from oomlab.views import Scalar, View, view
from oomlab.views.runs import waiting_cycle


@view
def waits_after(scenario: str, remedy: str, schedule: str, step: int, **given: Scalar) -> View:
    """Who waits for whom after `step` steps of a schedule.

    Raises InputError for a step beyond the schedule's end.
    """
    trace = _played(scenario, remedy, schedule, step, given)
    return _view(trace, step, draw_wait_for(trace, step))


@view
def state_after(scenario: str, remedy: str, schedule: str, step: int, **given: Scalar) -> View:
    """Tasks, locks and memory after `step` steps of a schedule.

    Raises InputError for a step beyond the schedule's end.
    """
    trace = _played(scenario, remedy, schedule, step, given)
    return _view(trace, step, draw_state(trace, step))


@checked
def milestones(scenario: str, remedy: str, schedule: str, **given: Scalar) -> tuple[Milestone, ...]:
    """What a Stepper must know of a schedule's steps."""
    return schedule_milestones(play(scenario, remedy, given, schedule))


def _played(
    scenario: str, remedy: str, schedule: str, step: int, given: dict[str, Scalar]
) -> Trace:
    trace = play(scenario, remedy, given, schedule, steps=step)
    if trace.ended_at_us != step:
        raise InputError(f"the schedule has {trace.ended_at_us} steps; there is no step {step}")
    return trace


def _view(trace: Trace, step: int, figure: Figure) -> View:
    said = f"Step {step}: {tell_step(trace, step)}" if step else "Nobody has moved yet."
    cycle = waiting_cycle(trace, step)
    if cycle:
        said += f" The circle is closed: {cycle}."
    return View(figure.svg, said, figure.twin)
