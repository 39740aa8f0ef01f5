"""The course in a temporary folder: releasing, solving, checking and grading an assignment."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import nbformat

from tools.paths import ROOT

ASSIGNMENTS = ROOT / "book" / "assignments"
NAMES = sorted(path.parent.name for path in ASSIGNMENTS.glob("source/*/*.ipynb"))
CELL_SECONDS = 60
JOB_SECONDS = 300
GRADING_SECONDS = 1200

_MARKERS = re.compile(r"### (BEGIN|END) (SOLUTION|HIDDEN TESTS)")


def source(name: str) -> Path:
    """The instructor version of an assignment."""
    return ASSIGNMENTS / "source" / name / f"{name}.ipynb"


def read(path: Path) -> Any:
    """A notebook."""
    return nbformat.read(path, as_version=4)


def written(notebook: Any) -> str:
    """The text of a notebook's file, as nbformat and JupyterLab write it."""
    return f"{nbformat.writes(notebook)}\n"


def role(cell: Any) -> Mapping[str, Any]:
    """What nbgrader knows about a cell; empty for a plain one."""
    found: Mapping[str, Any] = cell.metadata.get("nbgrader", {})
    return found


def variables() -> dict[str, str]:
    """For programs beside the tests: nbgrader calls others by name, kernels need oomlab."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    # jupyter_client warns of its own old folders unless told to use the new ones.
    return {
        **os.environ,
        "PATH": programs,
        "PYTHONPATH": str(ROOT),
        "JUPYTER_PLATFORM_DIRS": "1",
        "PYTHONWARNINGS": "default",
    }


def points_given(course: Path, name: str, students: Iterable[str]) -> dict[str, dict[str, float]]:
    """student -> grade_id -> points that the machine gave for the set `name`."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        return {
            student: {
                grade.name: grade.auto_score
                for grade in book.find_submission_notebook(name, name, student).grades
                if grade.cell.cell_type == "code"
            }
            for student in students
        }


def nbgrader(course: Path, *arguments: str, status: int = 0) -> str:
    """Runs nbgrader in the folder of a course: what it says. It must end with `status`."""
    # As with an installed oomlab: PYTHONPATH would come before a module that was handed in.
    environment = {name: text for name, text in variables().items() if name != "PYTHONPATH"}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(
        command,
        cwd=course,
        env=environment,
        capture_output=True,
        text=True,
        timeout=GRADING_SECONDS,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def new_course(folder: Path) -> Path:
    """A course as an instructor has it after a clone: settings and instructor versions."""
    folder.mkdir()
    shutil.copyfile(ASSIGNMENTS / "nbgrader_config.py", folder / "nbgrader_config.py")
    for name in NAMES:
        (folder / "source" / name).mkdir(parents=True)
        shutil.copyfile(source(name), folder / "source" / name / f"{name}.ipynb")
    return folder


def solve(release: Path, instructors: Path, changes: Mapping[str, str]) -> Any:
    """The release as a student hands it in, who writes what the instructor wrote.

    `changes` are other answers, by grade_id.
    """
    known = {role(cell)["grade_id"]: cell.source for cell in read(instructors).cells if role(cell)}
    notebook = read(release)
    for cell in notebook.cells:
        if role(cell).get("solution"):
            ident = role(cell)["grade_id"]
            lines = changes.get(ident, known[ident]).splitlines()
            cell.source = "\n".join(line for line in lines if not _MARKERS.match(line))
    return notebook


def nbval(notebook: Path) -> list[tuple[str, str]]:
    """What nbval says of each code cell, in order: ("passed" or "failed", the message)."""
    report = notebook.with_suffix(".xml")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += ["--nbval-lax", "--nbval-current-env"]
    command += ["--nbval-cell-timeout", str(CELL_SECONDS), f"--junitxml={report}", str(notebook)]
    done = subprocess.run(
        command,
        cwd=notebook.parent,
        env=variables(),
        capture_output=True,
        text=True,
        timeout=JOB_SECONDS,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    results = []
    for case in ElementTree.parse(report).iter("testcase"):
        fault = next((each for each in case if each.tag in ("failure", "error", "skipped")), None)
        results.append(("passed", "") if fault is None else ("failed", fault.text or ""))
    return results
