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
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from oomlab.errors import InputError, find, shown
from oomlab.evidence.real_kernel.cases import CASES, Case
from tests.kernel.real.build import make_initrd
from tests.kernel.real.guest import CLOCKS, boot
from tests.kernel.real.results import Run, kept, path_of, store
from tests.kernel.real.tree import HOME, Kernel, find_kernels, get_kernel, make_tree, need_tools

KERNELS = ("7.3", "6.12", "6.1")
GUESTS = {"counted": "2", "host": "1"}
"""How many guests run at once by default. Those that count instructions do not see one another."""


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


def check(
    wanted: list[str], cases: list[Case], runs: int, clock: str = "counted", guests: int = 1
) -> list[str]:
    """Boots what is not kept yet, so many guests at once; what was broken, a line each."""
    need_tools()
    make_tree(say)
    kernels = find_kernels(wanted, say)
    images = {kernel: get_kernel(kernel, say) for kernel in kernels}
    ready = {(k, case.name): make_initrd(k, case, say) for k in kernels for case in cases}
    todo = [(k, case, n) for n in range(1, runs + 1) for case in cases for k in kernels]
    stop = threading.Event()

    def ask(number: int, kernel: Kernel, case: Case, n: int) -> str:
        if stop.is_set() or kept(kernel, case, clock, n):
            return ""
        began = time.monotonic()
        console = path_of(kernel, case, clock, n).with_suffix(".log")
        console.parent.mkdir(parents=True, exist_ok=True)
        text = boot(images[kernel], ready[kernel, case.name], case, clock, console, stop)
        if stop.is_set():
            return ""
        run = Run.read(text, kernel, case, clock, n)
        line = f"{kernel.release} {case.name} run {n}: {run.told()}"
        say(f"[{number}/{len(todo)}] {line} ({time.monotonic() - began:.0f} s)")
        if run.broken:
            return f"{line}; its console is {console}"
        run.keep()
        return ""

    with ThreadPoolExecutor(guests) as pool:
        begun = [pool.submit(ask, number, *each) for number, each in enumerate(todo, start=1)]
        try:
            return [line for each in begun if (line := each.result())]
        finally:  # also after Ctrl-C, or if QEMU does not run: no guest outlives this
            stop.set()


def _number(what: str, given: str) -> int:
    if given.isascii() and given.isdigit() and int(given):
        return int(given)
    raise InputError(f"{what} must be a whole number from 1 on, not {shown(given)}")


def main() -> int:
    """Command line: 0, or 1 if a guest was broken, or 2 after a wrong word."""
    parser = argparse.ArgumentParser(prog="make kernel-check", description=__doc__)
    parser.add_argument("--kernels", nargs="+", default=KERNELS, help="beginnings of versions")
    parser.add_argument("--cases", nargs="+", default=list(CASES), help="names")
    parser.add_argument("--runs", default="3", help="how often each")
    parser.add_argument("--clock", default="counted", help="counted or host (see guest.py)")
    parser.add_argument("--guests", default="", help="how many at once (2, by the host's clock 1)")
    parser.add_argument("--store", action="store_true", help="write the book's data")
    given = parser.parse_args()
    for ended in (signal.SIGTERM, signal.SIGHUP):  # as after Ctrl-C, the guest is ended first
        signal.signal(ended, signal.default_int_handler)
    try:
        runs = _number("RUNS", given.runs)
        find("clock", given.clock, CLOCKS)
        guests = _number("GUESTS", given.guests or GUESTS[given.clock])
        cases = [CASES.find(name) for name in given.cases]
        with alone():
            broken = check(list(given.kernels), cases, runs, given.clock, guests)
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
