"""`make kernel-check [KERNELS="6.1 7.3"] [CASES="control ..."] [RUNS=3]`: what real kernels do.

Each case is booted RUNS times on each kernel, unmodified ones of Debian under QEMU, first each case
once, then each again. A finished run is kept in `.build/kernel-check/runs`, and its console beside
it: after Ctrl-C the same call goes on. --store writes all that is kept into
`book/data/real-kernel.json`.
"""

from __future__ import annotations

import argparse
import fcntl
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from oomlab.errors import InputError, find, shown
from oomlab.evidence.real_kernel.cases import CASES, Case
from tests.kernel.real.build import make_initrd
from tests.kernel.real.guest import CLOCKS, boot
from tests.kernel.real.results import Run, kept, path_of, store
from tests.kernel.real.tree import HOME, find_kernels, get_kernel, make_tree, need_tools

KERNELS = ("7.3", "6.12", "6.1")


def say(text: str) -> None:
    """Progress, at once."""
    print(text, flush=True)


@contextmanager
def alone() -> Iterator[None]:
    """Raises InputError if another kernel-check of this folder is at work."""
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InputError(
                "kernel-check is at work in this folder already: wait for it"
            ) from None
        yield


def check(wanted: list[str], cases: list[Case], runs: int, clock: str = "counted") -> list[str]:
    """Boots what is not kept yet; what was broken, a line each."""
    need_tools()
    make_tree(say)
    kernels = find_kernels(wanted, say)
    ready = {kernel: (get_kernel(kernel, say), make_initrd(kernel, say)) for kernel in kernels}
    broken: list[str] = []
    todo = [(k, case, n) for n in range(1, runs + 1) for case in cases for k in kernels]
    for number, (kernel, case, n) in enumerate(todo, start=1):
        if not kept(kernel, case, clock, n):
            image, initrd = ready[kernel]
            began = time.monotonic()
            console = path_of(kernel, case, clock, n).with_suffix(".log")
            console.parent.mkdir(parents=True, exist_ok=True)
            run = Run.read(boot(image, initrd, case, clock, console), kernel, case, clock, n)
            took = time.monotonic() - began
            line = f"{kernel.release} {case.name} run {n}: {run.told()}"
            say(f"[{number}/{len(todo)}] {line} ({took:.0f} s)")
            if run.broken:
                broken.append(f"{line}; its console is {console}")
            else:
                run.keep()
    return broken


def main() -> int:
    """Command line: 0, or 1 if a guest was broken, or 2 after a wrong word."""
    parser = argparse.ArgumentParser(prog="make kernel-check", description=__doc__)
    parser.add_argument("--kernels", nargs="+", default=KERNELS, help="beginnings of versions")
    parser.add_argument("--cases", nargs="+", default=list(CASES), help="names")
    parser.add_argument("--runs", default="3", help="how often each")
    parser.add_argument("--clock", default="counted", help="counted or host (see guest.py)")
    parser.add_argument("--store", action="store_true", help="write the book's data")
    given = parser.parse_args()
    for ended in (signal.SIGTERM, signal.SIGHUP):  # as after Ctrl-C, the guest is ended first
        signal.signal(ended, signal.default_int_handler)
    try:
        if not (given.runs.isascii() and given.runs.isdigit() and int(given.runs)):
            raise InputError(f"RUNS must be a whole number from 1 on, not {shown(given.runs)}")
        find("clock", given.clock, CLOCKS)
        cases = [CASES.find(name) for name in given.cases]
        with alone():
            broken = check(list(given.kernels), cases, int(given.runs), given.clock)
            if given.store:
                say(f"Stored {store()} runs")
    except InputError as error:
        print(f"kernel-check: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("kernel-check: stopped; the same call goes on", file=sys.stderr)
        return 130
    for line in broken:
        print(f"kernel-check: {line}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
