"""The command line: what it prints, and how it answers a wrong call."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from oomlab import cli
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS

H1 = "h1-two-task-cycle"

RUN_KEYS = {
    "scenario",
    "remedy",
    "parameters",
    "seed",
    "verdict",
    "ended_at_s",
    "stall_s",
    "kills",
    "failed_allocations",
    "waiting",
    "events",
}
EXPLORE_KEYS = {
    "verdict",
    "blocked",
    "livelock",
    "starvation",
    "panic",
    "states",
    "transitions",
    "seconds",
    "counterexample",
    "replay",
}


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command prints; it must succeed and say nothing else."""
    assert cli.main(arguments) == 0
    out, err = capsys.readouterr()
    assert not err
    return out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line with which a wrong call is answered."""
    try:
        status = cli.main(arguments)
    except SystemExit as stopped:
        status = stopped.code if isinstance(stopped.code, int) else -1
    out, err = capsys.readouterr()
    assert status == 2
    assert not out
    assert err.endswith("\n")
    assert err.count("\n") == 1
    return err


def test_scenarios_and_remedies_are_listed_one_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "scenarios").splitlines()
    assert [line.split()[0] for line in lines] == list(SCENARIOS)
    lines = said(capsys, "remedies").splitlines()
    assert [line.split()[0] for line in lines] == list(REMEDIES)


def test_a_run_as_json_has_the_keys_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(
        said(capsys, "run", H1, "--remedy", "offload", "--set", "fault_tasks=1", "--json")
    )
    assert set(report) >= RUN_KEYS
    assert report["verdict"] == "recovered"
    assert report["kills"] == 1
    assert report["stall_s"] == pytest.approx(10, abs=0.01)
    assert report["parameters"]["fault_tasks"] == 1


def test_who_waits_is_part_of_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(said(capsys, "run", H1, "--json"))
    assert report["verdict"] == "deadlock"
    assert report["stall_s"] is None
    assert {"task", "for", "held_by", "since_s"} == set(report["waiting"][0])
    assert {(w["task"], w["for"], w["held_by"]) for w in report["waiting"]} == {
        ("fs_task", "balloon_lock", "balloon_worker"),
        ("balloon_worker", "fs_lock", "fs_task"),
    }


def test_a_run_as_text_tells_a_story_and_ends_with_the_verdict(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = said(capsys, "run", H1, "--remedy", "offload", "--set", "fault_tasks=1").splitlines()
    assert any("fault_task0 has hog killed" in line for line in lines)
    assert lines[-2].startswith("Verdict: recovered")
    assert lines[-1].startswith("Stall: 10 s. Kills: 1.")


def test_an_exploration_as_json_can_be_replayed(capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(said(capsys, "explore", H1, "--json"))
    assert set(report) >= EXPLORE_KEYS
    assert (report["verdict"], report["blocked"]) == ("lockup", True)
    assert {"task", "function", "op"} <= set(report["counterexample"][0])
    replayed = said(capsys, "replay", report["replay"])
    assert len(report["counterexample"]) == 14
    assert "Verdict: stuck" in replayed
    assert "from here on nobody gets out" in said(capsys, "explore", H1)


@pytest.mark.parametrize("rule", ["any", "idle"])
def test_both_timeout_rules_can_be_chosen(capsys: pytest.CaptureFixture[str], rule: str) -> None:
    report = json.loads(
        said(capsys, "explore", H1, "--remedy", "offload", "--timeouts", rule, "--json")
    )
    assert report["timeouts"] == rule
    assert (report["verdict"], report["blocked"], report["livelock"]) == ("lockup", False, True)


def test_a_budget_that_runs_out_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(
        said(capsys, "explore", H1, "--remedy", "allocate-outside", "--budget", "50", "--json")
    )
    assert report["verdict"] == "budget"
    assert "50" not in report["replay"]


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
    try:
        status = cli.main(["replay", "--", text])
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    assert status in (0, 2)


@given(st.text(max_size=30))
def test_no_setting_ends_in_a_traceback(text: str) -> None:
    try:
        status = cli.main(["run", H1, f"--set={text}"])
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    assert status in (0, 2)


PARAMETERS = [p.name for p in SCENARIOS[H1].parameters if p.name != "limit_s"]
WEIRD = ["1e308", "-1e308", "1e400", "inf", "nan", " 7 ", "7\n", "0x10", "1_0", "", "7" * 400]
VALUES = st.one_of(st.sampled_from(WEIRD), st.integers(-2, 9).map(str), st.floats().map(str))


@settings(max_examples=200, deadline=None)
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
        status = cli.main(arguments)
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


def test_the_same_seed_gives_the_same_bytes_in_any_process() -> None:
    command = [sys.executable, "-m", "oomlab.cli", "run", H1, "--json", "--remedy", "offload"]
    command += ["--set", "fault_tasks=2", "--set", "oom_return_us=900", "--seed", "7"]
    outputs = [
        subprocess.run(
            command, capture_output=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]
    other = subprocess.run([*command[:-1], "8"], capture_output=True, check=True).stdout
    assert other != outputs[0]


def test_a_reader_who_has_seen_enough_is_no_error() -> None:
    command = f"{sys.executable} -m oomlab.cli run {H1} --json | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{"
    assert not done.stderr
