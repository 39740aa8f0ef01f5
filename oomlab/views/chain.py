"""The notifier chain: one invocation of out_of_memory, from top to bottom."""

from __future__ import annotations

from oomlab.analysis.chain_walk import first_invocation
from oomlab.experiment import run
from oomlab.figures.chain import draw_chain, outcome_sentence
from oomlab.figures.timeline import draw_timeline
from oomlab.scenarios.five_listeners import CALLERS
from oomlab.views import Scalar, View, view
from oomlab.views.runs import how_it_went


@view
def walk(caller: int, remedy: str = "mainline", **given: Scalar) -> View:
    """What each of the five listeners does for one caller. `given`: further parameters of the
    scenario five-listeners. Where nobody asks the OOM killer, it is the timeline of the run."""
    trace = run("five-listeners", remedy, {"caller": caller, **given})
    asked, who = first_invocation(trace), CALLERS[caller]
    if asked is None:
        figure = draw_timeline(trace)
        said = f"{who[0].upper()}{who[1:]} asks nobody, and no listener is called."
        return View(figure.html, f"{said} {how_it_went(trace)}", figure.twin)
    figure = draw_chain(asked, who)
    called = [stop.listener.name for stop in asked.stops]
    said = f"{len(called)} listeners are called, {called[0]} first. " if called else ""
    return View(figure.html, said + outcome_sentence(asked), figure.twin)
