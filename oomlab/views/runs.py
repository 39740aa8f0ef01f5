"""One timed run, as a timeline or as the wait-for graph at its end."""

from __future__ import annotations

from oomlab.analysis import (
    allocation_requests,
    wait_for_graph,
    waiting_sentence,
)
from oomlab.analysis.outcome import kills, longest_request_us
from oomlab.analysis.units import time_text
from oomlab.engine.trace import Trace
from oomlab.experiment import run
from oomlab.figures import draw_timeline, draw_wait_for
from oomlab.views import Scalar, View, view


@view
def timeline(scenario: str, remedy: str, seed: int = 0, **given: Scalar) -> View:
    """Who did what when. `given`: parameters of the scenario."""
    trace = run(scenario, remedy, given, seed)
    figure = draw_timeline(trace)
    return View(figure.html, how_it_went(trace), figure.twin)


@view
def waits_at_end(scenario: str, remedy: str, seed: int = 0, **given: Scalar) -> View:
    """Who waits for whom when the run is over. `given`: parameters of the scenario."""
    trace = run(scenario, remedy, given, seed)
    figure = draw_wait_for(trace, trace.ended_at_us)
    return View(figure.html, how_it_went(trace), figure.twin)


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
    failed = [one.task for one in allocation_requests(trace) if one.end == "failed"]
    if not failed:
        return ""
    who = ", ".join(dict.fromkeys(failed))
    if len(failed) > 1:
        return f" {len(failed)} requests that may fail did ({who})."
    return f" One request that may fail did: that of {who}."


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
