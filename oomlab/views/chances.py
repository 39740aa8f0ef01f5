"""How likely the lockup is when the next to move is drawn by lot, exactly, from the state graph."""

from __future__ import annotations

from functools import cache

from oomlab.analysis.probability import lockup_by_step, lockup_by_time
from oomlab.errors import InputError, shown
from oomlab.experiment import Experiment, Exploration, explore_model
from oomlab.figures.chances import draw_chances, percent
from oomlab.views import View, view

SCENARIO = "h1-two-task-cycle"

STEPS = 24
"""Moves that are shown, and"""
TIMES_MS = tuple(n / 2 for n in range(41))
"""times, if each task takes"""
MOVE_S = 0.001
"""seconds for a move on average (our choice)."""


@view
def by_lot(remedy: str, along: str) -> View:
    """The probability that the machine with two tasks and two locks is past the point of no return,
    `along` its "steps" or "time". Each task that can move is equally likely to be next, or takes
    equally long for a move on average (our choice)."""
    if along == "steps":
        points = [(float(n), p) for n, p in enumerate(lockup_by_step(_found(remedy), STEPS))]
        unit = "moves"
    elif along == "time":
        times = [at_ms / 1_000 for at_ms in TIMES_MS]
        found = lockup_by_time(_found(remedy), times, MOVE_S)
        points, unit = list(zip(TIMES_MS, found, strict=True)), "ms"
    else:
        raise InputError(f"along cannot be {shown(along)}; valid: steps, time")
    title = f"How likely a lockup is certain, under {remedy}"
    figure = draw_chances(points, title, unit, steps=along == "steps")
    return View(figure.html, _sentence(remedy, points, unit), figure.twin)


@cache
def _found(remedy: str) -> Exploration:
    model = Experiment.of(SCENARIO, remedy, engine="explorer").model()
    return explore_model(model, reduced=False)  # moves are the routines' steps, one by one


def _sentence(remedy: str, points: list[tuple[float, float]], unit: str) -> str:
    last = points[-1][1]
    if not last:
        return f"Under {remedy} no run locks up, however the lots fall."
    half = next(when for when, chance in points if chance >= last / 2)
    return (
        f"Under {remedy} {percent(last)} of all runs lock up. For half of these that is certain"
        f" after {half:g} {unit}. In the others one task is through before it meets the other."
    )
