"""How fast logs are read, beside what a shell's tools need: python -m benchmarks.bench_logs [MB].

Two made-up logs: a syslog of a machine that runs out of memory now and then, and one of nothing
but OOM reports. Measured are the time of oomlab and of `grep -c`, and the memory at its most.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from oomlab.logs.reader import Reader

SAMPLES = Path(__file__).parents[1] / "tests" / "logs" / "samples"
WORDS = (
    "Started session of user",
    "link is up at full duplex",
    "accepted a key from",
    "device attached, block size",
    "state of the bridge: forwarding",
    "finished the task, memory in use",
    "checking locks and clocks of",
)


def ordinary(number: int) -> str:
    """A line of a program that has nothing to do with memory."""
    word = WORDS[number * 7 % len(WORDS)]
    program = ("systemd[1]", "kernel", "sshd[812]", "cron[77]")[number % 4]
    return (
        f"Sep {number // 86400 % 28 + 1:2} {number // 3600 % 24:02}:{number // 60 % 60:02}:"
        f"{number % 60:02} machine {program}: {word} {number} {number * 31 % 997}\n"
    )


def report() -> str:
    """An OOM report with a table of 200 processes."""
    text = (SAMPLES / "5.15-memcg-group.log").read_text(encoding="utf-8")
    row = "[ 9000.100018][T30001] [  30002]     0 30002     6000     5000   100000"
    rows = [f"{row}        0             0 child{number}\n" for number in range(200)]
    head, mark, tail = text.partition("[ 9000.100020]")
    return head + "".join(rows) + mark + tail


def write(path: Path, size: int, *, dense: bool) -> None:
    """A log of `size` bytes."""
    oom, number = report(), 0
    with open(path, "w", encoding="utf-8") as file:
        while file.tell() < size:
            if not dense:
                file.write("".join(ordinary(number + step) for step in range(100_000)))
                number += 100_000
            file.write(oom)


def timed(what: Callable[[], object]) -> float:
    """Seconds of processor time that a call takes."""
    began = time.process_time() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    what()
    return time.process_time() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - began


def read(path: Path) -> int:
    """How many records there are."""
    with open(path, "rb") as file:
        return sum(1 for _ in Reader(file).incidents())


def main(size_mb: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        for dense, name in ((False, "now and then an OOM"), (True, "nothing but OOM reports")):
            path = Path(folder, "log")
            write(path, size_mb * 1_000_000, dense=dense)
            real = path.stat().st_size / 1e6
            ours = timed(lambda path=path: read(path))  # type: ignore[misc]
            grep = timed(
                lambda path=path: subprocess.run(  # type: ignore[misc]
                    ["grep", "-c", "invoked oom-killer", str(path)],
                    stdout=subprocess.DEVNULL,
                    check=False,
                )
            )
            most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
            print(
                f"{name}: {real:.0f} MB, {real / ours:.0f} MB/s ({ours / max(grep, 0.001):.0f} "
                f"times grep -c), {most} MB resident at most"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
