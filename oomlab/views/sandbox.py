"""Two machines of the reader's own making, side by side on one axis of time."""

from __future__ import annotations

from oomlab.analysis import moment_text
from oomlab.analysis.comparison import first_difference
from oomlab.engine.trace import Event, Trace
from oomlab.engine.trace.narration import explain
from oomlab.experiment import Experiment
from oomlab.figures.stage import draw_two
from oomlab.views import View, view
from oomlab.views.commands import commands_html
from oomlab.views.runs import how_it_went


@view
def two_experiments(a: str, b: str) -> View:
    """Two runs and where they part. `a`, `b`: lines as `Experiment.read` reads them.

    Raises InputError for a line that is not understood.
    """
    tried = [Experiment.read(line) for line in (a, b)]
    first, second = (one.run() for one in tried)
    parted = first_difference(first, second)
    titles = [f"{letter}: {title_of(one)}" for letter, one in zip("AB", tried, strict=True)]
    stage = draw_two(first, second, titles, parted)
    if parted is None:
        said = "They are the same to the end."
    else:
        said = (
            f"The same until {moment_text(first, parted.step)}; then in A"
            f" {_next(first, parted.first)}, and in B {_next(second, parted.second)}."
        )
    return View(
        f"{stage.html}{commands_html(tried, ('A', 'B'))}",
        f"A: {how_it_went(first)} B: {how_it_went(second)} {said}",
        f"{said}\n{stage.twin}",
    )


def title_of(tried: Experiment) -> str:
    """What is tried, in one line for people."""
    known = {one.name: one for one in tried.scenario.parameters}
    given = [
        f"Linux {value}" if name == "kernel" else f"{known[name].words}: {value}"
        for name, value in tried.given().items()
    ]
    seed = [f"seed {tried.seed}"] if tried.seed else []
    return "; ".join([tried.scenario.title, tried.remedy.title, *given, *seed])


def _next(trace: Trace, event: Event | None) -> str:
    return "nothing more happens" if event is None else explain(trace, event)
