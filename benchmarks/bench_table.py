"""The explorer's speed and size in one table, each figure beside what it is held against.

    python -m benchmarks.bench_table [--store] [--long] [CHECKOUT]

CHECKOUT is the folder of an older build, whose figures are taken turn by turn with ours; without
one the commit OLDER is unpacked into a temporary folder. `--store` keeps the table for the book,
`--long` adds what takes minutes. Not in the table: Harmony, for which there is no model here.
"""

from __future__ import annotations

import io
import json
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

from benchmarks import measuring
from benchmarks.bench_explorer import of_children
from oomlab import explore
from oomlab.engine.explorer.constants import ample_graph, state_graph
from oomlab.engine.explorer.verdict import Verdict, judge
from oomlab.evidence.speed import STORED, SpeedRow, SpeedTable
from oomlab.experiment import Experiment
from tests.promela import verifier
from tests.promela.table import ROWS

OLDER = "909e2ca"
"""The build against which the project's wishes were written down."""

BUDGET = 4_000_000
REPEATS = 5
TURNS = 2

AMPLE: tuple[tuple[str, str, dict[str, int]], ...] = (
    ("h1-two-task-cycle", "offload", {}),
    ("h2-three-task-poll", "mainline", {}),
)
LARGER: tuple[tuple[str, str, dict[str, int]], ...] = (
    ("h2-three-task-poll", "allocate-outside", {}),
    ("h1-two-task-cycle", "mainline", {"fault_tasks": 1}),
)
"""The last with two hogs: the task that owns most of the memory, and one that touches it."""

_CALL = """\
import sys
from pathlib import Path
sys.path.insert(0, sys.argv.pop(1))
if Path(sys.path[0], "oomlab", "cli.py").exists():  # the older build
    from oomlab.cli import main as console
else:
    from oomlab.command import console
sys.exit(console())
"""
_STATES = """\
import json, resource, sys, time
sys.path.insert(0, sys.argv[1])
from benchmarks import bench_explorer
print(json.dumps(bench_explorer.one_case("h2-three-task-poll", "offload", "any")))
"""


def said(verdict: Verdict) -> tuple[str, bool, bool, bool, bool]:
    """All that a verdict says of a model."""
    one = verdict
    return one.word, one.blocked, one.livelock, one.starvation, one.panic


def beside_spin() -> Iterator[SpeedRow]:
    """The least of the ratios, and what it was at."""
    if verifier.missing():
        return
    found = []
    for row in ROWS:
        look = partial(explore, row.scenario, row.remedy, row.settings, timeouts=row.timeouts)
        here, _ = measuring.timed(look)
        there = of_children(partial(verifier.verdict, row))
        found.append((there / here, row.name, here, there))
    for which, (ratio, name, here, there) in (("least", min(found)), ("most", max(found))):
        what = f"a verdict, {which} of {len(ROWS)} policies: {name}"
        yield SpeedRow(what, "spin -a, cc, pan", f"{here:.2f} s", f"{there:.2f} s", ratio, 10)


def small_machine(older: Path) -> SpeedRow:
    """The command, from the shell's call to its end."""
    call = ["explore", "h1-two-task-cycle"]

    here, there = [], []
    with measuring.kept_bytecode() as environment:

        def once(root: Path, _: Path) -> None:
            command = [sys.executable, "-c", _CALL, str(root), *call]
            subprocess.run(
                command, check=True, stdout=subprocess.DEVNULL, cwd=root, env=environment
            )

        for _ in range(REPEATS):
            here.append(of_children(partial(once, measuring.ROOT)))
            there.append(of_children(partial(once, older)))
    ours, theirs = min(here), min(there)
    what = f"`oomlab {' '.join(call)}`, the whole command"
    return SpeedRow(what, OLDER, f"{ours:.2f} s", f"{theirs:.2f} s", theirs / ours)


