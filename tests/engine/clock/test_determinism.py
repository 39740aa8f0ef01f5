"""Same seed, same bytes; what chance decides, the seed decides."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref
from dataclasses import replace

import pytest

from oomlab import run
from oomlab.engine.chooser import Chooser
from oomlab.engine.clock import traced
from oomlab.engine.clock.engine import Clock
from oomlab.engine.trace.store import to_json
from oomlab.experiment import Experiment
from oomlab.scenarios import SCENARIOS
from oomlab.scenarios.parameters import Parameter

DRAWN = {"oom_return_us": 5000, "fault_tasks": 2, "touches": 3}
"""Settings under which chance decides: how long the way back into the allocator takes."""

RUNS = ("h1-two-task-cycle", "offload")


def test_the_same_run_twice_gives_the_same_bytes() -> None:
    assert to_json(run(*RUNS, DRAWN, 3)) == to_json(run(*RUNS, DRAWN, 3))


def test_the_seed_decides() -> None:
    traces = [run(*RUNS, DRAWN, seed) for seed in range(5)]
    assert len({to_json(trace).partition("events")[2] for trace in traces}) == 5


def test_without_anything_to_draw_the_seed_changes_nothing() -> None:
    """The naps are short: the timer wheel has a slot for each tick of them."""
    given = {"exit_us": 1, "reap_us": 1}
    one, other = (run("h2-three-task-poll", "trylock", given, seed) for seed in (1, 2))
    assert one.events == other.events


def test_without_anything_to_draw_the_seed_decides_when_a_long_wait_ends() -> None:
    traces = [run("h2-three-task-poll", "offload", {}, seed) for seed in range(5)]
    assert len({trace.ended_at_us for trace in traces}) > 1
    assert {trace.verdict for trace in traces} == {"recovered"}


def test_a_parameter_that_is_added_changes_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stored results and sentences about them would otherwise change with every new parameter."""
    before = run(*RUNS, DRAWN, 3)
    scenario = SCENARIOS[RUNS[0]]
    more = (*scenario.parameters, Parameter("later", "added later", 0))
    monkeypatch.setitem(SCENARIOS, scenario.name, replace(scenario, parameters=more))
    after = run(*RUNS, DRAWN, 3)
    assert after.events == before.events
    assert "later" in after.parameters
    assert run(*RUNS, {**DRAWN, "later": 1}, 3).events != before.events


@pytest.mark.parametrize("engine", ["run", "explore"])
def test_two_processes_print_the_same_bytes(engine: str) -> None:
    """Hashes of strings differ from process to process; the output must not."""
    command = [sys.executable, "-m", "oomlab", engine, *RUNS[:1], "--remedy", RUNS[1]]
    if engine == "run":
        command += ["--json", "--seed", "3"]
        command += [f"--set={name}={value}" for name, value in DRAWN.items()]
    printed = [
        subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout.splitlines()
        for seed in ("1", "2")
    ]
    if engine == "explore":
        for lines in printed:
            del lines[1]  # states, transitions and seconds
    assert printed[0] == printed[1]
    assert len(printed[0]) > 10


def test_a_chooser_draws_only_what_is_open() -> None:
    chooser = Chooser(1, {})
    assert chooser.microseconds(5, 5) == 5
    assert chooser.option(1) == 0
    assert chooser.draws == 0
    assert {chooser.microseconds(1, 3) for _ in range(50)} == {1, 2, 3}
    assert {chooser.option(2) for _ in range(50)} == {0, 1}
    assert chooser.draws == 100


def test_parameters_are_part_of_the_seed() -> None:
    draws = [Chooser(1, {"x": x}).microseconds(1, 1 << 60) for x in (1, 2)]
    assert draws[0] != draws[1]


@pytest.mark.parametrize("remedy", ["mainline", "offload"])  # some tasks never end; all do
def test_a_run_that_was_told_leaves_nothing_to_be_looked_for(remedy: str) -> None:
    model = Experiment.of(RUNS[0], remedy).model()
    gc.collect()
    gc.disable()
    try:
        clock = Clock(model, Chooser(0, {}), 10_000_000)
        kept: list[weakref.ref[object]] = [weakref.ref(clock.recorder)]
        kept += [weakref.ref(live.walker) for live in clock.lives]
        assert traced(clock, "", "", {}, 0).events
        assert [one for one in kept if one() is not None] == []
    finally:
        gc.enable()
