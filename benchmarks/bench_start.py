"""How long a whole command takes, from the shell's call to its end: mostly imports.

    python -m benchmarks.bench_start [CHECKOUT]

With the folder of another checkout its commands are timed as well, turn by turn, and the ratio is
printed.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks import measuring

CALLS = (
    ["--help"],
    ["explore", "h1-two-task-cycle"],
    ["explore", "h1-two-task-cycle", "--remedy", "offload"],
    ["run", "h1-two-task-cycle"],
    ["gfp", "GFP_KERNEL"],
)

REPEATS = 7

_CALL = """\
import sys
sys.path.insert(0, sys.argv.pop(1))
from oomlab.command import console
sys.exit(console())
"""


def spent(root: Path, arguments: list[str], environment: dict[str, str]) -> float:
    """Seconds of processor time that one call took, the interpreter's start among them."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", _CALL, str(root), *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=root,
        env=environment,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the table."""
    others = [Path(argument).resolve() for argument in sys.argv[1:]]
    print("Start of a command: processor time of the whole process, least of several calls, ms\n")
    head = f"{'oomlab ...':45} {'least':>6} {'median':>6}"
    print(head + (f" {'there':>6} {'ratio':>5}" if others else ""))
    with measuring.kept_bytecode() as environment:
        for arguments in CALLS:
            here: list[float] = []
            there: list[float] = []
            for _ in range(REPEATS):  # the first compiles what is new
                here.append(spent(measuring.ROOT, arguments, environment))
                there += [spent(other, arguments, environment) for other in others]
            least, median = min(here) * 1e3, statistics.median(here) * 1e3
            line = f"{' '.join(arguments):45} {least:6.0f} {median:6.0f}"
            if there:
                line += f" {min(there) * 1e3:6.0f} {min(there) / min(here):5.1f}"
            print(line)


if __name__ == "__main__":
    main()
