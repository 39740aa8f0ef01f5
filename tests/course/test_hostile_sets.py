"""Every set, handed in by somebody who breaks it in all ways at once: the rest is graded."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from oomlab.course.grading import fence
from oomlab.course.grading.apart import Bounds
from oomlab.course.grading.checks import Checks
from tests.course.assignments import NAMES, read, role, solve, source
from tests.course.graded import Graded, grade
from tools.releases import released

pytestmark = pytest.mark.notebook

BOUNDS = Bounds(seconds=6)
HOSTILE = {
    "raises": "{answer}\nraise RuntimeError('own')",
    "floods": "print('x' * 20_000_000)\n{answer}",
    "loops": "import time\nwhile True:\n    PASS",
    "deletes": (
        "import os, shutil\nfor name in os.listdir('.'):\n"
        "    shutil.rmtree(name, True) if os.path.isdir(name) else os.remove(name)\n"
        "shutil.rmtree('FOLDER', True)\n{answer}"
    ),
}
"""What stands in the first answers of a set, in this order; {answer} is right."""
AGAIN = "time.sleep(0.1)"
"""What is done in an endless loop, except in the first set, where nothing is: a loop that keeps a
core busy is ended like any other, and eleven of them would keep two cores from all other tests."""
NO_ANSWER = ("loops", "needs what loops", "deleted")
"""What leaves no answer behind. An error behind an answer takes nothing away."""


@dataclass(frozen=True)
class Tried:
    """What was done to the answer before each check, and what came of it all."""

    done_to: Mapping[str, str]
    graded: Graded


def worst(name: str, folder: Path) -> tuple[Any, dict[str, str]]:
    """A solved notebook with every kind of harm in it; what was done to the answer of a check."""
    notebook = solve(released(name), source(name), {"number": "number = 7"})
    kinds = iter(HOSTILE)
    done_to: dict[str, str] = {}
    doing, lost = "", None
    for cell in list(notebook.cells):
        told = role(cell)
        if cell.cell_type != "code" or not told or cell.id == "number":
            continue
        if told["solution"]:
            if lost and lost.search(cell.source):
                doing = "needs what loops"  # some solutions rest on an earlier answer
                continue
            doing = next(kinds, "copies" if "copies" not in done_to.values() else "")
            if doing in HOSTILE:
                if doing == "loops":
                    names = re.findall(
                        r"^(?:def |from \S+ import )?(\w+)(?: =|\(|$)", cell.source, re.MULTILINE
                    )
                    lost = re.compile(rf"\b({'|'.join(names)})\b")
                again = "pass" if name == NAMES[0] else AGAIN
                harm = HOSTILE[doing].replace("FOLDER", str(folder)).replace("PASS", again)
                cell.source = harm.replace("{answer}", cell.source)
            elif doing == "copies":
                twin = copy.deepcopy(cell)
                twin.id = "pasted"
                notebook.cells.insert(notebook.cells.index(cell), twin)
        elif told["grade"]:
            done_to[cell.id] = doing
            cell.metadata.nbgrader.update(points=100, locked=False)
            cell.source = "100"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    last = [cell for cell in code if role(cell).get("solution")][-1]
    checks = [cell for cell in code if role(cell).get("grade")]
    if doing != "copies":  # else the copy is the answer
        done_to[checks[-1].id] = "deleted"
    notebook.cells.remove(last)
    notebook.cells.remove(checks[0])
    notebook.metadata.kernelspec = {"name": "julia", "display_name": "Julia", "language": "julia"}
    return notebook, done_to


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tried]:
    """All sets, four at a time: most of it is waiting for a loop to be ended."""
    folder = tmp_path_factory.mktemp("course of somebody")
    (folder / "gradebook.db").write_text("points")

    def one(name: str) -> Tried:
        notebook, done_to = worst(name, folder)
        mine = Checks()
        try:
            return Tried(done_to, grade(name, notebook, mine, BOUNDS))
        finally:
            mine.close()

    with ThreadPoolExecutor(4) as pool:
        found = dict(zip(NAMES, pool.map(one, NAMES), strict=True))
    if fence.works():
        assert (folder / "gradebook.db").read_text() == "points"
    return found


@pytest.mark.parametrize("name", NAMES)
def test_what_harms_is_contained_named_and_the_rest_is_graded(
    tried: dict[str, Tried], name: str
) -> None:
    one = tried[name]
    full = {c.id: role(c)["points"] for c in read(source(name)).cells if role(c).get("grade")}
    for check, harm in one.done_to.items():
        lost = harm in NO_ANSWER
        assert one.graded.points[check] == (0 if lost else full[check]), (check, harm, one.graded)
    faults = " | ".join(one.graded.faults.values())
    assert "it did not end within 6 seconds" in faults
    assert "it ended in an error: RuntimeError: own" in faults
    assert len(one.graded.text) < 60_000
