"""How fast a sweep is: points a second in one process, in two, and on two workers of Dask.

    python -m benchmarks.bench_sweep [CHECKOUT]

With the folder of another checkout its points are measured as well, turn by turn, and the ratio is
printed. What counts is the ratio of two figures of one run.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from benchmarks import measuring
from oomlab.evidence.executors import Workplace, opened
from oomlab.evidence.sweep.grid import Points
from oomlab.evidence.sweep.named import FIVE_SECONDS
from oomlab.evidence.sweep.pool import compute

EVERY = 9
"""Every so manieth setting is taken, with all its seeds."""

TURNS = 3

_OTHER = """\
import sys, time
sys.path.insert(0, sys.argv[1])
from oomlab.evidence.sweep.measure import measure
from oomlab.evidence.sweep.named import FIVE_SECONDS
points = FIVE_SECONDS.points()
some = [points[int(n)] for n in sys.argv[2].split(",")]
measure(some[0])
began = time.process_time()
for point in some:
    measure(point)
print(time.process_time() - began)
"""
"""Measures the same points with any checkout."""


def chosen() -> list[int]:
    """The numbers of the points that are taken: whole settings."""
    points = FIVE_SECONDS.points()
    settings: dict[tuple[object, ...], list[int]] = {}
    for number, point in enumerate(points):
        settings.setdefault((point.part, point.remedy, *point.axes.values()), []).append(number)
    return [number for some in list(settings.values())[::EVERY] for number in some]


def processor_s(checkout: Path, numbers: list[int]) -> float:
    """Seconds of processor time that a checkout takes for them in a process of its own."""
    call = [sys.executable, "-c", _OTHER, str(checkout), ",".join(map(str, numbers))]
    return float(subprocess.run(call, check=True, capture_output=True, text=True).stdout)


def wall_s(points: Points, numbers: list[int], place: Workplace) -> float:
    """Seconds on the wall at a place that is open already, its processes warm."""
    some = [(number, points[number]) for number in numbers]
    list(compute(some[:2], place))
    began = time.perf_counter()
    assert len(list(compute(some, place))) == len(numbers)
    return time.perf_counter() - began


def main() -> None:
    """Print the numbers."""
    numbers, points = chosen(), FIVE_SECONDS.points()
    print(f"{len(numbers)} points of {FIVE_SECONDS.name}, best of {TURNS}")
    checkouts = [measuring.ROOT, *map(Path, sys.argv[1:2])]
    best = [min(processor_s(one, numbers) for _ in range(TURNS)) for one in checkouts]
    for checkout, took_s in zip(checkouts, best, strict=True):
        which = "here" if checkout == measuring.ROOT else "there"
        print(f"  {which:6}{len(numbers) / took_s:8.0f} points a second of one processor")
    if len(best) > 1:
        print(f"  here is {best[1] / best[0]:.1f} times as quick")
    two_s = 0.0
    for title, scheduler in (("two processes", None), ("two workers of Dask", "local")):
        with opened(2, scheduler) as place:
            took_s = min(wall_s(points, numbers, place) for _ in range(TURNS))
            if scheduler is None:
                two_s = took_s
        rate = len(numbers) / took_s
        print(f"  {title:20}{rate:8.0f} points a second, {two_s / took_s:.2f} of two processes")


if __name__ == "__main__":
    main()
