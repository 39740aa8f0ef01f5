"""Which requests for memory a remedy has changed, and which it has left."""

from __future__ import annotations

from oomlab.analysis.audit import BlockingRequest, blocking_requests, callback_locks
from oomlab.checked import checked
from oomlab.experiment import run
from oomlab.figures.audit import RequestPlace, draw_audit
from oomlab.scenarios import SCENARIOS
from oomlab.views import View, view

IF_IT_ALLOCATED = {"h3a-virtqueue-add": {"total_sg": 2}}
"""The place that the thread names, as if it allocated: with one entry it never does."""


@view
def requests(remedy: str) -> View:
    """All places that ask for memory where an OOM callback may stand behind them, as found in one
    run of every hazard; marked are those that may wait under the remedy."""
    places = places_under(remedy)
    waiting = [place for place in places if place.waits]
    figure = draw_audit(places, f"Requests behind an OOM callback, under {remedy}")
    names = ", ".join(
        dict.fromkeys(place.path[-1 - (place.path[-1] == "kmalloc")] for place in waiting)
    )
    left = f"Still to be changed: {names}." if waiting else "None is left."
    sentence = f"{len(waiting)} of {len(places)} places may wait for memory. {left}"
    return View(figure.html, sentence, figure.twin)


@checked
def places_under(remedy: str) -> list[RequestPlace]:
    """Every place of mainline, and whether it still waits under `remedy`."""
    still = {request.path for request in _found(remedy)}
    by_path: dict[tuple[str, ...], BlockingRequest] = {}
    for request in _found("mainline"):
        by_path.setdefault(request.path, request)
    return [RequestPlace(path, r.locks, path in still) for path, r in by_path.items()]


def _found(remedy: str) -> list[BlockingRequest]:
    traces = [run(name, remedy, IF_IT_ALLOCATED.get(name)) for name in SCENARIOS]
    locks = callback_locks(traces)
    return [request for trace in traces for request in blocking_requests(trace, locks)]
