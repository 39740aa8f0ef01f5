"""Break a copy of the package, and see what its expectation says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import oomlab
from tests.mutants.fault import Fault

PACKAGE = Path(oomlab.__file__).parent
ROOT = Path(__file__).parents[2]

ENDINGS = ("AssertionError", "oomlab.errors.ModelError", "ValueError")
"""How a fault may show: the expectation itself fails, or the model finds that it breaks its own
rules. Any other error is one of ours, in the fault or in the expectation."""

LONGEST_S = 120


class UnnoticedError(Exception):
    """A fault that its expectation does not notice, or a place to break that is not there."""


def broken_copy(fault: Fault, folder: Path) -> None:
    """A copy of the package with the fault in it, in `folder`, which then goes on the path.

    Raises UnnoticedError if the place to break does not stand exactly once in the source.
    """
    copy = folder / "oomlab"
    # With what Python has compiled, which is most of the work; but for the module with the fault.
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("widgets"))
    source = copy / fault.file
    for compiled in source.parent.glob(f"__pycache__/{source.stem}.*"):
        compiled.unlink()
    text = source.read_text(encoding="utf-8")
    if text.count(fault.before) != 1:
        raise UnnoticedError(f"{fault.file} no longer has the place to break: {fault.name}")
    source.write_text(text.replace(fault.before, fault.after), encoding="utf-8")


def notice(fault: Fault, folder: Path) -> str:
    """What noticed the fault: the expectation, and the error with which it ended.

    Raises UnnoticedError if nothing did.
    """
    broken_copy(fault, folder)
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutants.expectations", fault.noticed_by],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT)))},
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    if done.returncode == 0:
        raise UnnoticedError(f"nothing noticed that {fault.name}")
    last = done.stderr.strip().splitlines()[-1]
    if not last.startswith(ENDINGS):
        raise UnnoticedError(f"{fault.noticed_by} failed for another reason: {last}")
    return f"{fault.noticed_by} ({last.split(':')[0].rsplit('.')[-1]})"
