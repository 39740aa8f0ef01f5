"""Runs whose logs are looked at, each made once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from oomlab.dmesg import dmesg_lines
from oomlab.engine.trace.events import Trace
from oomlab.experiment import run
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS

RELEASES = ("4.4", "4.9", "4.13", "4.14", "4.19", "5.4", "5.17", "6.1", "6.12", "6.18", "7.3")
"""One of each form that the log has had."""

H1, H2, H5, H7 = (
    "h1-two-task-cycle",
    "h2-three-task-poll",
    "h5-host-never-answers",
    "h7-pseries-hotplug",
)
BLOCKED_WRITER = "r10-removal-blocked"


@cache
def _row(scenario: str, remedy: str, number: int) -> Trace:
    return run(scenario, remedy, SCENARIOS[scenario].rows[number])


@cache
def ran(scenario: str, remedy: str = "mainline") -> Trace:
    """A run with all settings as usual."""
    return run(scenario, remedy)


def matrix() -> Iterator[Trace]:
    """Every scenario under every remedy, with all settings under which they are compared."""
    for name, scenario in SCENARIOS.items():
        for remedy in REMEDIES:
            yield from (_row(name, remedy, number) for number in range(len(scenario.rows)))


def log(trace: Trace, release: str | None = None, **options: object) -> list[str]:
    """The lines without their times."""
    lines = dmesg_lines(trace, release, **options)  # type: ignore[arg-type]
    return [line.partition("] ")[2] for line in lines]


def timed(trace: Trace, release: str | None = None, **options: object) -> list[tuple[float, str]]:
    """The lines with their times, in seconds."""
    found = []
    for line in dmesg_lines(trace, release, **options):  # type: ignore[arg-type]
        stamp, _, text = line.partition("] ")
        found.append((float(stamp.removeprefix("[")), text))
    return found


EXPECTED = Path(__file__).with_name("expected")
WRITTEN = ("4.4", "4.14", "5.17", "7.3")
"""Releases whose logs are kept, line by line."""
TOLD = {
    "a kill, a failed request": (H2, "offload", {"hung_task_s": 10}),
    "a writer behind a reader": (BLOCKED_WRITER, "mainline", {"hung_task_s": 20, "lockdep": True}),
    "a spinner": (H7, "mainline", {"hung_task_s": 10, "lockdep": True, "sysrq": True}),
    "an owner": (H1, "mainline", {"hung_task_s": 1, "lockdep": True}),
}


def written(release: str) -> str:
    """Whole logs of a few runs, as a kernel of this release writes them."""
    parts = []
    for name, (scenario, remedy, options) in TOLD.items():
        lines = dmesg_lines(ran(scenario, remedy), release, **options)  # type: ignore[arg-type]
        parts += [f"# {name}: {scenario} under {remedy}", *lines, ""]
    return "\n".join(parts)


if __name__ == "__main__":  # to look at a change that is meant: git diff tests/dmesg/expected
    for release in WRITTEN:
        (EXPECTED / f"{release}.log").write_text(written(release), encoding="utf-8")