def states(older: Path) -> Iterator[SpeedRow]:
    """States a second on the RFC with three tasks, and what a state takes."""
    figures = {measuring.ROOT: (0.0, 0.0), older: (0.0, 0.0)}
    for root in [*figures] * TURNS:
        command = [sys.executable, "-c", _STATES, str(root)]
        answer = subprocess.run(command, check=True, capture_output=True, cwd=root).stdout
        found = json.loads(answer)
        many = found["states"]
        speed = max(figures[root][0], many / found["exploring"])
        figures[root] = speed, found["mebibytes"] * 2**20 / many
    (here, size), (there, other) = figures.values()
    what = "states a second, the RFC with three tasks"
    yield SpeedRow(what, OLDER, f"{here:,.0f}", f"{there:,.0f}", here / there, 2.5)
    yield SpeedRow(
        "bytes a state, judging included", OLDER, f"{size:.0f}", f"{other:.0f}", other / size
    )


def ample(cases: tuple[tuple[str, str, dict[str, int]], ...]) -> Iterator[SpeedRow]:
    """How many states a verdict takes; the verdicts must be the same."""
    for scenario, remedy, given in cases:
        model = Experiment.of(scenario, remedy, given, engine="explorer").model()
        whole = state_graph(model, "any", BUDGET)
        few, _ = ample_graph(model, "any", BUDGET)
        assert said(judge(whole)) == said(judge(few)), (scenario, remedy)
        values = "".join(f" {name}={value}" for name, value in given.items())
        what = f"states for a verdict, {scenario} under {remedy}{values}"
        ratio = len(whole) / len(few)
        yield SpeedRow(what, "all states", f"{len(few):,}", f"{len(whole):,}", ratio, 5)


def random_models() -> SpeedRow:
    """States of 200 small models, under either rule; each verdict must be the same."""
    from tests.random_models import random_recipe

    many = few = count = 0
    for number in range(200):
        recipe = random_recipe(number, tasks=(2, 4), length=3, polling=number % 4)
        for rule in ("any", "idle"):
            whole = state_graph(recipe.build(), rule, 20_000, reduced=number % 2 > 0)
            if whole.complete:
                graph, _ = ample_graph(recipe.build(), rule, 20_000)
                assert said(judge(whole)) == said(judge(graph)), f"random model {number}"
                many, few, count = many + len(whole), few + len(graph), count + 1
    what = f"states for a verdict, {count} searches of random models"
    return SpeedRow(what, "all states", f"{few:,}", f"{many:,}", many / few)


def unpacked(folder: str) -> Path:
    """The older build, out of the history."""
    command = ["git", "archive", OLDER]
    packed = subprocess.run(command, check=True, capture_output=True, cwd=measuring.ROOT).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return Path(folder)


def machine() -> str:
    """What kind of machine this is."""
    cores = os.cpu_count()
    return (
        f"{cores} cores of kind {platform.machine()}, {platform.system()}, "
        f"{platform.python_implementation()} {platform.python_version()}"
    )


def main() -> None:
    """Print the table; store it where asked to."""
    options = {argument for argument in sys.argv[1:] if argument.startswith("--")}
    folders = [Path(argument).resolve() for argument in sys.argv[1:] if argument not in options]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        older = folders[0] if folders else unpacked(folder)

        def figures() -> Iterator[SpeedRow]:
            yield from beside_spin()
            yield small_machine(older)
            yield from states(older)
            yield from ample(AMPLE)
            yield random_models()
            if "--long" in options:
                yield from ample(LARGER)

        print(f"Speed and size: {machine()}, processor time\n")
        print(f"{'':70} {'here':>12} {'there':>12} {'ratio':>6} {'wanted':>6}")
        for row in figures():
            ratio = "" if row.ratio is None else f"{row.ratio:.1f}"
            wanted = "" if row.wanted is None else f"{row.wanted:g}"
            what = f"{row.what} ({row.beside})"
            print(f"{what:70} {row.here:>12} {row.there:>12} {ratio:>6} {wanted:>6}", flush=True)
            rows.append(row)
    if "--store" in options:
        recipe = " ".join(["python -m benchmarks.bench_table", *sorted(options)])
        table = SpeedTable(machine(), recipe, tuple(rows))
        STORED.write_text(json.dumps(asdict(table), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
