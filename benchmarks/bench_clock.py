"""How fast the clock is: events a second against bare SimPy timeouts, and what parking saves."""

from __future__ import annotations

import time
from collections.abc import Iterator

import simpy

from oomlab.chooser import Chooser
from oomlab.clock.engine import Clock
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS

TIMEOUTS = 200_000
FEW, POLLERS = 8, 128
SECONDS = 5.0


def bare_simpy() -> float:
    """SimPy timeouts a second, with one process that does nothing else."""
    env = simpy.Environment()

    def ticking() -> Iterator[simpy.Event]:
        for _ in range(TIMEOUTS):
            yield env.timeout(1)

    env.process(ticking())  # type: ignore[arg-type]
    began = time.perf_counter()
    env.run()
    return TIMEOUTS / (time.perf_counter() - began)


def polling(pollers: int, *, park: bool) -> tuple[float, int]:
    """Seconds of this machine, and recorded events, for pollers that wait for the RFC's timeout."""
    found = SCENARIOS["h1-two-task-cycle"]
    settings = found.settle({"fault_tasks": pollers}, "clock")
    clock = Clock(
        found.build(settings, REMEDIES["offload"]),
        Chooser(0, settings),
        round(SECONDS * 1_000_000) - 1,
        park=park,
    )
    began = time.perf_counter()
    clock.run()
    return time.perf_counter() - began, len(clock.recorder.events)


def main() -> None:
    """Print the numbers."""
    print(f"bare SimPy: {bare_simpy():,.0f} timeouts/s")
    print(f"\n{SECONDS:g} simulated seconds of pollers of oom_lock (h1, offload, 250 Hz)\n")
    print(f"{'pollers':>8} {'':8} {'seconds':>8} {'events':>9} {'events/s':>10}")
    for pollers, park in ((1, True), (1, False), (FEW, True), (FEW, False), (POLLERS, True)):
        seconds, events = polling(pollers, park=park)
        how = "parked" if park else "each poll"
        print(f"{pollers:8} {how:9} {seconds:7.3f} {events:9,} {events / seconds:10,.0f}")


if __name__ == "__main__":
    main()
