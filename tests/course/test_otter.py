"""What is made for otter-grader, without otter-grader: its form, and that no point is lost.

`make otter` has otter-grader itself run it.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from oomlab.course.cells import Cells
from oomlab.course.for_otter import PartialPoints, as_test
from tests.course.assignments import read
from tests.course.otter import partly_wrong
from tests.course.played import play_set
from tools import assignments, otter
from tools.paths import ROOT
from tools.releases import released

SETS = {one.name: one for one in assignments.sets()}
BEGIN, END = "# BEGIN ", "# END "


def _config(cell: Any) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load(cell.source)
    return told


def _tests(name: str) -> list[Any]:
    """The test cases of a set, with `config` and `question`."""
    found, question = [], ""
    for cell in otter.notebook(SETS[name]).cells:
        if cell.cell_type == "raw" and cell.source.startswith("# BEGIN QUESTION"):
            question = _config(cell)["name"]
        if cell.source.startswith('""" # BEGIN TEST CONFIG'):
            config = yaml.safe_load(cell.source.split('"""')[1])
            found.append(SimpleNamespace(source=cell.source, question=question, **config))
    return found


@pytest.mark.parametrize("name", SETS)
def test_blocks_stand_in_each_other_and_all_points_are_there(name: str) -> None:
    points = {each.question: 0 for each in _tests(name)}
    for each in _tests(name):
        points[each.question] += each.points
    open_blocks: list[str] = []
    for cell in otter.notebook(SETS[name]).cells:
        if cell.cell_type != "raw":
            continue
        first = cell.source.splitlines()[0]
        if first.startswith(BEGIN):
            open_blocks.append(first.removeprefix(BEGIN))
            told = _config(cell)
            if told and told.get("manual"):
                points[told["name"]] = told["points"]
        elif first.startswith(END):
            assert open_blocks.pop() == first.removeprefix(END)
    assert open_blocks == []
    assert points == {cell.name: cell.points for cell in SETS[name].cells if cell.points}


@pytest.mark.parametrize("name", SETS)
def test_students_get_what_they_get_under_nbgrader(name: str) -> None:
    made = otter.notebook(SETS[name]).cells
    outside = {cell.id: _for_students(cell) for cell in made}
    for cell in SETS[name].cells:
        if cell.kind in ("check", "written"):
            continue
        given_out = next(c for c in read(released(name)).cells if c.id == cell.name)
        assert outside[cell.name] == given_out.source


def _for_students(cell: Any) -> str:
    """What `otter assign` leaves of a cell: all but what stands between its marks."""
    source = str(cell.source)
    before, mark, rest = source.partition("# BEGIN SOLUTION NO PROMPT\n")
    return before + rest.partition("# END SOLUTION\n")[2] if mark else source


def test_what_is_kept_back_is_in_hidden_tests_only() -> None:
    seen = [each for each in _tests("ps1-two-tasks") if not each.hidden]
    kept = [each for each in _tests("ps1-two-tasks") if each.hidden]
    assert {each.question for each in kept} == {"memory-test", "stop-test", "held-test"}
    assert not any("check_held" in each.source for each in seen)
    assert all("HIDDEN" not in each.source for each in [*seen, *kept])


@pytest.mark.parametrize("name", ["ps1-two-tasks", "ps2-reading-masks", "ps3-the-slow-path"])
@pytest.mark.parametrize("how", ["solved", "partly wrong"])
def test_points_are_those_of_the_check(name: str, how: str) -> None:
    answers = partly_wrong(name) if how == "partly wrong" else {}
    due = play_set(name, answers)
    given = _given(name, answers)
    assert given == pytest.approx(due.points)
    assert (sum(given.values()) == SETS[name].by_machine) is (how == "solved")


def _given(name: str, answers: Mapping[str, str]) -> dict[str, float]:
    """Points by check, as otter-grader counts: all tests behind the whole notebook."""
    cells = Cells()
    results: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in otter.notebook(SETS[name]).cells:
            if cell.cell_type == "code" and "TEST CONFIG" not in cell.source:
                text = "number = 0" if cell.id == "number" else answers.get(cell.id, cell.source)
                cells.evaluate(text, f"<{cell.id}>")
        for each in _tests(name):
            one = results.setdefault(each.question, SimpleNamespace(test_case_results=[]))
            one.test_case_results.append(_tried(each, cells.names))
    given: dict[str, float] = {}
    shares = PartialPoints("", {}, {})
    shares.after_grading(
        SimpleNamespace(
            test_files=list(results), get_result=results.__getitem__, update_score=given.__setitem__
        )
    )
    return given


def _tried(test: Any, notebook: Mapping[str, Any]) -> Any:
    names: dict[str, Any] = {}
    exec(test.source, names)
    (function,) = (each for each in names.values() if callable(each))
    wanted = function.__code__.co_varnames[: function.__code__.co_argcount]
    message = ""
    try:
        function(*(notebook[name] for name in wanted))
    except AssertionError as fault:
        message = f"Test case failed\nAssertionError: {fault}"
    case = SimpleNamespace(points=test.points)
    return SimpleNamespace(passed=not message, message=message, test_case=case)


def test_a_check_of_the_form_fails_if_it_has_something_to_say() -> None:
    with as_test(0):
        print("0 of 0 points; 2 more are decided when it is marked")
    with pytest.raises(AssertionError, match="must be a list"), as_test(0):
        print("answers must be a list.\n0 of 0 points")


def test_what_an_answer_quotes_gives_no_points() -> None:
    said = "AssertionError: [0 of 3] Not yet: '\n3 of 3 points' is no step.\n0 of 3 points"
    case = SimpleNamespace(points=3)
    result = SimpleNamespace(passed=False, message=said, test_case=case)
    given: dict[str, float] = {}
    PartialPoints("", {}, {}).after_grading(
        SimpleNamespace(
            test_files=["q"],
            get_result=lambda name: SimpleNamespace(test_case_results=[result]),
            update_score=given.__setitem__,
        )
    )
    assert given == {"q": 0}


def test_the_page_for_teachers_names_the_version_that_is_tried() -> None:
    pins = (ROOT / "requirements-otter.txt").read_text(encoding="utf-8")
    version = re.search(r"^otter-grader==(\S+)", pins, re.MULTILINE)
    page = (ROOT / "book" / "teaching.md").read_text(encoding="utf-8")
    assert version and set(re.findall(r"otter-grader[= ]+(\d[\d.]*\d)", page)) == {version[1]}


def test_an_unknown_set_is_named_with_the_valid_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        otter.chosen(["ps99"])
    assert capsys.readouterr().err.startswith("unknown set 'ps99'; valid: ps0-the-tool, ps1-")
