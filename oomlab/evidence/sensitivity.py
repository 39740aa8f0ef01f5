"""Which guess matters? How much of what differs between runs comes from each number that is ours.

All numbers are drawn at once, and the variance of an outcome is shared out: what a number explains
by itself, whatever the others are (its first-order Sobol' index, estimated by SALib with RBD-FAST:
Tarantola, Gatelli and Mara, Reliability Engineering & System Safety 91, 2006), and what differs
between runs in which all numbers are the same, which is chance. Saltelli's scheme, which changes
one number at a time, would not do: each change has other times drawn, and the share of a number
with all its company would be that of the dice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import InputError, OomlabError, find, needed
from oomlab.evidence.sweep.grid import Drawn
from oomlab.evidence.sweep.measure import Row
from oomlab.evidence.sweep.named import GUESSED
from oomlab.evidence.sweep.store import Results

CHANCE = "chance"
"""What two runs with the same numbers differ by: the times that are drawn while they run."""

OUTCOMES: Mapping[str, Callable[[Row], int | None]] = {
    "downtime": lambda row: row.downtime_us,
    "needless kills": lambda row: row.kills if row.unused else 0,
}
"""What is asked about: microseconds, and kills while pages lay in the balloon."""

STORED = Path(__file__).with_name("shares.json")
"""The shares in the stored sweep of our guesses: what shows them has no need of SALib."""

RESAMPLES = 200
"""Times that the runs are drawn again for an interval (our choice)."""

SURE = 1.96
"""Standard deviations on either side of 95 %, as SALib has them."""

HARMONICS = 6
"""Waves per number in which its doing is looked for (our choice; SALib's usual ten are for more
runs than there are here)."""


@brief
@dataclass(frozen=True)
class Share:
    """Which share of an outcome's variance comes from `source`, the name of a number or CHANCE, and
    how far that may be off at 95 %. An estimate of nothing may be a little below 0."""

    source: str
    share: float
    within: float

    @property
    def seen(self) -> bool:
        """Can it be told from nothing?"""
        return self.share > self.within


@checked(leave="outcome")
def stored_shares(outcome: str = "downtime") -> tuple[Share, ...]:
    """The shares in an outcome of the stored sweep "guesses", as `shares` finds them; a test finds
    them again. Raises InputError for an unknown outcome."""
    find("outcome", outcome, OUTCOMES)
    told = json.loads(STORED.read_text(encoding="utf-8"))[outcome]
    return tuple(Share(source, share, within) for source, share, within in told)


@checked(leave="outcome")
def shares(results: Results, outcome: str = "downtime") -> tuple[Share, ...]:
    """The share of chance and of each drawn number in an outcome, the largest first, from a sweep
    of a single part that is drawn. Nobody has a share in what is the same in all runs.

    Raises InputError for an unknown outcome and for a sweep of another kind, OomlabError if the
    outcome of any run is missing, and MissingPackageError without SALib.
    """
    measured = find("outcome", outcome, OUTCOMES)
    part, *others = results.sweep.parts
    if others or not isinstance(part, Drawn) or part.seeds < 2:
        raise InputError(
            f"{results.sweep.name} is not drawn at random, with two seeds or more for each draw"
        )
    missing = len(results.failures) + sum(measured(run.row) is None for run in results.runs)
    if missing:
        total = len(results.sweep.points())
        raise OomlabError(f"{missing} of {total} runs have no {outcome}: it has no shares")
    with needed("book"):
        import numpy
        from SALib.analyze import rbd_fast

    one_seed = results.runs[:: part.seeds]
    drawn = numpy.array([[float(run.value(name)) for name in part.axes] for run in one_seed])
    values: Any = numpy.array([measured(run.row) for run in results.runs], dtype=float)
    values = values.reshape(-1, part.seeds)
    if values.min() == values.max():
        return tuple(Share(name, 0.0, 0.0) for name in (CHANCE, *part.axes))
    means = values.mean(axis=1)
    _, whole = _variances(values)
    scale = means.var() / whole  # the mean of two runs depends less on chance than one run does
    found: Any = rbd_fast.analyze(
        {"num_vars": len(part.axes), "names": [*part.axes], "bounds": [*part.axes.values()]},
        drawn,
        means,
        M=HARMONICS,
        num_resamples=RESAMPLES,
        seed=0,
    )
    told = zip(part.axes, found["S1"], found["S1_conf"], strict=True)
    one = [Share(name, float(share * scale), float(off * scale)) for name, share, off in told]
    draw = numpy.random.default_rng(0)
    again = [
        _of_chance(values[draw.integers(0, len(values), len(values))]) for _ in range(RESAMPLES)
    ]
    one.append(Share(CHANCE, _of_chance(values), SURE * float(numpy.std(again))))
    return tuple(sorted(one, key=lambda share: -share.share))


def _variances(values: Any) -> tuple[float, float]:
    """Of an array with a row of runs for each draw: the variance among runs with the same numbers,
    and that among runs with any."""
    within = float(values.var(axis=1, ddof=1).mean())
    between = float(values.mean(axis=1).var()) - within / values.shape[1]
    return within, within + max(between, 0.0)


def _of_chance(values: Any) -> float:
    within, whole = _variances(values)
    return within / whole


__all__ = ["CHANCE", "GUESSED", "OUTCOMES", "Share", "shares", "stored_shares"]
