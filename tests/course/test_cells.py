"""A notebook's cells without Jupyter: what a page shows of them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from oomlab.course.cells import MOST_PRINTED, Cells, shown_run
from tests.course.assignments import read
from tests.course.played import play_set
from tools import assignments, releases
from tools.paths import ROOT
from tools.set_pages import kind, stored_runs

NAMES = [one.name for one in assignments.sets()]


def test_cells_share_their_names_and_say_what_they_print() -> None:
    cells = Cells()
    assert cells.run("a = 2").parts == []
    run = cells.run("print('so many:')\na + 1")
    assert (run.printed, run.value, run.error) == ("so many:\n", 3, "")
    assert shown_run(run)["parts"] == [("text", "so many:\n"), ("text", "3\n")]
    assert shown_run(run, graded=True) == {"parts": run.parts, "error": "", "points": 3}


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("a = 1\nb = a / 0", "Line 2: b = a / 0\nZeroDivisionError: division by zero"),
        ("def f(:", "Line 1: def f(:\nSyntaxError: invalid syntax"),
        ("exit()", "Line 1: exit()\nSystemExit"),
        ("raise KeyboardInterrupt", "It was stopped."),
    ],
)
def test_an_error_names_the_line_of_the_cell(source: str, error: str) -> None:
    assert Cells().run(source).error.startswith(error)


def test_megabytes_of_output_are_cut() -> None:
    run = Cells().run("for i in range(100):\n    print('x' * 99_999)\n'y' * 10**6")
    told = shown_run(run)
    assert all(len(text) < MOST_PRINTED + 100 for _, text in told["parts"])
    assert run.printed.count("left out") == 1


def test_an_objection_brings_its_picture() -> None:
    name = "ps5-a-safe-listener"
    cells = {cell.id: cell.source for cell in read(releases.released(name)).cells}
    page = Cells()
    page.run(cells["setup"])
    hanging = "def callback(driver):\n    yield mutex_lock(driver.lock)\n    return 0"
    page.run(hanging, "callback-answer")
    run = page.run("marks = Marks(2, callback)\nmarks.add(2, check_listener(callback, 'own', 0))")
    assert [kind for kind, _ in run.parts] == ["text", "svg"]
    assert run.parts[1][1].startswith("<svg")
    json.dumps(shown_run(run))


# The other three take two seconds each, and show no more.
@pytest.mark.parametrize("name", [name for name in NAMES if name[:3] not in ("ps5", "ps6", "ps8")])
def test_what_a_page_prints_is_what_the_grader_prints(name: str) -> None:
    """A check has the same words in a page, for the instructor's answers, hidden tests apart."""
    solved = {cell.id: cell.source for cell in read(assignments.target(_set(name))).cells}
    graded, page = play_set(name), Cells()
    for cell in read(releases.released(name)).cells:
        if kind(cell) in ("text", "written", "code"):
            continue
        run = page.run(solved[cell.id] if kind(cell) == "answer" else cell.source, cell.id)
        assert run.error == "", (cell.id, run.error)
        if kind(cell) == "check" and "HIDDEN" not in solved[cell.id]:
            assert run.printed == graded.said[cell.id]
            assert run.value == graded.points[cell.id]


def _set(name: str) -> assignments.ProblemSet:
    return next(one for one in assignments.sets() if one.name == name)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_stores_what_its_locked_cells_show(name: str) -> None:
    notebook = json.loads(releases.released(name).read_text(encoding="utf-8"))
    stored = stored_runs(notebook)
    assert stored["introduction"]["parts"]
    kinds = [kind(cell) for cell in notebook["cells"]]
    assert kinds.count("check") >= 4 and kinds.count("written") >= 1
    assert "SOLUTION" not in json.dumps(notebook) and "HIDDEN" not in json.dumps(notebook)


def test_a_page_needs_no_numpy() -> None:
    """The in-page Python has none. The sets that count and explore most."""
    code = (
        "import sys\nsys.modules['numpy'] = sys.modules['matplotlib'] = None\n"
        "from tests.course.played import play_set\n"
        "for name in sys.argv[1:]:\n    print(play_set(name).total)"
    )
    names = [name for name in NAMES if name.startswith(("ps0", "ps6", "ps7"))]
    command = [sys.executable, "-c", code, *names]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(float(_set(name).by_machine)) for name in names]
