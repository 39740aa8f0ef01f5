"""Statistics under a kernel: the same plots, for any crowd and any limit, computed on the spot.

While the book is built there is no kernel to ask later; a panel with stored pictures stands there
instead.
"""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets

from oomlab.evidence.sweep.grid import Part, Points
from oomlab.evidence.sweep.measure import measure
from oomlab.evidence.sweep.named import BYSTANDERS, KILLERS, UNEVEN_LOAD
from oomlab.evidence.sweep.store import Run
from oomlab.evidence.sweep.summaries import downtimes, rounds
from oomlab.widgets.controls import Choice
from oomlab.widgets.panel import Panel
from oomlab.widgets.shown import in_book_build

MAY_KILL = "Other tasks that may have somebody killed"
MAY_NOT = "Further tasks that may not"


def crowd_controls(killers: int = 4) -> list[Choice]:
    """The two choices of every panel about the crowd, the first one at `killers`: all of its points
    are stored. Raises InputError for a number of tasks that the sweep does not have."""
    return [
        Choice("killers", MAY_KILL, {n: str(n) for n in KILLERS}, start=killers),
        Choice("others", MAY_NOT, {n: str(n) for n in BYSTANDERS}, start=2),
    ]


def downtime_statistics() -> Panel | ipywidgets.VBox:
    """Downtimes by time limit: in a book a panel with stored pictures, in a notebook controls for
    any crowd, limit, number of runs and guess about the gap between two rounds."""
    if in_book_build():
        return Panel(
            "oomlab.views.statistics:downtime",
            crowd_controls(),
            title="How long is the downtime?",
        )
    return live_downtimes()


def live_downtimes() -> ipywidgets.VBox:
    """Controls, and below them the plot for their values."""
    wide = {"style": {"description_width": "14em"}, "layout": {"width": "30em"}}
    controls: dict[str, Any] = {
        "timeout_s": ipywidgets.BoundedFloatText(5.0, min=0.05, max=60.0, description="Limit, s"),
        "killers": ipywidgets.IntSlider(4, 1, 32, description=MAY_KILL),
        "others": ipywidgets.IntSlider(2, 0, 32, description=MAY_NOT),
        "runs": ipywidgets.IntSlider(20, 1, 100, description="Runs"),
        "oom_return_us": ipywidgets.IntSlider(
            UNEVEN_LOAD["oom_return_us"], 1, 10_000, description="Way back, at most, µs"
        ),
        "slowest_reclaim_us": ipywidgets.IntSlider(
            UNEVEN_LOAD["slowest_reclaim_us"], 501, 20_000, description="Slowest reclaim round, µs"
        ),
    }
    for control in controls.values():
        control.continuous_update = False
        control.style = wide["style"]
        control.layout = wide["layout"]
    shown = ipywidgets.HTML()

    def draw(_change: object = None) -> None:
        shown.value = downtimes_html(**{name: c.value for name, c in controls.items()})

    for control in controls.values():
        control.observe(draw, "value")
    draw()
    return ipywidgets.VBox([*controls.values(), shown])


def downtimes_html(
    timeout_s: float,
    killers: int,
    others: int,
    runs: int,
    oom_return_us: int,
    slowest_reclaim_us: int,
) -> str:
    """The plot for one crowd and one limit, computed now, with its text twin."""
    from oomlab.figures import plots  # with matplotlib, which the controls do without

    part = Part(
        "live",
        "h1-two-task-cycle",
        ("offload",),
        {"timeout_s": (timeout_s,), "fault_tasks": (killers,), "nofs_tasks": (others,)},
        {
            **UNEVEN_LOAD,
            "oom_return_us": oom_return_us,
            "slowest_reclaim_us": slowest_reclaim_us,
        },
        {"redraw_s": ("timeout_s", 0.5)},
        runs,
    )
    done = [Run(point, measure(point)) for point in Points((part,))]
    ended = [run for run in done if run.row.downtime_us is not None]
    left = len(done) - len(ended)
    note = f"<p>{left} of {runs} runs never got a page.</p>" if left else ""
    if not ended:
        return note
    title = f"Downtime with {killers + others + 1} other tasks"
    figure = plots.strips(downtimes(ended), rounds(ended), title)
    return f"{figure.html}<p>{escape(figure.twin)}</p>{note}"
