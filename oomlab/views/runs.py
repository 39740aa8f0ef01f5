"""One timed run, as a timeline or as the wait-for graph at its end."""

from __future__ import annotations

from oomlab.analysis import moment_text, wait_for_graph, waiting_sentence
from oomlab.analysis.milestones import Milestone, cut_after, timed_milestones, told_events
from oomlab.analysis.outcome import failed_allocations, kills, longest_request_us
from oomlab.analysis.units import time_text
from oomlab.checked import checked
from oomlab.engine.trace import Trace
from oomlab.engine.trace.narration import explain
from oomlab.errors import InputError
from oomlab.experiment import run
from oomlab.figures import draw_state, draw_timeline, draw_wait_for
from oomlab.views import Scalar, View, view


@view
def timeline(scenario: str, remedy: str, seed: int = 0, **given: Scalar) -> View:
    """Who did what when. `given`: parameters of the scenario."""
    trace = run(scenario, remedy, given, seed)
    figure = draw_timeline(trace)
    return View(figure.svg, how_it_went(trace), figure.twin)


@view
def waits_at_end(scenario: str, remedy: str, seed: int = 0, **given: Scalar) -> View:
    """Who waits for whom when the run is over. `given`: parameters of the scenario."""
    trace = run(scenario, remedy, given, seed)
    figure = draw_wait_for(trace, trace.ended_at_us)
    return View(figure.svg, how_it_went(trace), figure.twin)


@view
def state_at(scenario: str, remedy: str, moment: int, seed: int = 0, **given: Scalar) -> View:
    """Tasks, locks and memory after one of the moments that the story of a run tells of; 0 is the
    start.

    Raises InputError for a moment that the run does not have.
    """
    trace = run(scenario, remedy, given, seed)
    told = told_events(trace)
    if not 0 <= moment <= len(told):
        raise InputError(f"the run has {len(told)} moments; there is no moment {moment}")
    if not moment:
        start = cut_after(trace, max(told[0] - 1, 0))
        return View((figure := draw_state(start, 0)).svg, "Nobody has moved yet.", figure.twin)
    cut = cut_after(trace, told[moment - 1])
    event = cut.events[-1]
    said = f"At {moment_text(trace, event.at_us)}: {explain(trace, event)}."
    if moment == len(told):
        said += f" {how_it_went(trace)}"
    elif cycle := wait_for_graph(cut, cut.ended_at_us).cycle:
        # Short: the picture beside it says who waits for what, and may have four in a circle.
        around = [edge.waiter for edge in (*cycle, cycle[0])]
        said += f" The circle is closed: {' → '.join(around)}."
    figure = draw_state(cut, cut.ended_at_us)
    return View(figure.svg, said, figure.twin)


@checked
def moments(scenario: str, remedy: str, seed: int = 0, **given: Scalar) -> tuple[Milestone, ...]:
    """What a Stepper must know of the moments that `state_at` shows."""
    return timed_milestones(run(scenario, remedy, given, seed))


def how_it_went(trace: Trace) -> str:
    """The ending of a run and its reason, in a sentence or two."""
    return _ENDINGS[trace.verdict](trace)


def waiting_cycle(trace: Trace, at_us: int) -> str:
    """The cycle of waits at a moment, as one clause; empty if there is none."""
    return ", and ".join(waiting_sentence(edge) for edge in wait_for_graph(trace, at_us).cycle)


def _deadlock(trace: Trace) -> str:
    cycle = waiting_cycle(trace, trace.ended_at_us)
    last_us = _last_change_us(trace)
    when = f"{time_text(last_us)} after the start" if last_us else "at once"
    return f"Locked up for good {when}: {cycle or 'everybody waits'}."


def _last_change_us(trace: Trace) -> int:
    return max((event.at_us for event in trace.events if event.changes), default=0)


def _livelock(trace: Trace) -> str:
    names = ", ".join(dict.fromkeys(e.task for e in trace.events if e.condition == "timeout"))
    beats = f" {names} times out again and again and may not kill." if names else ""
    cycle = waiting_cycle(trace, trace.ended_at_us)
    why = cycle or "nothing that happens helps anybody"
    return f"Going round in circles for ever: {why}.{beats}"


def _completed(trace: Trace) -> str:
    return (
        f"Everybody finishes, after {time_text(trace.ended_at_us)}; nobody is killed and no time "
        f"limit runs out.{_failures(trace)}"
    )


def _recovered(trace: Trace) -> str:
    killed = kills(trace)
    stall = longest_request_us(trace)
    how = "after a time limit ran out"
    if killed:
        victims = ", ".join(kill.victim for kill in killed)
        how = f"because {victims} is killed after {time_text(killed[0].at_us)}"
    cost = "" if stall is None else f" The slowest request for a page took {time_text(stall)}."
    return f"Everybody finishes, but only {how}.{cost}{_failures(trace)}"


def _failures(trace: Trace) -> str:
    failed = failed_allocations(trace)
    if not failed:
        return ""
    return f" {failed} request{'s' if failed > 1 else ''} for a page failed."


def _panic(trace: Trace) -> str:
    return f"The machine panics after {time_text(trace.ended_at_us)}: nobody is left to kill."


def _time_limit(trace: Trace) -> str:
    return f"Still going when the simulated {time_text(trace.ended_at_us)} were over."


_ENDINGS = {
    "deadlock": _deadlock,
    "livelock": _livelock,
    "completed": _completed,
    "recovered": _recovered,
    "panic": _panic,
    "time-limit": _time_limit,
}
