"""Every seeded fault is noticed, and the unbroken model passes every expectation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import oomlab
from tests.mutants.expectations import EXPECTATIONS
from tests.mutants.faults import FAULTS, Fault

PACKAGE = Path(oomlab.__file__).parent
ROOT = Path(__file__).parents[2]


def broken_copy(fault: Fault, folder: Path) -> Path:
    """A copy of the package with the fault in it; `folder` then goes on the path."""
    copy = folder / "oomlab"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "widgets"))
    source = copy / fault.file
    text = source.read_text(encoding="utf-8")
    assert text.count(fault.before) == 1, f"{fault.file} no longer has the place to break"
    source.write_text(text.replace(fault.before, fault.after), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", EXPECTATIONS)
def test_the_unbroken_model_meets_every_expectation(name: str) -> None:
    EXPECTATIONS[name]()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_seeded_fault_is_noticed(fault: Fault, tmp_path: Path) -> None:
    first = broken_copy(fault, tmp_path)
    path = os.pathsep.join((str(first), str(ROOT)))
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutants.expectations", fault.noticed_by],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode != 0, f"nothing noticed that {fault.name}"
    # The expectation itself must fail, or the model find itself in breach of its own rules.
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(("AssertionError", "oomlab.errors.ModelError", "ValueError")), last


def test_every_expectation_notices_something() -> None:
    assert {fault.noticed_by for fault in FAULTS} == set(EXPECTATIONS)
