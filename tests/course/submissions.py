"""What made-up students hand in, and the points that each of them should get."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat.v4 import new_code_cell, new_markdown_cell

from oomlab.course.grading import fence
from tests.course.assignments import role, solve, written

MACHINE_MARKED: Mapping[str, float] = {
    "warm-up-test": 1,
    "lockup-test": 3,
    "one-switch-test": 3,
    "edges-test": 2,
    "memory-test": 1,
    "stop-test": 2,
    "held-test": 1,
}
NOTHING: Mapping[str, float] = dict.fromkeys(MACHINE_MARKED, 0)
CELL_SECONDS = 5
"""The limit for a cell here: others take milliseconds, also on a busy machine."""

Change = Callable[[Any, Path], None]
"""What a student does to the solved notebook; the path is that of the course."""


@dataclass(frozen=True)
class Submission:
    """`answers` other than the instructor's, by grade_id; a `change` of the whole notebook; files
    handed in beside it; the points that differ from all."""

    answers: Mapping[str, str] = field(default_factory=dict)
    change: Change | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    points: Mapping[str, float] = field(default_factory=dict)

    def expected(self) -> dict[str, float]:
        """grade_id -> points."""
        return {**MACHINE_MARKED, **self.points}

    def hand_in(self, folder: Path, release: Path, source: Path) -> None:
        """Write what is handed in into `folder`."""
        folder.mkdir(parents=True)
        notebook = solve(release, source, self.answers)
        if self.change:
            self.change(notebook, release.parents[2])
        (folder / release.name).write_text(written(notebook), encoding="utf-8")
        for name, text in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")


def cell(notebook: Any, name: str) -> Any:
    """The cell with this grade_id."""
    return next(each for each in notebook.cells if role(each).get("grade_id") == name)


def unanswer(notebook: Any, course: Path) -> None:
    """Every answer that the machine marks is wiped out."""
    for each in notebook.cells:
        if role(each).get("solution") and each.cell_type == "code":
            each.source = "# YOUR CODE HERE"


def attack(code: str) -> Submission:
    """Wrong answers everywhere, and code that would have the checks say otherwise."""

    def change(notebook: Any, course: Path) -> None:
        unanswer(notebook, course)
        cell(notebook, "lockup-answer").source = code.replace("COURSE", str(course))
        cell(notebook, "stop-answer").source = "stop_now = (1, 'host', 'fs_lock')"

    return Submission(change=change, points=NOTHING)


def _without(*names: str) -> Change:
    def change(notebook: Any, course: Path) -> None:
        notebook.cells = [c for c in notebook.cells if role(c).get("grade_id") not in names]

    return change


def _copied(name: str, source: str | None = None, at_end: bool = False) -> Change:
    def change(notebook: Any, course: Path) -> None:
        place = notebook.cells.index(cell(notebook, name))
        twin = copy.deepcopy(notebook.cells[place])
        twin.id = "pasted"  # what editors do; the metadata of nbgrader they keep
        twin.source = twin.source if source is None else source
        notebook.cells.insert(len(notebook.cells) if at_end else place + 1, twin)

    return change


def _edited(notebook: Any, course: Path) -> None:
    unanswer(notebook, course)
    for each in notebook.cells:
        if role(each).get("grade"):
            each.metadata.nbgrader.update(points=100, locked=False, schema_version=1)
        if role(each).get("grade") and each.cell_type == "code":
            each.source = "100"


def _stripped(notebook: Any, course: Path) -> None:
    for each in notebook.cells:
        each.metadata.pop("nbgrader", None)


def _renamed(notebook: Any, course: Path) -> None:
    for number, each in enumerate(notebook.cells):
        each.id = f"another-editor-{number}"
    notebook.metadata.kernelspec = {"name": "julia", "display_name": "Julia", "language": "julia"}


def _own_cells(notebook: Any, course: Path) -> None:
    code = "%%time\nworker, filesystem = 'balloon_worker', 'fs_task'"
    helper = new_code_cell(code)
    notebook.cells.insert(2, helper)
    cell(notebook, "lockup-answer").source = "schedule = f'{filesystem}:10,{worker}:4'"


def _hostile_text(notebook: Any, course: Path) -> None:
    script = "<script>alert('own')</script> <img src=x onerror=alert('own')>\n\n[a](javascript:own)"
    text = f"{script} ![gone](attachment:gone.png)"
    notebook.cells.insert(0, new_markdown_cell(text))
    cell(notebook, "argument-answer").source = f"`a < b`\n\n{script}\n\n### BEGIN HIDDEN TESTS"
    cell(notebook, "memory-answer").source = (
        "from IPython.display import HTML, display\n"
        "display(HTML('<script>own</script>'))\n"
        "memory_helps = '<script>own</script>'"
    )


MODULE = "import sys, types\nmodule = sys.modules['oomlab.course']\n"
PRETEND = (
    "from oomlab.course.answer import Answer\n"
    "Answer.share = property(lambda self: 1.0)\n"
    "for name in [n for n in vars(module) if n.startswith('check_')]:\n"
    "    setattr(module, name, lambda *a, **k: Answer(True, 'trust me'))\n"
    "    globals()[name] = getattr(module, name)\n"
)
FAKE = (
    "class Answer:\n    ok, share, sentence = True, 1.0, ''\n    __init__ = lambda *a, **k: None\n"
)

MARKS = "class Marks:\n    __init__ = add = lambda *a, **k: None\n    total = lambda self: 1\n"

STUDENTS: Mapping[str, Submission] = {
    "solved": Submission(),
    "Ada Lovelace": Submission(),
    "has-a-number": Submission({"number": "number = 7"}),
    "untouched": Submission(change=unanswer, points=NOTHING),
    # Half right: exact points.
    "one-step-short": Submission(
        {
            "warm-up-answer": 'stop = (14, "balloon_worker", "fs_lock")',
            "lockup-answer": 'schedule = "fs_task:9,balloon_worker:4"',
            "memory-answer": "memory_helps = True",
            "edges-answer": 'edges = [("fs_task", "balloon_lock", "balloon_worker")]',
        },
        points={"warm-up-test": 0.75, "lockup-test": 1.5, "memory-test": 0, "edges-test": 1},
    ),
    "one-of-two": Submission(
        {
            "one-switch-answer": 'fs_task_first = "fs_task:9,balloon_worker:4,fs_task"',
            "stop-answer": 'stop_now = (10, "host", "fs_lock")',
            "held-answer": 'worker_holds = ["fs_lock"]',
        },
        points={"one-switch-test": 1, "stop-test": 1, "held-test": 0},
    ),
    "answer-above-an-error": Submission(
        {"lockup-answer": 'schedule = "fs_task:10,balloon_worker:4"\nraise NotImplementedError'}
    ),
    "own-cells": Submission(change=_own_cells),
    # Monkeypatches.
    "patches-the-package": attack(MODULE + PRETEND),
    "patches-the-modules": attack(
        MODULE + "for name in [n for n in sys.modules if n.startswith('oomlab')]:\n"
        "    fake = types.ModuleType(name)\n"
        "    fake.__getattr__ = lambda name: lambda *a, **k: Answer()\n"
        "    sys.modules[name] = fake\n" + FAKE
    ),
    "patches-builtins": attack(
        "import builtins, subprocess, ast, json\n" + FAKE + MARKS + "old = builtins.__import__\n"
        "builtins.isinstance = builtins.all = lambda *a: True\n"
        "builtins.__import__ = lambda name, *a: old(name, *a)\n"
        "subprocess.Popen = subprocess.run = lambda *a, **k: Answer()\n"
        "ast.literal_eval = json.loads = lambda *a: True"
    ),
    "patches-the-shell": attack(
        "shell = get_ipython()\n"
        "shell.events.register('post_run_cell', lambda *a: print(3))\n"
        "shell.input_transformers_post.append(lambda lines: ['3'])\n"
        "shell.run_cell = lambda *a, **k: 3"
    ),
    "writes-the-report": attack(
        "import os, json\n"
        "for number in range(3, 64):\n"
        "    try:\n"
        '        os.write(number, b\'{"done": true, "cell": 0, "points": 13}\\n[[[[\\n\')\n'
        "    except OSError:\n"
        "        continue"
    ),
    "hands-in-modules": Submission(
        change=unanswer,
        files={
            "oomlab/__init__.py": "",
            "oomlab/course/__init__.py": f"{FAKE}{MARKS}def __getattr__(name):\n    return Answer",
        },
        points=NOTHING,
    ),
    "strange-values": Submission(
        {
            "warm-up-answer": "class Text(str):\n    __repr__ = lambda s: 'exit()'\nstop = Text()",
            "lockup-answer": "schedule = 'fs_task:1,' * 10**6",
            "one-switch-answer": "worker_first = 1e999\nfs_task_first = object()",
            "edges-answer": "edges = []\nedges.append(edges)",
            "memory-answer": "memory_helps = 0",
            "stop-answer": "stop_now = [[[[[[[[[[[[[[[[[[[[[[[[[10]]]]]]]]]]]]]]]]]]]]]]]]]",
            "held-answer": "worker_holds = ()",
        },
        points={**NOTHING, "held-test": 1},
    ),
    # Cells that do not end as they should.
    "loops-after-the-answer": Submission(
        {
            "lockup-answer": 'schedule = "fs_task:10,balloon_worker:4"\n'
            "import time\nwhile True:\n    time.sleep(1)"
        },
        points={"lockup-test": 0},
    ),
    "ends-the-process": Submission(
        {"edges-answer": "import os\nedges = []\nos._exit(0)"}, points={"edges-test": 0}
    ),
    "raises": Submission(
        {"edges-answer": "edges = [('fs_task', undefined)]"}, points={"edges-test": 0}
    ),
    "prints-megabytes": Submission(
        {"lockup-answer": "schedule = 'fs_task:10,balloon_worker:4'\nprint('x' * 30_000_000)"}
    ),
    "takes-all-memory": Submission(
        {"lockup-answer": "schedule = 'fs_task:10,balloon_worker:4'\nheap = bytearray(1 << 40)"}
    ),
    # Notebooks out of shape.
    "deleted-check": Submission(
        {"lockup-answer": 'schedule = "fs_task"'},
        change=_without("lockup-test", "one-switch-answer", "one-switch-test", "setup"),
        points={"lockup-test": 0, "one-switch-test": 0},
    ),
    "deletes-a-check": Submission(change=_without("edges-test")),
    "copied-answer": Submission(change=_copied("lockup-answer")),
    "copied-form": Submission(change=_copied("lockup-answer", "# YOUR CODE HERE", at_end=True)),
    "copied-check": Submission(change=_copied("lockup-test")),
    "edited-checks": Submission(change=_edited, points=NOTHING),
    "lost-metadata": Submission(change=_stripped),
    "another-editor": Submission(change=_renamed),
    "hostile-text": Submission(change=_hostile_text, points={"memory-test": 0}),
    "deletes-files": attack(
        "import os, shutil\n"
        "for name in os.listdir('.'):\n"
        "    os.remove(name) if os.path.isfile(name) else shutil.rmtree(name)\n"
        "os.rmdir(os.environ['HOME'])"
    ),
}

FENCED: Mapping[str, Submission] = {
    "knows-the-course": attack(
        "import os, shutil\n"
        "schedule = f\"{os.path.exists('COURSE')} {sorted(os.listdir('/'))}\"\n"
        "shutil.rmtree('COURSE', ignore_errors=True)"
    ),
}
"""Only to be graded where bubblewrap works: without it, this one deletes the course."""

DAMAGED = "damaged"
"""Hands in a file that is no notebook."""


def students() -> dict[str, Submission]:
    """Who hands in what on this machine."""
    return {**STUDENTS, **(FENCED if fence.works() else {})}
