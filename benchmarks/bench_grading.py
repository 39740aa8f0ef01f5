"""How long grading takes: thirty submissions of one set, beside their bare execution.

    python -m benchmarks.bench_grading [SET] [SUBMISSIONS]

Processor time of one core, of all processes together, by `nbgrader autograde` (which runs each
notebook twice: the student's code apart, and the checks) and by nbconvert, which runs what was
handed in as it is and nothing else. All hand in the same solution under other numbers, as most of a
class do; what the explorer has found of a text once is not looked for again.

A student's code runs behind bubblewrap, where that works: the processor time of what that starts is
told to nobody, so all processes are watched in /proc (Linux).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from tests.course.assignments import nbgrader, new_course, solve, variables, written

WANTED_S = 60.0
WANTED_RATIO = 1.5
LOOK_S = 0.02
"""How often processes are looked at: what one does after the last look at it is lost."""


def processor_s(work: Callable[[], object]) -> float:
    """Seconds of processor time that all processes begun by `work` take, and theirs."""
    used: dict[tuple[int, str], int] = {}
    done = threading.Event()

    def watch() -> None:
        while not done.wait(LOOK_S):
            look(used)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        work()
    finally:
        done.set()
        thread.join()
    return sum(used.values()) / os.sysconf("SC_CLK_TCK")


def look(used: dict[tuple[int, str], int]) -> None:
    """Notes the ticks used by each process that comes from this one, by number and start."""
    found: dict[int, tuple[int, str, int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        found[int(path.parent.name)] = int(told[1]), told[19], int(told[11]) + int(told[12])
    known = {pid for pid, start in used if pid in found and found[pid][1] == start}
    ours, more = set[int](), {os.getpid(), *known}
    while more:
        ours |= more
        more = {pid for pid, (parent, *_) in found.items() if parent in ours} - ours
    for pid in ours & found.keys() - {os.getpid()}:
        used[pid, found[pid][1]] = found[pid][2]


def main() -> None:
    """Measure, and print."""
    name = sys.argv[1] if len(sys.argv) > 1 else "ps1-two-tasks"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 30
    with tempfile.TemporaryDirectory(prefix="grading-") as folder:
        course = new_course(Path(folder) / "course")
        nbgrader(course, "generate_assignment", name)
        release = course / "release" / name / f"{name}.ipynb"
        source = course / "source" / name / f"{name}.ipynb"
        handed_in = []
        for number in range(count):
            path = course / "submitted" / f"student{number}" / name / f"{name}.ipynb"
            path.parent.mkdir(parents=True)
            notebook = solve(release, source, {"number": f"number = {number}"})
            path.write_text(written(notebook), encoding="utf-8")
            handed_in.append(str(path))

        def bare() -> None:
            command = [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute"]
            out = ["--output-dir", str(Path(folder) / "bare")]
            for path in handed_in:
                subprocess.run(
                    [*command, *out, path], env=variables(), check=True, capture_output=True
                )

        alone = processor_s(bare)
        graded = processor_s(lambda: nbgrader(course, "autograde", name))
    print(f"{count} submissions of {name}, processor time of one core:")
    print(f"  bare execution with nbconvert  {alone:6.1f} s")
    print(f"  nbgrader autograde             {graded:6.1f} s  (wanted: {WANTED_S:.0f} s for 30)")
    print(f"  ratio                          {graded / alone:6.2f}    (wanted: {WANTED_RATIO})")


if __name__ == "__main__":
    main()
