"""The whole log of a run, in order of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from oomlab.analysis.detectors import SECOND_US, LogLine, detector_log
from oomlab.checked import checked
from oomlab.dmesg.detected import Detected
from oomlab.dmesg.messages import KernelMessage
from oomlab.dmesg.people import People
from oomlab.dmesg.style import Style, stamped
from oomlab.dmesg.whereabouts import Whereabouts
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError
from oomlab.kernel.machine_settings import HUNG_TASK_S
from oomlab.kernel.releases import KERNEL_4_13
from oomlab.kernel_release import KernelRelease, Spelled
from oomlab.limits import Limit

FIRST_SCAN_PART = 50 / HUNG_TASK_S
"""When khungtaskd looks first, as a part of its period: our choice, the same as that of the
detectors' own page."""
LOOKS = 3
"""How often it looks before the log ends: who hangs is reported twice (our choice)."""

LIMITS = (
    Limit(
        "not modelled",
        "The workqueue watchdog in the kernel log",
        "It is not written: where all workers sleep it has nothing to say, and what it prints of "
        "a pool whose CPU is never given up lists pools, which are not modelled.",
    ),
)


@checked(leave="release")
def dmesg_lines(
    trace: Trace,
    release: Spelled | None = None,
    *,
    hung_task_s: int = HUNG_TASK_S,
    lockdep: bool = False,
    sysrq: bool = False,
) -> Iterator[str]:
    """What the kernel's log of a run would hold, line by line.

    `release`: whose forms are used; None for that of the machine's settings. `hung_task_s`: the
    hung-task detector's time in seconds, 0 for none. `lockdep`: the kernel was built with it, so
    that held locks are listed. `sysrq`: somebody presses SysRq-w at the end (and SysRq-d, with
    lockdep), and so sees also who polls. Raises InputError for a replayed schedule, which has no
    seconds, and for a value that is not valid.
    """
    if trace.engine != "clock":
        raise InputError("a replayed schedule has no seconds; valid: a timed run")
    style = Style.of(release if release is not None else _own_release(trace))
    first_s = max(1.0, hung_task_s * FIRST_SCAN_PART) if hung_task_s else 0.0
    until_s = max(trace.ended_at_us / SECOND_US, first_s + (LOOKS - 1) * hung_task_s)
    detected = detector_log(_told(trace, style), until_s, first_s, hung_task_s)
    return _lines(trace, style, detected, lockdep=lockdep, sysrq=sysrq, until_s=until_s)


def _own_release(trace: Trace) -> Spelled:
    found = trace.parameters.get("kernel")
    return KERNEL_4_13 if found is None else KernelRelease.of(found)


def _told(trace: Trace, style: Style) -> Trace:
    """The run, told to the detectors as one of the release whose log is written."""
    return replace(trace, parameters={**trace.parameters, "kernel": style.release.plain})


def _lines(
    trace: Trace,
    style: Style,
    detected: tuple[LogLine, ...],
    *,
    lockdep: bool,
    sysrq: bool,
    until_s: float,
) -> Iterator[str]:
    people = People(trace)
    standing = Whereabouts(trace, style, people)
    detectors = Detected(trace, style, people, standing, lockdep)
    yield stamped(0, f"Linux version {style.uname} (oomlab@model) #1 SMP")
    said = chain(_of_routines(trace, style, people, standing), _of_detectors(detectors, detected))
    for at_us, line in sorted(said, key=_moment):
        yield stamped(at_us, line)
    if sysrq and trace.verdict != "panic":
        end_us = round(until_s * SECOND_US) + SECOND_US
        for line in detectors.blocked_tasks(end_us):
            yield stamped(end_us, line)


def _moment(said: tuple[int, str]) -> int:
    return said[0]


def _of_routines(
    trace: Trace, style: Style, people: People, standing: Whereabouts
) -> Iterator[tuple[int, str]]:
    values = {slot.name: slot.initial for slot in trace.slots}
    for event in trace.events:
        values.update(event.changes)
        if event.op == "log" and event.condition == "done":
            report = KernelMessage(trace, style, people, standing, event, values)
            for line in report.lines():
                yield event.at_us, line


def _of_detectors(detectors: Detected, lines: tuple[LogLine, ...]) -> Iterator[tuple[int, str]]:
    scans: dict[int, list[str]] = {}
    for line in lines:
        if line.detector == "hung task":
            scans.setdefault(line.at_us, []).append(line.task)
    for line in lines:
        told: Iterator[str] = iter(())
        if line.detector == "hung task":
            told = detectors.hung(line, frozenset(scans[line.at_us]))
            if line.task == scans[line.at_us][-1]:
                told = chain(told, detectors.all_locks(line.at_us, by_khungtaskd=True))
        elif line.detector == "soft lockup":
            told = detectors.soft_lockup(line)
        elif line.detector == "allocation stall":
            told = detectors.stall(line)
        for text in told:
            yield line.at_us, text
