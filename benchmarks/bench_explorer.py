"""How fast the explorer is: states a second, and against a naive one that runs everything anew."""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # started as a script, Python looks only beside the script

from oomlab.explorer.constants import explore_model  # noqa: E402
from oomlab.explorer.graph import Timeouts, explore  # noqa: E402
from oomlab.explorer.space import Space  # noqa: E402
from oomlab.explorer.verdict import judge  # noqa: E402
from oomlab.model import Model  # noqa: E402
from oomlab.remedies import REMEDIES  # noqa: E402
from oomlab.scenarios import SCENARIOS  # noqa: E402
from tests.explorer.naive import Naive  # noqa: E402

CASES: tuple[tuple[str, str, Timeouts], ...] = (
    ("h1-two-task-cycle", "mainline", "any"),
    ("h1-two-task-cycle", "offload", "any"),
    ("h1-two-task-cycle", "offload", "idle"),
    ("h2-three-task-poll", "mainline", "any"),
    ("h2-three-task-poll", "allocate-outside", "any"),
    ("h2-three-task-poll", "offload", "idle"),
    ("h2-three-task-poll", "offload", "any"),
)

BUDGET = 500_000
NAIVE = (("h1-two-task-cycle", "mainline"), ("h1-two-task-cycle", "offload"))


def build(scenario: str, remedy: str) -> Model:
    """A fresh model in its small scope."""
    found = SCENARIOS[scenario]
    return found.build(found.settle({}, "explorer"), REMEDIES[remedy])


def main() -> None:
    """Print two tables."""
    print(f"Explorer: at most {BUDGET:,} states, single runs\n")
    print(f"{'scenario':20} {'remedy':17} {'rule':5} {'states':>9} {'states/s':>10} {'judge s':>8}")
    for scenario, remedy, rule in CASES:
        began = time.perf_counter()
        graph = explore_model(build(scenario, remedy), rule, BUDGET)
        explored = time.perf_counter()
        word = judge(graph).word
        judged = time.perf_counter()
        speed = len(graph) / (explored - began)
        print(
            f"{scenario:20} {remedy:17} {rule:5} {len(graph):9,} {speed:10,.0f} "
            f"{judged - explored:8.2f}  {word}"
        )
    print("\nAgainst the naive explorer of the tests, without guessing what never changes\n")
    print(f"{'scenario':20} {'remedy':17} {'states':>8} {'states/s':>10} {'naive':>8} {'ratio':>6}")
    for scenario, remedy in NAIVE:
        began = time.perf_counter()
        graph = explore(Space(build(scenario, remedy)), "any", BUDGET)
        speed = len(graph) / (time.perf_counter() - began)
        began = time.perf_counter()
        naive = Naive(build(scenario, remedy), budget=BUDGET)
        slow = len(naive.moves) / (time.perf_counter() - began)
        print(
            f"{scenario:20} {remedy:17} {len(graph):8,} {speed:10,.0f} {slow:8,.0f} "
            f"{speed / slow:6.0f}"
        )


if __name__ == "__main__":
    main()
