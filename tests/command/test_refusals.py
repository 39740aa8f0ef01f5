"""What the command says to a wrong call: one line that names what is valid."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from oomlab.command import main
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS
from tests.command.called import H1, refused


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["run", "h1-two-taks-cycle"], H1),
        (["explore", "h2"], "h2-three-task-poll"),
        (["parameters", "five-listener"], "five-listeners"),
        (["replay", "H6-NAP/mainline//x"], "h6-nap-under-lock"),
        (["run", H1, "--remedy", "offlaod"], "offload"),
        (["run", H1, "--remedy", "mainline+trylok"], "trylock"),
        (["run", H1, "--set", "fault_task=1"], "fault_tasks"),
        (["sweep", "five"], "five-seconds"),
        (["sweep", "nowait-prize"], "nowait-price"),
        (["scenario"], "scenarios"),
        (["exlpore", H1], "explore"),
        (["run", "h5"], "h5-host-never-answers or h5-gpu-never-idles or h5-rcu-previous-round"),
    ],
)
def test_a_name_that_is_almost_right_is_answered_with_the_right_one(
    capsys: pytest.CaptureFixture[str], arguments: list[str], meant: str
) -> None:
    assert refused(capsys, *arguments).endswith(f"; did you mean {meant}?\n")


def test_a_name_that_is_like_no_other_is_not_guessed(capsys: pytest.CaptureFixture[str]) -> None:
    assert "did you mean" not in refused(capsys, "run", "qqq")
    assert "did you mean" not in refused(capsys, "run", "")


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["run", "h9"], list(SCENARIOS)),
        (["explore", "h9"], list(SCENARIOS)),
        (["run", H1, "--remedy", "prayer"], list(REMEDIES)),
        (["run", H1, "--set", "colour=3"], ["fault_tasks", "hz"]),
        (["run", H1, "--set", "fault_tasks=-1"], ["from 0 to 32"]),
        (["run", H1, "--set", "fault_tasks=many"], ["from 0 to 32"]),
        (["run", H1, "--set", "fault_tasks=1.5"], ["whole number"]),
        (["run", H1, "--set", "timeout_s=-5"], ["from 0"]),
        (["run", H1, "--set", "timeout_s=nan"], ["a number"]),
        (["run", H1, "--set", "hz=60"], ["100, 250, 1000"]),
        (["run", H1, "--set", "fault_tasks"], ["name=value"]),
        (["run", H1, "--seed", "dice"], ["whole number"]),
        (["explore", H1, "--timeouts", "never"], ["any, idle"]),
        (["explore", H1, "--budget", "0"], ["from 1 up"]),
        (["explore", H1, "--budget", "lots"], ["whole number"]),
        (["replay", "nonsense"], ["SCENARIO/REMEDY"]),
        (["replay", f"{H1}/mainline//nobody:3"], ["fs_task", "balloon_worker"]),
        (["replay", f"{H1}/mainline//fs_task:x"], ["task:times"]),
        (["replay", f"{H1}/mainline//fs_task,balloon_worker,host"], ["step 3", "host"]),
        (["dance"], ["run", "explore"]),
        ([], ["COMMAND"]),
    ],
)
def test_a_wrong_call_is_answered_in_one_line_that_names_what_is_valid(
    capsys: pytest.CaptureFixture[str], arguments: list[str], names: list[str]
) -> None:
    line = refused(capsys, *arguments)
    for name in names:
        assert name in line


@example("h1-two-task-cycle/mainline//fs_task@9")
@example("h1-two-task-cycle/mainline/hz=100/fs_task:999999")
@given(st.text(alphabet="h1-two-task-cycle/mainline,:@=0123456789 fs_é\n", max_size=60))
def test_no_replay_string_ends_in_a_traceback(text: str) -> None:
    assert main(["replay", "--", text]) in (0, 2)


@given(st.text(max_size=30))
def test_no_setting_ends_in_a_traceback(text: str) -> None:
    assert main(["run", H1, f"--set={text}"]) in (0, 2)


PARAMETERS = [p.name for p in SCENARIOS[H1].parameters if p.name != "limit_s"]
WEIRD = ["1e308", "-1e308", "1e400", "inf", "nan", " 7 ", "7\n", "0x10", "1_0", "", "7" * 400]
VALUES = st.one_of(st.sampled_from(WEIRD), st.integers(-2, 9).map(str), st.floats().map(str))


@settings(max_examples=200)
@given(
    st.sampled_from(["run", "explore"]),
    st.sampled_from(list(REMEDIES)),
    st.lists(st.tuples(st.sampled_from(PARAMETERS), VALUES), max_size=3),
)
def test_no_value_of_a_parameter_ends_in_a_traceback(
    command: str, remedy: str, given_values: list[tuple[str, str]]
) -> None:
    arguments = [command, H1, f"--remedy={remedy}", "--json"]
    arguments += [f"--set={name}={value}" for name, value in given_values]
    arguments += ["--set=limit_s=0.5"] if command == "run" else ["--budget=300"]
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = main(arguments)
    if status == 0:
        assert json.loads(out.getvalue())["scenario"] == H1
        assert not err.getvalue()
    else:
        assert status == 2
        assert err.getvalue().count("\n") == 1
        assert not out.getvalue()


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "h9\nh10"],
        ["run", H1, "--set", "hz=7\n"],
        ["run", H1, "--set", "a\nb"],
        ["run", H1, "--speed\nfast"],
        ["replay", "a/b\n/c"],
        ["da\nnce"],
    ],
)
def test_an_answer_is_one_line_even_if_the_call_was_not(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    refused(capsys, *arguments)
