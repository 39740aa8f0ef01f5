"""The workflows call targets that exist, actions by their commit, and tell of a failure once."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.paths import ROOT

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = {path.name: path for path in sorted(FOLDER.glob("*.yml"))}
PINNED = re.compile(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


def workflow(name: str) -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load(WORKFLOWS[name].read_text(encoding="utf-8"))
    return loaded


def commands(name: str) -> list[str]:
    """All that a workflow runs, with what its matrix puts in."""
    found = []
    for job in workflow(name)["jobs"].values():
        rows = job.get("strategy", {}).get("matrix", {}).get("include", [])
        for step in job["steps"]:
            run = step.get("run", "")
            found += [row["run"] for row in rows] if "matrix.run" in run else [run]
    return list(filter(None, found))


def test_these_are_the_workflows() -> None:
    assert set(WORKFLOWS) == {"book.yml", "release.yml", "weekly.yml"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_what_is_run_is_a_target_of_the_makefile(name: str) -> None:
    for command in commands(name):
        if command.startswith(("sh tools/", "gh ")):
            continue
        words = re.sub(r'TARGETS="([^"]*)"', r"\1", command).split()
        words = [word for word in words if "=" not in word]
        assert words[0] == "make" and set(words[1:]) <= TARGETS, command


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actions_are_pinned_by_their_commit_and_say_which_version_that_is(name: str) -> None:
    text = WORKFLOWS[name].read_text(encoding="utf-8")
    uses = [line.strip(" -") for line in text.splitlines() if "uses:" in line]
    assert uses and [line for line in uses if not PINNED.match(line)] == []


def test_one_action_has_one_version() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS.values())
    versions = set(re.findall(r"uses: ([\w/-]+)@(\w+) # (\S+)", text))
    assert len({name for name, _, _ in versions}) == len(versions)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_job_may_read_and_says_what_more_it_may_and_how_long(name: str) -> None:
    told = workflow(name)
    assert told["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] <= 120 for job in told["jobs"].values())


def test_nothing_is_published_without_the_tests_and_the_check() -> None:
    book = workflow("book.yml")["jobs"]
    assert book["publish"]["needs"] == ["test", "installed"]
    steps = [step.get("run") or step["uses"] for step in book["publish"]["steps"]]
    (deploy,) = (n for n, step in enumerate(steps) if step.startswith("actions/deploy-pages"))
    assert steps.index("make site-check") < deploy


def test_a_pull_request_publishes_nothing_and_leaves_the_site() -> None:
    book = workflow("book.yml")["jobs"]
    assert "github.event_name != 'pull_request'" in book["publish"]["if"]
    (left,) = (s for s in book["test"]["steps"] if "upload-artifact" in s.get("uses", ""))
    assert left["with"]["path"] == "_build/html" and "if" not in left


def test_the_address_of_the_repository_is_named_in_the_settings_only() -> None:
    url = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["repository"]["url"]
    owner_and_name = url.removeprefix("https://github.com/")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True
    ).stdout.split("\0")
    files = [ROOT / name for name in filter(None, listed)] or [
        *ROOT.glob("*.*"),
        *ROOT.glob("book/**/*.md"),
    ]
    naming = {
        path.relative_to(ROOT).as_posix()
        for path in files
        if path.is_file() and owner_and_name.encode() in path.read_bytes()
    }
    assert naming == {"_config.yml"}


FAKE_GH = """#!/bin/sh
echo "$@" >> "$CALLS"
[ "$2" = list ] && printf '%s' "$OPEN"
exit 0
"""


@pytest.mark.parametrize(
    ("already_open", "call"), [("", "issue create --title"), ("17", "issue comment 17 --body")]
)
def test_failures_are_told_in_one_issue(tmp_path: Path, already_open: str, call: str) -> None:
    (tmp_path / "gh").write_text(FAKE_GH)
    (tmp_path / "gh").chmod(0o755)
    calls = tmp_path / "calls"
    run = "https://example.org/run/1"
    path = f"{tmp_path}:{os.environ['PATH']}"
    given = {"PATH": path, "CALLS": str(calls), "OPEN": already_open, "RUN": run}
    subprocess.run(["sh", ROOT / "tools" / "tell_failure.sh"], env=given, check=True)
    _, told = calls.read_text().splitlines()
    assert told.startswith(call) and run in told
