"""The command line: what it prints, and how it answers a wrong call."""

from __future__ import annotations

import io
import json
import math
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from oomlab import __version__
from oomlab.command import main
from oomlab.evidence.matrix import timed_cell
from oomlab.remedies import REMEDIES, find_remedy
from oomlab.scenarios import ASKED, GROUPS, REVIEW, SCENARIOS, STUDIES, find_scenario
from oomlab.scenarios.parameters import json_value

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
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert not err
    return out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line with which a wrong call is answered."""
    status = main(arguments)
    out, err = capsys.readouterr()
    assert status == 2
    assert not out
    assert err.endswith("\n")
    assert err.count("\n") == 1
    return err


def test_remedies_are_listed_one_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "remedies").splitlines()
    assert [line.split()[0] for line in lines] == list(REMEDIES)
    listed = json.loads(said(capsys, "remedies", "--json"))
    assert {one["name"]: one["summary"] for one in listed} == {
        name: one.summary for name, one in REMEDIES.items()
    }


def test_every_scenario_that_can_be_named_is_listed_in_its_group(
    capsys: pytest.CaptureFixture[str],
) -> None:
    groups = said(capsys, "scenarios").split("\n\n")
    found = [[line.split()[0] for line in group.splitlines()[1:]] for group in groups]
    assert found == [list(SCENARIOS), list(STUDIES), list(REVIEW), list(ASKED)]
    assert [group.partition(":")[0] for group in groups] == list(GROUPS)
    listed = json.loads(said(capsys, "scenarios", "--json"))
    assert [one["name"] for one in listed] == list(chain(*found))


def test_the_parameters_of_a_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "parameters", H1)
    listed = json.loads(said(capsys, "parameters", H1, "--json"))["parameters"]
    known = SCENARIOS[H1].parameters
    assert [one["name"] for one in listed] == [parameter.name for parameter in known]
    explored = SCENARIOS[H1].settle({}, "explorer")
    for parameter, data in zip(known, listed, strict=True):
        assert f"\n{parameter.name}={parameter.default}" in text
        assert f"\n    {parameter.meaning}\n    valid: {parameter.valid()}\n" in text
        assert (data["default"], data["meaning"]) == (
            json_value(parameter.default),
            parameter.meaning,
        )
        assert data["default_of_explore"] == json_value(explored[parameter.name])
        assert data["minimum"] <= data["default"] <= (data["maximum"] or math.inf)
    assert "hz=250\n" in text
    assert next(one for one in listed if one["name"] == "hz")["only"] == [100, 250, 1000]
    small = next(iter(SCENARIOS[H1].small_scope.items()))
    assert f"; explore: {small[1]}\n" in text.partition(f"\n{small[0]}=")[2]


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


@pytest.mark.parametrize("how", [["-V"], ["--version"]])
def test_the_version(capsys: pytest.CaptureFixture[str], how: list[str]) -> None:
    assert said(capsys, *how) == f"oomlab {__version__}\n"


def test_a_run_as_json_has_the_keys_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(
        said(capsys, "run", H1, "--remedy", "offload", "--set", "fault_tasks=1", "--json")
    )
    assert set(report) >= RUN_KEYS
    assert report["verdict"] == "recovered"
    assert report["kills"] == 1
    assert report["stall_s"] == pytest.approx(10.27, abs=0.01)
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
    assert lines[-1].startswith("Stall: 10.27 s. Kills: 1.")


@pytest.mark.parametrize(
    ("scenario", "remedy", "values", "stall"),
    [
        (H1, "offload", {"fault_tasks": 1}, 10.27),
        # Merely slow: the callback brings its pages back after 8 s, and nobody is in its way.
        ("h5-host-never-answers", "mainline", {"host_answers": 1, "host_us": 8_000_000}, 8.0),
        (H1, "mainline", {}, None),
    ],
)
def test_a_run_and_the_matrix_mean_the_same_by_stall(
    scenario: str,
    remedy: str,
    values: dict[str, float],
    stall: float | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = [f"{name}={value}" for name, value in values.items()]
    asked = ("run", scenario, "--remedy", remedy, *(f"--set={word}" for word in words))
    found = json.loads(said(capsys, *asked, "--json"))["stall_s"]
    assert found == (stall if stall is None else pytest.approx(stall, abs=0.01))
    assert found == timed_cell(find_scenario(scenario), find_remedy(remedy), values).stall_s
    told = "not over when the run ended" if stall is None else f"{found:.4g} s"
    assert f"Stall: {told}. Kills: " in said(capsys, *asked)


def test_an_exploration_as_json_can_be_replayed(capsys: pytest.CaptureFixture[str]) -> None:
    report = json.loads(said(capsys, "explore", H1, "--json"))
    assert set(report) >= EXPLORE_KEYS
    assert (report["verdict"], report["blocked"]) == ("lockup", True)
    assert {"task", "function", "op"} <= set(report["counterexample"][0])
    replayed = said(capsys, "replay", report["replay"])
    assert len(report["counterexample"]) == 14
    assert "Verdict: stuck" in replayed
    assert "from here on nobody gets out" in said(capsys, "explore", H1)


def test_each_step_says_what_it_changed_and_each_task_where_it_stands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = json.loads(said(capsys, "explore", H1, "--json"))
    changes = [step["changes"] for step in report["counterexample"]]
    assert {"balloon_lock": ["", "balloon_worker"]} in changes
    assert {"oom_lock": ["", "fs_task"]} in changes
    chain = report["call_chains"]["fs_task"]
    assert chain[0] == "filesystem_task" and chain[-1] == "leak_balloon"
    again = json.loads(said(capsys, "replay", report["replay"], "--json"))
    assert again["steps"] == report["counterexample"]
    assert again["call_chains"] == report["call_chains"]
    assert again["verdict"] == "stuck"
    for told in (said(capsys, "explore", H1), said(capsys, "replay", report["replay"])):
        assert "\n        balloon_lock free -> balloon_worker\n" in told
        assert "oom_notify_list rwsem free -> read by fs_task\n" in told
        assert "\nCall chains at the end:\n" in told
        assert f"\n  fs_task: {' > '.join(chain)}\n" in told


def test_a_task_that_has_finished_is_named_at_the_end_as_well(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = f"{H1}/mainline//fs_task:14,host:3,fs_task:12"
    report = json.loads(said(capsys, "replay", line, "--json"))
    assert {*report["call_chains"]} == {"oom_reaper", "fs_task", "balloon_worker", "host", "hog"}
    assert report["call_chains"]["fs_task"] == []
    assert report["call_chains"]["balloon_worker"][0] == "update_balloon_size_func"
    told = said(capsys, "replay", line)
    assert "\n  fs_task: has finished\n" in told
    # A step has ops folded into it that leave no choice: what they change is told with it.
    folded = {"balloon_lock": ["fs_task", ""], "freed, on the stack of fs_task": [0, 1]}
    assert folded in [step["changes"] for step in report["steps"]]


def test_explore_decides_from_fewer_states(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    whole = json.loads(said(capsys, "explore", H1, "--json"))
    few = json.loads(said(capsys, "explore", H1, "--ample", "--json"))
    assert few["states"] < whole["states"] / 3
    for word in ("verdict", "blocked", "livelock", "starvation", "panic"):
        assert few[word] == whole[word]
    assert few["replay"] in said(capsys, "explore", H1, "--ample")
    assert said(capsys, "replay", few["replay"])
    page = tmp_path / "page.html"
    assert "--ample" in refused(capsys, "explore", H1, "--ample", "--html", str(page))
    assert not page.exists()


def test_a_page_of_an_exploration_stands_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "page.html"
    told = said(capsys, "explore", H1, "--html", str(file))
    page = file.read_text(encoding="utf-8")
    assert str(file) in told
    assert 'class="oom-machine' in page and "balloon_lock" in page
    assert "default-src 'none'" in page
    for word in ("src=", "href=", "http:", "https:", "@import"):
        assert word not in page, word
    assert page.count("url(") == page.count("url(#")
    assert "Call chains at the end:" in page
    assert str(file) in refused(capsys, "explore", H1, "--html", str(file))
    said(capsys, "explore", H1, "--html", str(file), "--force", "--json")
    assert "--html" in refused(capsys, "explore", H1, "--force")
    said(capsys, "explore", H1, "--remedy", "nowait-fill", "--budget", "9", "--html", f"{file}2")
    assert 'class="oom-machine' not in Path(f"{file}2").read_text(encoding="utf-8")


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


def test_the_same_seed_gives_the_same_bytes_in_any_process() -> None:
    command = [sys.executable, "-m", "oomlab", "run", H1, "--json", "--remedy", "offload"]
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
