"""Asking SPIN: make a verifier for each question about a policy, and run it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from tests.promela.table import Row

SOURCE = Path(__file__).with_name("oom.pml")

SAFETY = ("-DSAFETY",)
CYCLES = ("-DNP",)

QUESTIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "STUCK": (SAFETY, (), "invalid end state"),
    "TRAPPED": (SAFETY, ("-E",), "assertion violated"),
    "KEPT": (SAFETY, ("-E",), "assertion violated"),
    "FREE": (CYCLES, ("-l",), "non-progress cycle"),
    "KIND": (SAFETY, (), "invalid end state"),
    "STARVED": ((*CYCLES, "-DNFAIR=3"), ("-l", "-f"), "non-progress cycle"),
}
"""For each: how the verifier is compiled, how it is run, and what it may find.

-E ignores invalid end states, -l looks for cycles without progress, -f only for (weakly) fair ones,
for which more than six processes need NFAIR=3.
"""

DEPTH = 100_000
LONGEST_S = 300


def missing() -> str:
    """Why SPIN cannot be asked on this machine; "" if it can."""
    absent = [name for name in ("spin", "cc") if shutil.which(name) is None]
    return f"not installed: {', '.join(absent)} (Debian: apt-get install spin gcc)" * bool(absent)


def found(question: str, defines: tuple[str, ...], folder: Path) -> bool:
    """Does the verifier find what the question is after? False is a proof: every state was seen.

    Raises AssertionError if it finds something else, or does not finish.
    """
    compiled, options, what = QUESTIONS[question]
    # For most policies compiling takes longer than running.
    optimise = "-O1" if {"WITH_HOG=1", "OFFLOAD=1"} <= set(defines) else "-O0"
    here = folder / question
    here.mkdir()
    shutil.copy(SOURCE, here)
    _run(here, "spin", "-a", f"-DASK={question}", *(f"-D{d}" for d in defines), SOURCE.name)
    # Tasks stop when all is over ("provided"), which partial order reduction does not understand.
    _run(here, "cc", optimise, "-w", "-DNOREDUCE", *compiled, "-o", "pan", "pan.c")
    said = _run(here, "./pan", f"-m{DEPTH}", *options)
    errors = re.search(r"errors: (\d+)", said)
    assert errors, said
    if errors[1] == "0":
        assert "Search not completed" not in said and "too small" not in said, said
        return False
    assert re.search(rf"^pan:1: {what}", said, re.MULTILINE), said
    return True


def verdict(row: Row, folder: Path) -> set[str]:
    """What SPIN proves of the row's policy, in the way that the row names.

    Raises AssertionError if the proof fails.
    """

    def finds(question: str) -> bool:
        return found(question, row.defines, folder)

    if row.proof == "kind scheduler":
        assert not finds("KIND"), "a kind scheduler may get stuck"
        assert not finds("FREE"), "a kind scheduler may go round for ever"
        return {"starvation"} if finds("STARVED") else set()
    words = {"standstill"} if finds("STUCK") else set()
    if row.proof == "standstill":
        assert not finds("STARVED"), "there may be a livelock as well"
        return words
    assert finds("TRAPPED"), "the trap cannot be entered"
    assert not finds("KEPT"), "there is a way out of the trap"
    return words | {"livelock"}


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=LONGEST_S, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout
