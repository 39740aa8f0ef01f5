"""Two machines that are locked up, and pages that become free: whom does that help?"""

from __future__ import annotations

from oomlab.engine.trace import Trace
from oomlab.experiment import run
from oomlab.figures.knot import draw_knot
from oomlab.views import View, view

THREE, TWO = "h2-three-task-poll", "h1-two-task-cycle"
"""A third task runs the callback and the lock's holder polls; or the lock's holder runs it."""


@view
def two_machines(pages: int) -> View:
    """The knots of three and of two tasks, `pages` pages after they have closed."""
    figures = []
    ends = []
    for scenario in (THREE, TWO):
        stuck = run(scenario)
        trace = run(scenario, "mainline", {"give_back_pages": pages}) if pages else stuck
        figures.append(draw_knot(stuck, trace, key=str(pages)))
        ends.append(_ending(trace))
    pictures = "".join(
        f"<div><p>{name}</p>{figure.html}</div>"
        for name, figure in zip(("Three tasks", "Two tasks"), figures, strict=True)
    )
    count = (
        "No page comes" if not pages else "One page comes" if pages == 1 else f"{pages} pages come"
    )
    said = f"{count} back. Three tasks: {ends[0]}. Two tasks: {ends[1]}."
    twin = "\n".join(figure.twin for figure in figures)
    return View(f'<div class="oom-pair">{pictures}</div>', said, twin)


def _ending(trace: Trace) -> str:
    return "locked up for good" if trace.verdict == "deadlock" else "everybody finishes"
