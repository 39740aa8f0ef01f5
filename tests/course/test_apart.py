"""A student's code in its own process: what comes back, and what cannot."""

from __future__ import annotations

import sys

import pytest

from oomlab.course.grading import apart, fence
from oomlab.course.grading.apart import Bounds, RunFailed, run_apart
from oomlab.course.grading.checker import MOST_KEPT, kept

pytestmark = pytest.mark.notebook

SOON = Bounds(seconds=5)


def test_a_cell_that_breaks_the_run_takes_no_other_answer_away() -> None:
    cells = ["a = b = ...", "a = 1", None, "b = 2\nimport os\nos._exit(0)", None, "a = 3", None]
    run = run_apart(cells, ["a", "b"], SOON)
    assert run.done
    assert run.values == {2: {"a": 1}, 4: {"a": 1}, 6: {"a": 3}}
    assert run.faults == {3: "it ended the process that it ran in"}


def test_a_cell_may_ask_for_the_answers_before_it_is_run() -> None:
    run = run_apart(["a = b = ...", "a = 1", "a = a + 1", None], ["a", "b"], SOON, asks=[2])
    assert run.values == {2: {"a": 1}, 3: {"a": 2}}


def test_a_notebook_that_breaks_every_run_comes_to_an_end() -> None:
    run = run_apart(["import os\nos._exit(0)"] * 5, [], SOON)
    assert not run.done
    assert len(run.faults) == apart.MOST_BROKEN


def test_what_a_student_writes_into_the_report_is_only_a_value() -> None:
    forged = b'{"cell": 99}\n' + b'{"cell": 1, "values": {"a": "exit()", "b": "1"}}\n[[\n'
    code = (
        "import os\nfor n in range(3, 64):\n    try:\n"
        f"        os.write(n, {forged!r})\n    except OSError:\n        continue"
    )
    run = run_apart(["a = 7", code, None], ["a"], SOON)
    assert run.values == {2: {"a": 7}}
    assert run.faults == {1: "it wrote into the report of its run"}


def test_nothing_of_the_instructors_reaches_the_students_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "of the instructor")
    code = "import os\na = sorted(os.environ)\nb = os.listdir('.') + [os.environ['HOME']]"
    run = run_apart([code, None], ["a", "b"], SOON)
    variables, files = run.values[1]["a"], run.values[1]["b"]
    assert isinstance(variables, list) and "SECRET_TOKEN" not in variables
    assert isinstance(files, list) and "answers-" in files[-1]


def test_without_a_fence_nothing_is_run_where_one_is_required(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fence, "works", lambda: False)
    with pytest.raises(fence.NoFence, match="bubblewrap is required here"):
        run_apart(["a = 1", None], ["a"], Bounds(must_be_fenced=True))


def test_a_process_that_does_not_start_is_no_reason_for_zero_points(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fence.works()  # asked once, with a Python that does start
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(RunFailed, match="could not be started"):
        run_apart(["a = 1", None], ["a"], SOON)


def test_a_check_asks_the_model_once_what_all_students_are_asked() -> None:
    asked = []

    def ask(scenario: object, remedy: str = "mainline", **more: object) -> int:
        asked.append(scenario)
        return len(asked)

    answer = kept(ask)
    assert [answer("h1", "offload"), answer("h1"), answer("h1", "offload")] == [1, 2, 1]
    assert [answer("h1", given={"a": 1}), answer("h1", given={"a": 2})] == [3, 4]
    assert answer(ask) != answer(ask)  # a machine of a student's, whatever it is called
    for number in range(MOST_KEPT):
        answer(f"h{number}", "mainline")
    assert answer("h1", "offload") == len(asked)
