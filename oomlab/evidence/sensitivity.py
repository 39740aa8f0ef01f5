"""Which guess matters? How much of what differs between runs comes from each guessed number.

All guesses are drawn at once, by Saltelli's scheme, and the variance of an outcome is shared out
(Sobol' indices; Saltelli et al., Computer Physics Communications 181, 2010). SALib does both: it
builds the book and comes with `oomlab[book]`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oomlab.brief import brief
from oomlab.errors import InputError, OomlabError
from oomlab.evidence.executors import HERE, Workplace
from oomlab.evidence.sweep.grid import Point
from oomlab.evidence.sweep.measure import Row
from oomlab.evidence.sweep.pool import compute
from oomlab.evidence.sweep.rows import Failure
from oomlab.scenarios.parameters import Settings

GUESSES: Mapping[str, tuple[int, int]] = {
    "reclaim_us": (200, 1_000),
    "slowest_reclaim_us": (1_000, 8_000),
    "oom_return_us": (1, 4_000),
    "host_us": (20, 10_000),
    "exit_us": (500, 20_000),
    "reap_us": (500, 20_000),
    "print_us": (0, 50_000),
}
"""The guessed times of the scenario with two tasks and two locks, each from the least to the most
that seems possible, in microseconds (our choice)."""

FIXED: Settings = {"fault_tasks": 4, "nofs_tasks": 2, "timeout_s": 1.0, "limit_s": 3600.0}
"""What is the same in all runs."""

OUTCOMES: Mapping[str, Callable[[Row], int | None]] = {
    "downtime": lambda row: row.downtime_us,
    "needless kills": lambda row: row.kills if row.unused else 0,
}
"""What is asked about: microseconds, and kills while pages lay in the balloon."""

DRAWS = 32
"""Saltelli's N, a power of 2: there are N times (guesses + 2) runs (our choice)."""


@brief
@dataclass(frozen=True)
class Share:
    """Which share of an outcome's variance a guess has: `alone` (first order), `total` with all it
    does together with others, and how far each may be off at 95 % (`alone_within`, `total_within`).
    """

    guess: str
    alone: float
    total: float
    alone_within: float
    total_within: float


def points(
    guesses: Mapping[str, tuple[int, int]] = GUESSES,
    draws: int = DRAWS,
    scenario: str = "h1-two-task-cycle",
    remedy: str = "offload",
) -> list[Point]:
    """The runs that are needed, each with the same seed: what differs is the guesses' doing.

    Raises InputError for a number of draws that is no power of 2.
    """
    if draws < 2 or draws & (draws - 1):
        raise InputError(f"draws cannot be {draws}; valid: a power of 2 from 2 on")
    from SALib.sample import sobol

    sampled = sobol.sample(_problem(guesses), draws, calc_second_order=False, seed=0)
    return [
        Point("guesses", scenario, remedy, given, {**FIXED, **given}, 0)
        for drawn in sampled
        for given in [{name: round(v) for name, v in zip(guesses, drawn, strict=True)}]
    ]


def shares(
    rows: Sequence[Row | Failure],
    outcome: str = "downtime",
    guesses: Mapping[str, tuple[int, int]] = GUESSES,
) -> tuple[Share, ...]:
    """Each guess's share of an outcome, the largest first, from the rows of `points`. Nobody has a
    share in what is the same in all runs.

    Raises OomlabError if the outcome of any run is missing: SALib would answer 0 to everything.
    """
    import numpy
    from SALib.analyze import sobol

    values = [math.nan if isinstance(r, Failure) else _number(OUTCOMES[outcome](r)) for r in rows]
    missing = sum(map(math.isnan, values))
    if missing:
        raise OomlabError(f"{missing} of {len(values)} runs have no {outcome}: it has no shares")
    if len(set(values)) == 1:
        return tuple(Share(name, 0.0, 0.0, 0.0, 0.0) for name in guesses)
    found: Any = sobol.analyze(
        _problem(guesses), numpy.array(values), calc_second_order=False, seed=0
    )
    told = zip(guesses, found["S1"], found["ST"], found["S1_conf"], found["ST_conf"], strict=True)
    one = (Share(name, *map(float, numbers)) for name, *numbers in told)
    return tuple(sorted(one, key=lambda share: -share.total))


def run_all(asked: Sequence[Point], place: Workplace = HERE) -> list[Row | Failure]:
    """The rows of all runs, in order."""
    found = dict(compute(enumerate(asked), place))
    return [found[number] for number in range(len(asked))]


def _number(value: int | None) -> float:
    return math.nan if value is None else float(value)


def _problem(guesses: Mapping[str, tuple[int, int]]) -> dict[str, Any]:
    return {
        "num_vars": len(guesses),
        "names": list(guesses),
        "bounds": [list(bounds) for bounds in guesses.values()],
    }
