"""`python -m tests.mutants`: every seeded fault, the file it is in, and what noticed it."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutants.fault import Fault
from tests.mutants.faults import FAULTS
from tests.mutants.seeding import UnnoticedError, notice

AT_A_TIME = 2


def line(fault: Fault) -> tuple[bool, str]:
    """Was the fault noticed, and a line about it."""
    with TemporaryDirectory() as folder:
        try:
            noticed_by = notice(fault, Path(folder))
        except UnnoticedError as error:
            return False, f"{fault.file:32} {fault.name}\n    NOT NOTICED: {error}"
    return True, f"{fault.file:32} {fault.name}\n    {noticed_by}"


def main() -> int:
    """Command line: returns 1 if a fault goes unnoticed."""
    unnoticed = 0
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for noticed, text in pool.map(line, FAULTS):
            unnoticed += not noticed
            print(text, flush=True)
    print(f"{len(FAULTS)} faults, {len(FAULTS) - unnoticed} noticed")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
