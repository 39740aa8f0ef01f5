"""Boots a guest and ends it, whatever it does."""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path

from oomlab.errors import InputError
from oomlab.evidence.real_kernel.cases import MEMORY_MB, Case
from tests.kernel.real.balloon import Balloon

_CPUS = (
    "-smp",
    "2",
    "-m",
    str(MEMORY_MB),
    "-nodefaults",
    "-no-user-config",
    "-display",
    "none",
    "-no-reboot",
)
CLOCKS = {
    # The guest's clock counts instructions, two nanoseconds for each, and jumps to the next timer
    # while everybody sleeps: a minute of waiting takes no minute, and how busy the host is shows
    # in no time of the guest. But the CPUs take turns: a task that goes on at once is ahead of one
    # on the other CPU.
    "counted": ("-accel", "tcg", "-icount", "shift=1,sleep=off", *_CPUS),
    # Both CPUs run at once, for as long as the host lets them.
    "host": ("-accel", "tcg,thread=multi", *_CPUS),
}
"""The machine, without KVM, by what its clock goes by."""
# The second CPU is started by init: 6.1 waits for it while it boots with no timer running, and a
# clock that counts would not come to it for minutes.
COMMAND_LINE = "console=ttyS0 maxcpus=1 psi=1 panic=-1 rdinit=/init --"


LIMIT_S = 600.0
"""Seconds of the host after which a guest is ended."""
SILENT_S = 120.0
"""Seconds of the host in which a guest must have printed its first line."""


def command_line(case: Case) -> str:
    """What the kernel is given, with init's arguments at its end."""
    return " ".join([*case.boot, COMMAND_LINE, *case.arguments()])


def boot(
    kernel: Path, initrd: Path, case: Case, clock: str, console: Path, stop: threading.Event
) -> str:
    """Runs a guest to its end; what it printed, which stands in the file `console` as well.

    A guest that does not end by itself is ended after `LIMIT_S`, or by `stop`. Raises InputError if
    QEMU does not run.
    """
    console.unlink(missing_ok=True)
    balloon = Balloon(case.keep_mb) if case.keep_mb else None
    command = [
        "qemu-system-x86_64",
        *CLOCKS[clock],
        *("-kernel", str(kernel), "-initrd", str(initrd)),
        *("-append", command_line(case)),
        *("-serial", f"file:{console}"),
        *case.devices,
        *(balloon.words if balloon else ()),
    ]
    guest = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        pass_fds=balloon.passed if balloon else (),
    )
    try:
        if balloon:
            balloon.inflate()
        _wait(guest, console, balloon, stop)
    finally:
        if balloon:
            balloon.close()
        guest.kill()
        said = guest.communicate()[1].strip().splitlines()
    if balloon and console.exists():
        with console.open("a", encoding="utf-8") as log:
            log.write(balloon.told())
    if guest.returncode > 0:
        raise InputError(f"QEMU does not run: {said[-1] if said else 'it says nothing'}")
    return console.read_text(encoding="utf-8", errors="replace") if console.exists() else ""


def _wait(
    guest: subprocess.Popen[str], console: Path, balloon: Balloon | None, stop: threading.Event
) -> None:
    began = time.monotonic()
    while guest.poll() is None and not (balloon and balloon.over()) and not stop.is_set():
        passed = time.monotonic() - began
        silent = not console.exists() or not console.stat().st_size
        if passed > LIMIT_S or (silent and passed > SILENT_S):
            return
        time.sleep(0.2)
