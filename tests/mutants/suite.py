"""Which tests look at a room, and what they say of a mutant.

Of the tools that are kept up, none does this here. mutmut 3 puts a generator of its own, with
`args` and `kwargs` in it, under every routine: the engine tells by a routine's place and variables
where it stands, so that the suite is red before anything is broken. cosmic-ray leaves out no
statement, and a `yield` that is missing is the fault of a model that matters most; it also edits
the tree in place. So the faults come from `generate.py`, in a copy, and the real suite judges them.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

from tests.mutants.generate import Mutant, mutants

ROOT = Path(__file__).parents[2]
LEFT_OUT = ("_build", ".*", "__pycache__", "*.ipynb", "node_modules", "*.egg-info")

NEIGHBOURS: dict[str, tuple[str, ...]] = {
    "engine": ("engine", "scenarios"),
    "gfp": ("gfp", "model"),
    "kernel": ("model", "listeners", "remedies", "scenarios"),
    "listeners": ("listeners", "model", "remedies", "scenarios"),
    "remedies": ("remedies", "model", "scenarios"),
    "scenarios": ("scenarios", "remedies"),
    "analysis": ("analysis", "figures", "evidence", "second_opinions"),
    "evidence": ("evidence",),
    "dmesg": ("dmesg",),
    "export": ("export",),
    "figures": ("figures", "widgets"),
    "views": ("widgets",),
    "widgets": ("widgets",),
    "course": ("course",),
    "command": ("command",),
}
"""Folder of oomlab -> folders of tests, its own first, then those beside it."""

MEMORY = 3 << 30
"""Bytes after which a run that grows without end is stopped (our choice)."""


def sources(room: Path) -> dict[str, str]:
    """The sources of a folder, or of one file, by their names below the root."""
    files = [room] if room.is_file() else sorted(room.rglob("*.py"))
    return {f.relative_to(ROOT).as_posix(): f.read_text(encoding="utf-8") for f in files}


def of_room(room: Path) -> list[Mutant]:
    """All mutants of a folder or file."""
    return [m for file, source in sources(room).items() for m in mutants(file, source)]


def judges_of(file: str, *, quick: bool = False) -> list[str]:
    """The test files that look at a source, those first that are most likely to notice a fault:
    of the folder that mirrors its own, and that name the module. `quick` leaves out the scenarios'
    tests, which take longer than all others, where they are not the room's own."""
    room, *inner = Path(file).parts[1:]
    folders = NEIGHBOURS.get(room, ())
    if quick:
        folders = tuple(f for f in folders if f != "scenarios" or f == folders[0])
    module = re.compile(rf"\b{re.escape(Path(file).stem)}\b")
    mirror = Path("tests", folders[0], *inner[:-1]) if folders else Path("tests")

    def rank(number: int, test: Path) -> tuple[bool, bool, int, Path]:
        names = bool(module.search(test.read_text(encoding="utf-8")))
        return number > 0, not (test.is_relative_to(ROOT / mirror) and names), not names, test

    found = [
        rank(number, test)
        for number, folder in enumerate(folders)
        for test in (ROOT / "tests" / folder).rglob("test_*.py")
    ]
    return [test.relative_to(ROOT).as_posix() for *_, test in sorted(found)]


class Copy:
    """A copy of the tree, in which one source at a time is broken."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "tree"
        shutil.copytree(ROOT, self.root, ignore=shutil.ignore_patterns(*LEFT_OUT))

    def judge(self, mutant: Mutant, tests: list[str], longest_s: float) -> str:
        """What notices a mutant: a test, or "time" or "memory"; "" if nothing does."""
        path = self.root / mutant.file
        whole = path.read_text(encoding="utf-8")
        path.write_text(mutant.of(whole), encoding="utf-8")
        try:
            return self.red(tests, longest_s)
        finally:
            path.write_text(whole, encoding="utf-8")

    def red(self, tests: list[str], longest_s: float) -> str:
        """The first red test of the tree as it is, "time", or "" if all are green."""
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-pno:cacheprovider"]
        try:
            done = subprocess.run(
                [*command, "--tb=no", "--hypothesis-seed=0", *tests],
                cwd=self.root,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
                capture_output=True,
                text=True,
                timeout=longest_s,
                check=False,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
            )
        except subprocess.TimeoutExpired:
            return "time"
        if done.returncode == 0:
            return ""
        said = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
        return said[1] if said else f"pytest ends with {done.returncode}"
