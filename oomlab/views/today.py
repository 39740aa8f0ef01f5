"""The hazards of the book on a kernel of today, beside an older one."""

from __future__ import annotations

from functools import cache

from oomlab.analysis.outcome import kills, longest_request_us, oom_calls
from oomlab.checked import checked
from oomlab.engine.trace import Trace
from oomlab.experiment import run
from oomlab.figures.multiples import draw_multiples
from oomlab.figures.multiples_runs import BothSides, Multiple, RunBar
from oomlab.figures.stage import draw_stage
from oomlab.kernel.releases import modelled_kernel, traits_of
from oomlab.views import View, view
from oomlab.views.runs import how_it_went

TODAY = "7.3"
"""The newest release that the model knows."""

HAZARDS = {
    "h1-two-task-cycle": "Two tasks, two locks",
    "h2-three-task-poll": "Three tasks, one polls",
    "h3b-ccw-config-write": "The callback asks for a page",
    "h5-host-never-answers": "The host never answers",
    "h5-rcu-previous-round": "RCU waits for its last round",
    "h6-nap-under-lock": "The worker naps with the lock",
}
"""Those whose code is in the model for all releases, in words."""


@cache
def at(scenario: str, kernel: str) -> Trace:
    """A hazard on a release, with that release's own balloon.

    Raises InputError for an unknown release, and as `run` does.
    """
    release = modelled_kernel(kernel)
    return run(scenario, traits_of(release).balloon, {"kernel": release})


@view
def hazards(older: str) -> View:
    """All hazards, on the release `older` and on 7.3. Raises InputError for an unknown release."""
    runs = {name: (at(name, older), at(name, TODAY)) for name in HAZARDS}
    rows = [
        Multiple(
            HAZARDS[name], (BothSides(older, (_lane(one),)), BothSides(TODAY, (_lane(other),)))
        )
        for name, (one, other) in runs.items()
    ]
    figure = draw_multiples(rows, f"The hazards on Linux {older} and {TODAY}")
    then, now = (len(hazards_that_hang(release)) for release in (older, TODAY))
    said = f"Of {len(HAZARDS)} hazards {then} lock Linux {older} up, and {now} lock {TODAY} up."
    return View(figure.html, said, figure.twin)


def bar_at(scenario: str, kernel: str) -> RunBar:
    """How long requests for pages wait in a hazard on a release. Raises InputError as `at` does."""
    return _lane(at(scenario, kernel))


@checked
def hazards_that_hang(kernel: str) -> frozenset[str]:
    """The hazards that lock a release up. Raises InputError for an unknown release."""
    return frozenset(name for name in HAZARDS if _is_stuck(at(name, kernel)))


@view
def hazard(scenario: str, kernel: str) -> View:
    """One hazard on one release, on the stage. Raises InputError as `at` does."""
    trace = at(scenario, kernel)
    stage = draw_stage(trace)
    return View(stage.html, f"Linux {kernel}. {how_it_went(trace)}", stage.twin)


def _is_stuck(trace: Trace) -> bool:
    return trace.verdict in ("deadlock", "livelock")


def _lane(trace: Trace) -> RunBar:
    stall_us = longest_request_us(trace)
    waits = () if _is_stuck(trace) or stall_us is None else (stall_us / 1_000_000,)
    return RunBar(
        waits,
        _is_stuck(trace),
        tuple(kill.at_us / 1_000_000 for kill in kills(trace)),
        calls=len(oom_calls(trace)),
    )
