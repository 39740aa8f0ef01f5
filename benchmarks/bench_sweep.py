"""How fast a sweep is: points a second in one process, in two, and on two workers of Dask; and what
memory it takes when there are many points.

    python -m benchmarks.bench_sweep [--long] [CHECKOUT]

With the folder of another checkout its points are measured as well, turn by turn, and the ratio is
printed. What counts is the ratio of two figures of one run. `--long`: a million points as well. The
points by which memory is measured are not run: what is asked about is the sweep around them.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import measuring
from oomlab.evidence.executors import Workplace, opened
from oomlab.evidence.sweep.grid import Part, Point, Points, Sweep
from oomlab.evidence.sweep.measure import Row
from oomlab.evidence.sweep.named import FIVE_SECONDS
from oomlab.evidence.sweep.pool import compute
from oomlab.evidence.sweep.recompute import recompute

EVERY = 7
"""Every so manieth setting is taken, with all its seeds."""

TURNS = 3
WALL_TURNS = 7

MANY = (1_000, 10_000, 100_000)
"""Points by which memory is measured, and"""
MILLION = 1_000_000
"""if there is time."""

_ROW = Row("recovered", 5_123_456, 5_999_999, 1, 1, 1_234, 0, 0, 0, 0, 256, 4_096, 8_123_456)

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


def instant(_: Point) -> Row:
    """A row that takes no time."""
    return _ROW


def whole_sweep(points: int, scheduler: str | None) -> None:
    """Make a file of results with so many points, and print the mebibytes that this process and the
    largest of its workers had at most, and the seconds it took."""
    part = Part(
        "many", "h1-two-task-cycle", ("offload",), {"timeout_s": (1.0, 5.0)}, seeds=points // 2
    )
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "many.json")
        recompute(Sweep("many", "", (part,)), out, jobs=2, scheduler=scheduler, measure_one=instant)
    took_s = time.perf_counter() - began
    peaks = (
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    here, there = (peak / 1024 for peak in peaks)
    print(f"{here:6.0f} MiB here, {there:4.0f} in a worker, {took_s:5.1f} s")


def memory(counts: tuple[int, ...]) -> None:
    """Print what sweeps of that many points take, each in a process of its own."""
    for title, scheduler in (("two processes", ""), ("two workers of Dask", "local")):
        for points in counts:
            call = [
                sys.executable,
                "-m",
                "benchmarks.bench_sweep",
                "--points",
                str(points),
                scheduler,
            ]
            said = subprocess.run(
                call, check=True, capture_output=True, text=True, cwd=measuring.ROOT
            )
            print(f"  {title:20}{points:10,} points: {said.stdout.strip()}", flush=True)


def main() -> None:
    """Print the numbers."""
    if sys.argv[1:2] == ["--points"]:
        whole_sweep(int(sys.argv[2]), sys.argv[3] or None)
        return
    words = [word for word in sys.argv[1:] if word != "--long"]
    # First: a process is said to have had at least what the one had that started it.
    memory((*MANY, MILLION) if len(words) < len(sys.argv) - 1 else MANY)
    numbers, points = chosen(), FIVE_SECONDS.points()
    print(f"{len(numbers)} points of {FIVE_SECONDS.name}, best of {TURNS}")
    checkouts = [measuring.ROOT, *map(Path, words[:1])]
    best = [min(processor_s(one, numbers) for _ in range(TURNS)) for one in checkouts]
    for checkout, took_s in zip(checkouts, best, strict=True):
        which = "here" if checkout == measuring.ROOT else "there"
        print(f"  {which:6}{len(numbers) / took_s:8.0f} points a second of one processor")
    if len(best) > 1:
        print(f"  here is {best[1] / best[0]:.1f} times as quick")
    with opened(2) as processes, opened(2, "local") as dask:  # turn by turn, in the same weather
        turns = [
            [wall_s(points, numbers, place) for place in (processes, dask)]
            for _ in range(WALL_TURNS)
        ]
    two_s, dask_s = (min(took) for took in zip(*turns, strict=True))
    for title, took_s in (("two processes", two_s), ("two workers of Dask", dask_s)):
        rate = len(numbers) / took_s
        print(f"  {title:20}{rate:8.0f} points a second, {two_s / took_s:.2f} of two processes")


if __name__ == "__main__":
    main()
