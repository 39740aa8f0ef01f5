"""What the kernel's own detectors would print about a run, about whom, and when.

Four of them look at a machine that hangs: the hung-task detector (kernel/hung_task.c), the
allocator's stall warning (mm/page_alloc.c), the workqueue watchdog (kernel/workqueue.c) and the
soft-lockup detector (kernel/watchdog.c), all as in Linux 4.13. None of them knows what a task waits
for. They see who has not run, who has asked for long, who has not finished and who does not let go
of its CPU.

A run that has locked up ends at once, but its machine stays as it is: whoever is still waiting when
the run ends is taken to wait on in the same way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from oomlab.analysis.stall_warnings import rationed, stall_warnings
from oomlab.analysis.stretches import Stretch, is_asleep, stretches
from oomlab.checked import checked
from oomlab.engine.trace.events import Trace
from oomlab.errors import InputError
from oomlab.kernel.machine_settings import HUNG_TASK_S, LONGEST_HUNG_TASK_S
from oomlab.limits import Limit

Detector = Literal["allocation stall", "workqueue watchdog", "soft lockup", "hung task"]
"""The detectors, in the order in which they usually speak."""

DETECTORS: tuple[Detector, ...] = (
    "allocation stall",
    "workqueue watchdog",
    "soft lockup",
    "hung task",
)

SECOND_US = 1_000_000
HUNG_TASK_WARNINGS = 10
"""sysctl_hung_task_warnings: after so many reports the detector is silent."""
WORKQUEUE_US = 30 * SECOND_US
"""wq_watchdog_thresh: the longest a pool may stand still, and the time between two looks."""
SOFT_LOCKUP_US = 20 * SECOND_US
"""get_softlockup_thresh: twice watchdog_thresh."""
SOFT_LOCKUP_SAMPLE_US = 4 * SECOND_US
FIRST_SCAN_S = 50.0
"""When the two detectors that look from time to time look first: our choice."""

LIMITS = (
    Limit(
        "simplified",
        "workqueue watchdog",
        "A worker that sleeps does not stall its pool: another one takes its place. The watchdog "
        "speaks where a task never lets go of its CPU, since each CPU has some small work to do "
        "about once a second. Pools are not modelled, nor that creating a worker takes memory, "
        "for want of which a pool may stall as well. Debian builds its cloud kernels without it.",
    ),
    Limit(
        "guessed",
        "when the detectors look",
        "The hung-task detector looks every 120 s and the workqueue watchdog every 30 s, counted "
        "from the boot, which may be any time before the run begins. We let a scan fall on second "
        "50; the page about the log has a control for it.",
    ),
    Limit(
        "not modelled",
        "RCU stall warnings and the hard-lockup detector",
        "Where a task spins for ever they may speak as well. The same holds for the check for "
        "sleeping in atomic context, which would report the driver of H7 before it ever hangs.",
    ),
)


class LogLine(NamedTuple):
    """A line of the log: `at_us` after the run began, by which detector, about which task.

    `text` begins as the kernel's line does; numbers of processes and pools are left out.
    `since_us`: from when on the detector has counted.
    """

    at_us: int
    detector: Detector
    task: str
    text: str
    since_us: int = 0

    @property
    def second(self) -> int:
        """The whole second in which it is printed."""
        return self.at_us // SECOND_US


@checked
def detector_log(
    trace: Trace,
    until_s: float = 300,
    first_scan_s: float = FIRST_SCAN_S,
    hung_task_s: int = HUNG_TASK_S,
    look_every_s: int = 0,
) -> tuple[LogLine, ...]:
    """The log of the first `until_s` seconds, in order.

    `first_scan_s`: when the hung-task detector looks for the first time, 0 to `hung_task_s` after
    the run began; the workqueue watchdog's looks fall on the same moment and every 30 s before and
    after. `hung_task_s`: the hung-task detector's time, in seconds; 0 switches it off, as in the
    kernel. `look_every_s`: how often it looks, in seconds (hung_task_check_interval_secs, since
    4.20); 0 or more than `hung_task_s`: once in its time. A report comes at the first look that is
    `hung_task_s` after one at which the task slept already, and at every look from then on.

    Raises InputError for a value that is not valid, and for a replayed schedule, which has no
    seconds.
    """
    if trace.engine != "clock":
        raise InputError("a replayed schedule has no seconds; valid: a timed run")
    if not 0 <= hung_task_s <= LONGEST_HUNG_TASK_S:
        raise InputError(
            f"a hung task cannot be one of {hung_task_s} s; valid: 0 (off) to {LONGEST_HUNG_TASK_S}"
        )
    if not 0 <= look_every_s <= LONGEST_HUNG_TASK_S:
        raise InputError(
            f"the detector cannot look every {look_every_s} s; valid: 0 (once in its time) to "
            f"{LONGEST_HUNG_TASK_S}"
        )
    latest_s = hung_task_s or HUNG_TASK_S
    period_s = min(look_every_s or hung_task_s, hung_task_s)
    if not 0 <= first_scan_s <= latest_s:
        raise InputError(f"the first scan cannot be at {first_scan_s} s; valid: 0 to {latest_s}")
    if until_s < 0:
        raise InputError(f"a log cannot end at {until_s} s; valid: 0 or more")
    until_us, first_us = round(until_s * SECOND_US), round(first_scan_s * SECOND_US)
    known_us = trace.ended_at_us if trace.verdict in ("time-limit", "panic") else until_us
    lives = tuple(stretches(trace, min(until_us, known_us)))
    found = [
        *(
            LogLine(at_us, "allocation stall", task, text, at_us - for_us)
            for at_us, task, text, for_us in rationed(sorted(stall_warnings(trace, lives)))
        ),
        *_stuck_pools(lives, first_us),
        *_soft_lockups(lives),
        *sorted(_hung_tasks(lives, first_us, hung_task_s, period_s))[:HUNG_TASK_WARNINGS],
    ]
    return tuple(sorted(message for message in found if message.at_us <= until_us))


def _scans(first_us: int, period_us: int, until_us: int) -> Iterator[int]:
    yield from range(first_us, until_us + 1, period_us)


def _hung_tasks(
    stretches: Iterable[Stretch], first_us: int, timeout_s: int, period_s: int
) -> Iterator[LogLine]:
    """check_hung_task: the first scan notes how often the task has switched, later ones compare."""
    for stretch in stretches:
        if not timeout_s or not is_asleep(stretch):
            continue
        noted_us = 0
        for at_us in _scans(first_us, period_s * SECOND_US, stretch.end_us):
            if at_us <= stretch.start_us:
                continue
            noted_us = noted_us or at_us
            if at_us - noted_us >= timeout_s * SECOND_US:
                text = f"INFO: task {stretch.task} blocked for more than {timeout_s} seconds."
                yield LogLine(at_us, "hung task", stretch.task, text, noted_us)


def _spinning(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Who does not let go of its CPU."""
    for stretch in stretches:
        if stretch.event.op == "spin_lock" and stretch.event.condition == "blocked":
            yield stretch


