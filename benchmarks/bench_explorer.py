"""How fast the explorer is: states a second, time to a verdict, memory.

Against a naive explorer and, where they are installed, against SPIN and a C compiler.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import measuring
from oomlab import search as explore_scenario
from oomlab.engine.explorer.constants import state_graph
from oomlab.engine.explorer.graph import Graph, Timeouts
from oomlab.engine.explorer.plain import Naive
from oomlab.engine.explorer.search import search
from oomlab.engine.explorer.space import Space
from oomlab.engine.explorer.verdict import judge
from oomlab.engine.model import Model
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS
from tests.promela import verifier
from tests.promela.table import ROWS

CASES: tuple[tuple[str, str, Timeouts], ...] = (
    ("h1-two-task-cycle", "mainline", "any"),
    ("h1-two-task-cycle", "offload", "any"),
    ("h1-two-task-cycle", "offload", "idle"),
    ("h2-three-task-poll", "mainline", "any"),
    ("h2-three-task-poll", "trylock", "any"),
    ("h2-three-task-poll", "offload", "idle"),
    ("h2-three-task-poll", "offload", "any"),
)

BUDGET = 1_000_000
NAIVE = (("h1-two-task-cycle", "mainline"), ("h1-two-task-cycle", "offload"))


def build(scenario: str, remedy: str) -> Model:
    """A fresh model in its small scope."""
    found = SCENARIOS[scenario]
    return found.build(found.settle({}, "explorer"), REMEDIES[remedy])


def one_case(scenario: str, remedy: str, rule: Timeouts) -> dict[str, float | str]:
    """What one exploration took; in a process of its own the memory figure is its alone."""
    state_graph(build(*NAIVE[0]), rule, BUDGET)  # imports what is imported when needed
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    exploring, graph = measuring.timed(lambda: state_graph(build(scenario, remedy), rule, BUDGET))
    judging, verdict = measuring.timed(lambda: judge(graph))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {
        "states": len(graph),
        "exploring": exploring,
        "judging": judging,
        "word": verdict.word,
        "mebibytes": grown / 1024,
    }


def cases() -> None:
    """Print a table of explorations, each in a process of its own."""
    print(f"Explorer: at most {BUDGET:,} states, single runs, processor time\n")
    print(
        f"{'scenario':20} {'remedy':9} {'rule':5} {'states':>9} {'states/s':>9} {'verdict s':>9}"
        f" {'MiB':>5}"
    )
    for scenario, remedy, rule in CASES:
        command = [sys.executable, "-m", "benchmarks.bench_explorer", scenario, remedy, rule]
        found = json.loads(
            subprocess.run(command, check=True, capture_output=True, cwd=measuring.ROOT).stdout
        )
        print(
            f"{scenario:20} {remedy:9} {rule:5} {found['states']:9,}"
            f" {found['states'] / found['exploring']:9,.0f}"
            f" {found['exploring'] + found['judging']:9.2f} {found['mebibytes']:5.0f}"
            f"  {found['word']}"
        )


def unguessed(model: Model) -> Graph:
    """All states, without guessing what never changes."""
    return search(Space(model), "any", BUDGET)


def against_naive() -> None:
    """Print how much is gained over the naive explorer of the tests."""
    print("\nAgainst the naive explorer of the tests, without guessing what never changes\n")
    print(f"{'scenario':20} {'remedy':9} {'states':>8} {'states/s':>9} {'naive':>8} {'ratio':>6}")
    for scenario, remedy in NAIVE:
        model = build(scenario, remedy)
        seconds, graph = measuring.timed(partial(unguessed, model))
        slowly, naive = measuring.timed(partial(Naive, model, budget=BUDGET))
        speed, slow = len(graph) / seconds, len(naive.moves) / slowly
        print(
            f"{scenario:20} {remedy:9} {len(graph):8,} {speed:9,.0f} {slow:8,.0f}"
            f" {speed / slow:6.1f}"
        )


def against_spin() -> None:
    """Print how long either takes for its verdict on each policy that both know.

    SPIN needs several questions for a verdict, each with a verifier of its own.
    """
    print("\nVerdicts against SPIN (spin -a, cc and ./pan together), processor time\n")
    if absent := verifier.missing():
        print(f"{absent}: nothing to compare with.")
        return
    print(f"{'policy':55} {'here s':>6} {'SPIN s':>6} {'ratio':>5} {'one question s':>14}")
    for row in ROWS:
        look = partial(
            explore_scenario, row.scenario, row.remedy, row.settings, timeouts=row.timeouts
        )
        here, _ = measuring.timed(look)
        there = of_children(partial(verifier.verdict, row))
        once = of_children(partial(verifier.found, "STUCK", row.defines))
        print(f"{row.name:55} {here:6.2f} {there:6.2f} {there / here:5.1f} {once:14.2f}")


def of_children(ask: Callable[[Path], object]) -> float:
    """Processor seconds of the programs that are run while something is asked in a new folder."""

    def spent() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = spent()
    with tempfile.TemporaryDirectory() as folder:
        ask(Path(folder))
    return spent() - before


def main() -> None:
    """Print all tables, or explore the one case that is named on the command line."""
    if len(sys.argv) > 1:
        scenario, remedy, rule = sys.argv[1:]
        print(json.dumps(one_case(scenario, remedy, "idle" if rule == "idle" else "any")))
        return
    cases()
    against_naive()
    against_spin()


if __name__ == "__main__":
    main()
