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
from collections.abc import Iterator
from contextlib import contextmanager

from oomlab.errors import InputError, find, shown
from oomlab.evidence.real_kernel.cases import CASES
from oomlab.files import reason, shown_path
from tests.kernel.real.check import check
from tests.kernel.real.guest import CLOCKS
from tests.kernel.real.results import store
from tests.kernel.real.tree import GOES_ON, HOME, need_root

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
        except BlockingIOError:
            raise InputError(
                "kernel-check is at work in this folder already: wait for it"
            ) from None
        yield


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
        need_root()
        with alone():
            broken = check(list(given.kernels), cases, runs, given.clock, guests, say)
            if given.store:
                say(f"Stored {store()} runs")
    except InputError as error:
        print(f"kernel-check: {error}", file=sys.stderr)
        return 2
    except OSError as error:  # a full disk, most of all
        place = shown_path(error.filename or HOME)
        why = f"{place} cannot be used: {reason(error)}"
        print(f"kernel-check: {why}; {GOES_ON}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("kernel-check: stopped; the same call goes on", file=sys.stderr)
        return 130
    for line in broken:
        print(f"kernel-check: {line}", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