def _stuck_pools(stretches: Iterable[Stretch], first_us: int) -> Iterator[LogLine]:
    """wq_watchdog_timer_fn, for the pool of a CPU on which a task spins."""
    for stretch in _spinning(stretches):
        for at_us in _scans(first_us % WORKQUEUE_US, WORKQUEUE_US, stretch.end_us):
            stuck_us = at_us - stretch.start_us
            if stuck_us > WORKQUEUE_US:
                text = f"BUG: workqueue lockup - pool stuck for {stuck_us // SECOND_US}s!"
                yield LogLine(at_us, "workqueue watchdog", stretch.task, text, stretch.start_us)


def _soft_lockups(stretches: Iterable[Stretch]) -> Iterator[LogLine]:
    """watchdog_timer_fn: every 4 s, and once only. Its seconds are of 2 to the 30th nanoseconds."""
    for stretch in _spinning(stretches):
        touched_us = stretch.start_us // SOFT_LOCKUP_SAMPLE_US * SOFT_LOCKUP_SAMPLE_US
        at_us = touched_us + SOFT_LOCKUP_US + SOFT_LOCKUP_SAMPLE_US
        if at_us <= stretch.end_us:
            seconds = ((at_us - touched_us) * 1000) >> 30
            text = f"BUG: soft lockup - CPU stuck for {seconds}s! [{stretch.task}]"
            yield LogLine(at_us, "soft lockup", stretch.task, text, touched_us)
