"""`oomlab run`: a scenario once, by the clock."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable

from oomlab import experiment
from oomlab.command import run_report
from oomlab.command.parser import (
    json_option,
    model_options,
    seed_option,
    settings,
    whole,
)
from oomlab.command.progress import Progress
from oomlab.dmesg import FIRST, dmesg_lines
from oomlab.errors import InputError
from oomlab.kernel.machine_settings import HUNG_TASK_S

_ABOUT_THE_LOG = ("kernel", "hung_task_timeout", "lockdep", "sysrq")
"""Options that only make sense with --dmesg."""


def options(parser: argparse.ArgumentParser) -> None:
    """What a call can say."""
    model_options(parser)
    json_option(parser)
    seed_option(parser)
    log = parser.add_argument_group("the kernel's log")
    log.add_argument("--dmesg", action="store_true", help="print what the machine's log would say")
    log.add_argument(
        "--kernel",
        metavar="V",
        help=f"in the words of this release, {FIRST} or later (default: that of the settings)",
    )
    log.add_argument(
        "--hung-task-timeout",
        metavar="S",
        help="kernel.hung_task_timeout_secs (default: that of the settings, or "
        f"{HUNG_TASK_S}; 0: never)",
    )
    log.add_argument("--lockdep", action="store_true", help="of a kernel that lists held locks")
    log.add_argument(
        "--sysrq", action="store_true", help="somebody presses SysRq-w (blocked tasks) at the end"
    )


def answer(call: argparse.Namespace, progress: Progress) -> Iterable[str]:
    """The lines that answer a call."""
    seed = whole("seed", call.seed)
    if call.dmesg and call.json:
        raise InputError("--dmesg is text, and --json something else; give one of them")
    if not call.dmesg:
        for name in _ABOUT_THE_LOG:
            if getattr(call, name):
                raise InputError(f"--{name.replace('_', '-')} is about the log; give --dmesg, too")
    hung_task = call.hung_task_timeout
    hung_task_s = None if hung_task is None else whole("hung-task-timeout", hung_task)
    progress.tell("running")
    trace = experiment.run(call.scenario, call.remedy, settings(call.given), seed)
    if hung_task_s is None:
        hung_task_s = int(trace.parameters.get("hung_task_s", HUNG_TASK_S))
    if call.dmesg:
        return dmesg_lines(
            trace,
            call.kernel,
            hung_task_s=hung_task_s,
            lockdep=call.lockdep,
            sysrq=call.sysrq,
        )
    if call.json:
        return [json.dumps(run_report.run_report(trace), indent=1)]
    return run_report.run_text(trace)
