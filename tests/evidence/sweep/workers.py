"""A small sweep, and what can happen to a process that runs one of its points.

In a module of its own: other processes import it by name.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

from oomlab.evidence.sweep.grid import Part, Point, Sweep
from oomlab.evidence.sweep.measure import Row, measure

TINY = Sweep(
    "tiny",
    "for tests",
    (
        Part(
            "host",
            "h5-host-never-answers",
            ("mainline", "offload"),
            {"host_us": (100, 2_000_000)},
            {"host_answers": 1},
        ),
        Part(
            "limit",
            "h5-host-never-answers",
            ("offload",),
            {"timeout_s": (1.0, 2.0)},
            {"oom_return_us": 1000},
            {"give_back_s": ("timeout_s", 2.0)},
            seeds=2,
        ),
    ),
)
FATAL = {"host_us": 2_000_000}
"""The point at which it happens."""


def fails(point: Point) -> Row:
    """An accident in the model."""
    if point.axes == FATAL and point.remedy == "offload":
        raise ZeroDivisionError("a page too few")
    return measure(point)


def another_model(point: Point) -> Row:
    """A model in which everything takes a little longer."""
    row = measure(point)
    return row._replace(ended_us=row.ended_us + 1)


def is_killed(point: Point) -> Row:
    """The process itself is killed."""
    if point.axes == FATAL and point.remedy == "offload":
        os.kill(os.getpid(), signal.SIGKILL)
    return measure(point)


MARK = "OOMLAB_TEST_MARK"
"""The variable of the environment that says where `dies_once` leaves its mark."""


def dies_once(point: Point) -> Row:
    """The process is killed the first time that somebody comes to the point."""
    mark = Path(os.environ[MARK])
    if point.axes == FATAL and point.remedy == "offload" and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return measure(point)
