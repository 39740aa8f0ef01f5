"""What the book says of its two sweeps: distributions, shares and curves, out of single runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import InputError, find, unknown
from oomlab.evidence.sweep.named import TIMEOUTS_S
from oomlab.evidence.sweep.store import Results, Run

SECOND_US = 1_000_000

MEASURES: Mapping[str, str] = {
    "lent": "pages by which the balloon has grown",
    "failed": "requests for a page that failed",
    "longest": "slowest request for a page, in seconds",
    "ended": "seconds until the worker is done, or gives up",
    "kills": "processes killed",
    "unused": "pages left in the balloon when a process is killed",
}
"""What a price curve can show, and in which unit."""

_TIMES = {"longest": "longest_us", "ended": "ended_us"}


@dataclass(frozen=True)
class Tradeoff:
    """One time limit: the downtime if the callback is stuck for ever (the limit times the median of
    the rounds, in seconds), and the share of late callbacks that cost a needless kill."""

    timeout_s: float
    downtime_s: float
    needless: float


@brief
@dataclass(frozen=True)
class Curve:
    """One line of a plot, for all `remedies` that give the same numbers."""

    remedies: tuple[str, ...]
    points: tuple[tuple[float, float], ...]


@checked
def crowd(results: Results, killers: int, others: int) -> list[Run]:
    """The runs of the two-task form with that many other tasks that may kill, or may not.

    Raises InputError for a crowd that the sweep does not have.
    """
    for name, value in (("fault_tasks", killers), ("nofs_tasks", others)):
        (part,) = (each for each in results.sweep.parts if each.name == "crowd")
        if value not in part.axes[name]:
            raise unknown(f"number of {name}", value, part.axes[name])
    return results.select("crowd", fault_tasks=killers, nofs_tasks=others)


def downtimes(runs: Iterable[Run]) -> dict[float, list[float]]:
    """Time limit -> downtimes in seconds, shortest first. Every run must have had one."""
    found: dict[float, list[float]] = {}
    for run in runs:
        assert run.row.downtime_us is not None, run.point
        found.setdefault(run.point.settings["timeout_s"], []).append(
            run.row.downtime_us / SECOND_US
        )
    return {timeout_s: sorted(values) for timeout_s, values in found.items()}


@checked
def rounds(runs: Iterable[Run]) -> Counter[int]:
    """Rounds until the first kill -> number of runs."""
    return Counter(run.row.rounds for run in runs)


def typical_rounds(counts: Counter[int]) -> int:
    """The median of the rounds. A limit does not decide who is next, so that the runs with all
    limits count together: a row of its own would have too few to agree with the next."""
    return int(at_most(list(counts.elements()), 0.5))


def at_most(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


@checked
def needless_share(results: Results, timeout_s: float, remedy: str = "offload") -> float:
    """The share of late callbacks (all delays of the sweep alike) that cost a needless kill: one
    that does not happen where nothing ends the wait. Raises InputError for a time limit or a remedy
    that the sweep does not have."""
    (part,) = (each for each in results.sweep.parts if each.name == "late")
    for name, value, known in (
        ("time limit", timeout_s, part.axes["timeout_s"]),
        ("remedy of the sweep", remedy, part.remedies),
    ):
        if value not in known:
            raise unknown(name, value, known)
    patient = {r.value("host_us"): r.row.kills for r in results.select("patient")}
    runs = results.select("late", remedy=remedy, timeout_s=timeout_s)
    return sum(run.row.kills > patient[run.value("host_us")] for run in runs) / len(runs)


def tradeoff(results: Results, killers: int, others: int) -> list[Tradeoff]:
    """What each time limit costs, from the shortest to the longest."""
    typical = typical_rounds(rounds(crowd(results, killers, others)))
    return [
        Tradeoff(limit, limit * typical, needless_share(results, limit)) for limit in TIMEOUTS_S
    ]


def price(results: Results, part: str, axis: str, measure: str, **where: float) -> list[Curve]:
    """One measure along one axis, a curve for each set of remedies that agree.

    Raises InputError for an unknown measure.
    """
    find("measure", measure, MEASURES)
    (declared,) = (each for each in results.sweep.parts if each.name == part)
    for name, value in where.items():
        if name in declared.axes and value not in declared.axes[name]:
            raise unknown(name, value, declared.axes[name])
    by_remedy: dict[str, list[tuple[float, float]]] = {}
    for run in results.select(part, **where):
        point = (run.point.settings[axis], _value(run, measure))
        by_remedy.setdefault(run.point.remedy, []).append(point)
    same: dict[tuple[tuple[float, float], ...], list[str]] = {}
    for remedy, points in by_remedy.items():
        same.setdefault(tuple(points), []).append(remedy)
    return [Curve(tuple(remedies), points) for points, remedies in same.items()]


def _value(run: Run, measure: str) -> float:
    if measure in _TIMES:
        time_us: int | None = getattr(run.row, _TIMES[measure])
        assert time_us is not None, run.point
        return time_us / SECOND_US
    number: int = getattr(run.row, measure)
    return number


@checked
def fair_draw(killers: int, others: int, last: int = 8) -> list[float]:
    """Shares of 1, 2, ... rounds, the last with all that are more, if everybody who waits were
    equally likely to be next; the holder of the filesystem's lock is one more that may not kill.
    Raises InputError for numbers below 0."""
    if killers < 0 or others < 0:
        raise InputError(f"there cannot be {min(killers, others)} tasks; valid: from 0 up")
    kill = killers / (killers + others + 1)
    shares = [kill * (1 - kill) ** (n - 1) for n in range(1, last)]
    return [*shares, 1 - sum(shares)]
