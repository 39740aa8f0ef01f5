"""How much of the points an answer that is not all right is worth, and what is said."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from oomlab import draw_wait_for, run
from oomlab.course import Answer, Marks, check_first, check_lockup, check_stop, check_wait_for
from oomlab.course.grading.values import assignments, read_value
from oomlab.errors import InputError

STUCK = "balloon_worker:4,fs_task:10"
FS_WAITS = ("fs_task", "balloon_lock", "balloon_worker")
WORKER_WAITS = ("balloon_worker", "fs_lock", "fs_task")


@pytest.mark.parametrize(
    ("answer", "share"),
    [
        (check_lockup(STUCK), 1),
        (check_lockup("balloon_worker:4,fs_task:9"), 0.5),
        (check_lockup(f"{STUCK},fs_task"), 0.5),
        (check_lockup("fs_task:9"), 0),
        (check_lockup("fs_task:14,host:3,fs_task:12,balloon_worker:6,host:3,balloon_worker:4"), 0),
        (check_lockup(...), 0),
        (check_wait_for([FS_WAITS, WORKER_WAITS], STUCK), 1),
        (check_wait_for([FS_WAITS], STUCK), 0.5),
        (check_wait_for([FS_WAITS, WORKER_WAITS, FS_WAITS[::-1]], STUCK), 0.5),
        (check_wait_for([FS_WAITS, FS_WAITS[::-1], WORKER_WAITS[::-1]], STUCK), 0),
        (check_wait_for([FS_WAITS], "fs_task"), 0),
        (check_stop((5, "fs_task", "fs_lock"), STUCK, remedy="allocate-outside"), 1),
        (check_stop((5, "fs_task", "oom_lock"), STUCK, remedy="allocate-outside"), 0.75),
        (check_stop((5, "host", "fs_lock"), STUCK, remedy="allocate-outside"), 0.5),
        (check_stop((4, "fs_task", "fs_lock"), STUCK, remedy="allocate-outside"), 0),
    ],
)
def test_what_is_half_right_is_worth_a_part(answer: Answer, share: float) -> None:
    assert answer.share == share


def test_who_makes_the_first_step() -> None:
    assert check_first("fs_task:2,host", "fs_task").ok
    said = "balloon_worker makes the first step; let it be fs_task."
    assert check_first(STUCK, "fs_task").sentence == said
    assert check_first("host", "host").sentence == "nobody makes the first step; let it be host."
    assert "is not a step" in check_first("fs task", "fs_task").sentence


def test_points_are_added_up_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    marks = Marks(4, "an answer", ...)
    half = Answer(False, "half of it.", ("and a line",), part=0.5)
    marks.add(2, half)
    marks.add(1, Answer(True, "well begun."), half)
    assert marks.total() == 1.5
    assert capsys.readouterr().out.splitlines() == [
        "[1 of 2] Not yet: half of it.",
        "  and a line",
        "[0.5 of 1] Not yet: half of it.",
        "  and a line",
        "1.5 of 3 points; 1 more are decided when it is marked",
    ]


def test_what_has_no_answer_yet_is_told_so() -> None:
    with pytest.raises(InputError, match="there is no answer yet; write it in the cell above"):
        Marks(1, ...)
    for answer in (check_lockup(...), check_wait_for(..., STUCK), check_stop(..., STUCK)):
        assert answer.sentence.startswith("there is no answer yet")


@pytest.mark.parametrize("value", [None, True, 1, -2.5, "a\n", [("a", 1)], {"a": {1}}, b"x", ()])
def test_plain_values_survive_being_written_down(value: object) -> None:
    assert read_value(repr(value), 100) == value


@pytest.mark.parametrize(
    "text",
    [
        "1e999",
        "nan",
        "object()",
        "[" * 40 + "]" * 40,
        "-" * 90 + "x",
        "9" * 101,
        "",
        3,
        "__import__('os')",
        "{[]}",
        "1 if 1 else 2",
        "f'{1}'",
        "\0",
    ],
)
def test_what_is_no_plain_value_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="not a plain value"):
        read_value(text, 100)


def test_a_cell_counts_as_plain_only_if_it_does_nothing_else() -> None:
    assert assignments("# why\na = b = [1]\nc = 'x'") == {"a": [1], "b": [1], "c": "x"}
    for source in ("a = f()", "a.b = 1", "a[0] = 1", "a = 1\nprint(a)", "%time", "a: int = 1"):
        assert assignments(source) is None


@pytest.mark.parametrize("kernel", ["ipykernel", "pyodide_kernel", ""])
def test_a_notebook_shows_what_an_objection_is_about(
    monkeypatch: pytest.MonkeyPatch, kernel: str
) -> None:
    shown: list[str] = []
    for name in ("ipykernel", "pyodide_kernel"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    display = SimpleNamespace(display=shown.append, SVG=str)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    if kernel:
        monkeypatch.setitem(sys.modules, kernel, sys)
    picture = draw_wait_for(run("h1-two-task-cycle"), 0)
    Marks(1, "given").add(1, Answer(False, "it can lock up.", picture=picture))
    assert shown == ([picture.svg] if kernel else [])
