"""The command line: what it prints, and how it answers a wrong call."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from itertools import chain
from pathlib import Path

import pytest

from oomlab import __version__
from oomlab.evidence.matrix import timed_cell
from oomlab.remedies import REMEDIES, find_remedy
from oomlab.scenarios import ASKED, GROUPS, REVIEW, SCENARIOS, STUDIES, find_scenario
from oomlab.scenarios.parameters import json_value
from tests.command.called import H1, refused, said

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
