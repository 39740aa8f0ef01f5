"""How fast the clock is: model steps a second against bare SimPy's timeouts; what parking saves."""

from __future__ import annotations

from collections.abc import Iterator

import simpy

from benchmarks import measuring
from oomlab.engine.chooser import Chooser
from oomlab.engine.clock.engine import Clock
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS

TIMEOUTS = 200_000
SECONDS = 5.0
RUNS: tuple[tuple[str, str, int, bool], ...] = (
    ("h1-two-task-cycle", "offload", 1, True),
    ("h1-two-task-cycle", "offload", 1, False),
    ("h1-two-task-cycle", "offload", 8, True),
    ("h1-two-task-cycle", "offload", 8, False),
    ("h1-two-task-cycle", "offload", 128, True),
)
REPEATS = 5


def bare_simpy() -> float:
    """SimPy timeouts a second, with one process that does nothing else."""
    env = simpy.Environment()

    def ticking() -> Iterator[simpy.Event]:
        for _ in range(TIMEOUTS):
            yield env.timeout(1)

    env.process(ticking())  # type: ignore[arg-type]
    seconds, _ = measuring.timed(env.run)
    return TIMEOUTS / seconds


def run(scenario: str, remedy: str, pollers: int, *, park: bool) -> tuple[float, int]:
    """Seconds of processor time and recorded events of one run of `SECONDS`."""
    found = SCENARIOS[scenario]
    settings = found.settle({"fault_tasks": pollers}, "clock")
    limit_us = round(SECONDS * 1_000_000) - 1
    model = found.build(settings, REMEDIES[remedy])
    clock = Clock(model, Chooser(0, settings), limit_us, park=park)
    seconds, _ = measuring.timed(clock.run)
    return seconds, len(clock.recorder.events)


def main() -> None:
    """Print the numbers."""
    bare = max(bare_simpy() for _ in range(REPEATS))
    print(f"Clock: best of {REPEATS} runs, processor time. Bare SimPy: {bare:,.0f} timeouts/s\n")
    print(
        f"{SECONDS:g} simulated seconds of pollers of oom_lock (h1, offload, 250 Hz). A model step"
    )
    print("finds out the next op of a kernel routine, does it and records an event. The ops of a")
    print("routine that goes round in circles are remembered.\n")
    print(f"{'pollers':>8} {'':9} {'ms':>8} {'steps':>8} {'steps/s':>9} {'of bare SimPy':>14}")
    for scenario, remedy, pollers, park in RUNS:
        seconds, events = min(run(scenario, remedy, pollers, park=park) for _ in range(REPEATS))
        print(
            f"{pollers:8} {'parked' if park else 'each poll':9} {1000 * seconds:8.1f} {events:8,}"
            f" {events / seconds:9,.0f} {events / seconds / bare:14.2f}"
        )


if __name__ == "__main__":
    main()
