"""The notifier chain: one invocation of out_of_memory, from top to bottom."""

from __future__ import annotations

from oomlab.analysis.chain_walk import first_invocation
from oomlab.errors import InputError
from oomlab.experiment import run
from oomlab.figures.chain import draw_chain, outcome_sentence
from oomlab.scenarios.five_listeners import CALLERS
from oomlab.views import Scalar, View, view


@view
def walk(caller: int, remedy: str = "mainline", **given: Scalar) -> View:
    """What each of the five listeners does for one caller. `given`: further parameters of the
    scenario five-listeners. Raises InputError for a run in which nobody asks the OOM killer."""
    trace = run("five-listeners", remedy, {"caller": caller, **given})
    asked = first_invocation(trace)
    if asked is None:
        raise InputError("nobody asks the OOM killer in this run; take away more memory")
    who = CALLERS[caller]
    figure = draw_chain(asked, who)
    called = [stop.listener.name for stop in asked.stops]
    said = f"{len(called)} listeners are called, {called[0]} first. " if called else ""
    return View(figure.svg, said + outcome_sentence(asked), figure.twin)
