"""What a timed run costs as the machine grows: tasks, pages, simulated seconds.

    python -m benchmarks.bench_size [--plot FILE]

Prints a table per kind of growth with a fitted exponent (0: flat, 1: linear), and draws all three
with matplotlib if asked for a file.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

import matplotlib
from matplotlib import pyplot

from benchmarks import measuring
from oomlab.engine.chooser import Chooser
from oomlab.engine.clock.engine import Clock
from oomlab.engine.clock.recurrence import Recurrence
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS

SCENARIO, REMEDY = "h1-two-task-cycle", "offload"
REPEATS = 3


class NeverRecurs(Recurrence):
    """Lets a run go on to its limit although it goes round in circles."""

    def seen(self, clock: Clock, task: int) -> bool:
        """No state ever counts as seen before."""
        return False


TASKS = tuple(2**n for n in range(1, 11))
PAGES = tuple(10**n for n in range(2, 7))
SECONDS = (1, 4, 15, 60, 240, 900, 3600)


def cost(given: Mapping[str, object], seconds: float) -> float:
    """Processor seconds of the quickest of some runs."""
    found = SCENARIOS[SCENARIO]
    settings = found.settle(given, "clock")

    def once() -> float:
        model = found.build(settings, REMEDIES[REMEDY])
        clock = Clock(model, Chooser(0, settings), round(seconds * 1_000_000) - 1)
        clock.recurrence = NeverRecurs()
        return measuring.timed(clock.run)[0]

    return min(once() for _ in range(REPEATS))


def by_tasks() -> list[float]:
    """Pollers of oom_lock, for 5 seconds."""
    return [cost({"fault_tasks": tasks}, 5) for tasks in TASKS]


def by_pages() -> list[float]:
    """Pages in the balloon, as many again in the machine."""
    return [
        cost({"balloon_pages": pages, "managed_pages": max(1024, 2 * pages), "fault_tasks": 1}, 30)
        for pages in PAGES
    ]


def by_seconds() -> list[float]:
    """Simulated time. Nobody may kill, so it polls and times out every five seconds for ever."""
    return [cost({}, seconds) for seconds in SECONDS]


GROWTHS: tuple[tuple[str, tuple[int, ...], Callable[[], list[float]]], ...] = (
    ("tasks", TASKS, by_tasks),
    ("pages", PAGES, by_pages),
    ("simulated seconds", SECONDS, by_seconds),
)


def draw(found: Mapping[str, tuple[tuple[int, ...], list[float]]], file: str) -> None:
    """One log-log curve per kind of growth."""
    matplotlib.use("Agg")
    figure, axes = pyplot.subplots(1, len(found), figsize=(4 * len(found), 3.5), sharey=True)
    for axis, (name, (sizes, seconds)) in zip(axes, found.items(), strict=True):
        axis.loglog(sizes, [1000 * second for second in seconds], marker="o")
        axis.set_xlabel(name)
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("processor time, ms")
    figure.suptitle(f"Cost of a timed run ({SCENARIO}, {REMEDY})")
    figure.tight_layout()
    figure.savefig(file)


def main() -> None:
    """Print the tables; draw them if a file is named."""
    parser = argparse.ArgumentParser(description="Measure how the cost of a run grows.")
    parser.add_argument("--plot", metavar="FILE", help="draw the curves into this file")
    options = parser.parse_args()
    print(f"Size: {SCENARIO} under {REMEDY}, best of {REPEATS} runs, processor time\n")
    found = {}
    for name, sizes, measure in GROWTHS:
        seconds = measure()
        found[name] = (sizes, seconds)
        print(f"{name:>18} {'ms':>9}  as often as the first")
        for size, second in zip(sizes, seconds, strict=True):
            print(f"{size:18,} {1000 * second:9.2f}  {second / seconds[0]:8.1f}")
        print(f"{'':18} grows with exponent {measuring.exponent(sizes, seconds):.2f}\n")
    if options.plot:
        draw(found, options.plot)


if __name__ == "__main__":
    main()
