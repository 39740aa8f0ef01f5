"""`make new`: what is begun works at once, is known with the lines that are said, and is tidy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from oomlab.errors import InputError
from tools.new import KINDS, LONGEST, MARK, begin, lines_to_add, main
from tools.paths import ROOT

NAME = "my-case"
LONG = "a" * LONGEST

REGISTRY_TESTS = ("test_imports.py", "test_names.py", "test_registry.py")
OF_THESE = "my_case or names or registry"

USE = f"""
import oomlab
from oomlab import views
from oomlab.analysis.outcome import pages_returned
from oomlab.engine.model import Layout
from oomlab.evidence.matrix import timed_cell
from oomlab.kernel.machine import Machine
from oomlab.kernel.zone import Zone, watermarks_for
from oomlab.listeners.my_case import MyCase
from oomlab.scenarios.cast import add_page_faulting_task

scenario = oomlab.find_scenario({NAME!r})
for one in scenario.expected:
    ask = oomlab.run if one.engine == "clock" else oomlab.explore
    found = ask(scenario, one.about, one.settings).verdict
    assert getattr(found, "word", found) == one.verdict, (one, found)
assert oomlab.run("h1-two-task-cycle", {NAME!r}).remedy == {NAME!r}
name = "oomlab.views.my_case:my_case"
assert name in views.known()
shown = views.call(name, {{"scenario": {NAME!r}, "remedy": {NAME!r}}})
assert shown["picture"].startswith("<div class=")

marks = watermarks_for(1024)
layout = Layout()
machine = Machine.boot(layout, Zone.declare(layout, marks.min, 0, marks))
MyCase.register(machine, 256)
add_page_faulting_task(machine, "eater", "touches memory", 64, 1)
trace = oomlab.run_model(machine.model())
assert (trace.verdict, pages_returned(trace)) == ("completed", 256), trace.verdict
"""


def with_all_kinds(root: Path, name: str) -> list[Path]:
    """A copy of the package in which one of each kind was begun and made known."""
    leave = shutil.ignore_patterns("__pycache__", "results")
    shutil.copytree(ROOT / "oomlab", root / "oomlab", ignore=leave)
    for file in ("_toc.yml", "_config.yml"):
        shutil.copy(ROOT / file, root)
    (root / "book").mkdir()
    begun = []
    for kind in KINDS:
        begun.append(begin(kind, name, root))
        for line in lines_to_add(kind, name):
            add(root / line.file, line.before, line.text)
    return begun


def add(path: Path, before: str, text: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    places = [number for number, line in enumerate(lines) if line.startswith(before)]
    assert places, f"{path.name} has no line {before!r} any more; mend KINDS in tools/new.py"
    lines.insert(places[0], text)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_what_is_begun_works_at_once(tmp_path: Path) -> None:
    with_all_kinds(tmp_path, NAME)
    (tmp_path / "tests").mkdir()
    for test in REGISTRY_TESTS:
        shutil.copy(ROOT / "tests" / test, tmp_path / "tests")
    setting = {**os.environ, "PYTHONPATH": str(tmp_path)}
    used = subprocess.run(
        [sys.executable, "-c", USE], cwd=tmp_path, env=setting, capture_output=True, text=True
    )
    assert used.returncode == 0, used.stderr
    tested = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
            "-k",
            OF_THESE,
            "tests",
        ],
        cwd=tmp_path,
        env=setting,
        capture_output=True,
        text=True,
    )
    assert tested.returncode == 0, tested.stdout
    toc = yaml.safe_load((tmp_path / "_toc.yml").read_text(encoding="utf-8"))
    pages = [chapter["file"] for part in toc["parts"] for chapter in part["chapters"]]
    assert f"book/{NAME}" in pages
    config = yaml.safe_load((tmp_path / "_config.yml").read_text(encoding="utf-8"))
    assert config["sphinx"]["config"]["html_context"]["story"][f"book/{NAME}"] == MARK


def test_what_is_begun_is_tidy_and_says_what_is_missing(tmp_path: Path) -> None:
    for name in (NAME, LONG):
        for kind in KINDS.values():
            (tmp_path / kind.folder).mkdir(parents=True, exist_ok=True)
        begun = [begin(kind, name, tmp_path) for kind in KINDS]
        assert all(MARK in path.read_text(encoding="utf-8") for path in begun)
        python = [str(path) for path in begun if path.suffix == ".py"]
        ruff = [sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml")]
        done = subprocess.run([*ruff, *python], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_nothing_is_left_to_be_filled_in() -> None:
    writes_it_for_others = ROOT / "oomlab" / "workbench" / "as_scenario.py"
    sources = {*ROOT.glob("oomlab/**/*.py")} - {writes_it_for_others}
    for path in [*sources, *ROOT.glob("book/**/*.md"), ROOT / "_config.yml"]:
        text = path.read_text(encoding="utf-8")
        assert MARK not in text, f"say in {path.relative_to(ROOT)} what is marked {MARK}"


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "oomlab" / "views").mkdir(parents=True)
    path = begin("view", NAME, tmp_path)
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"there is a oomlab/views/my_case\.py already"):
        begin("view", NAME, tmp_path)
    assert path.read_text(encoding="utf-8") == "mine"
    assert main(["scenario", "review"]) == 2
    assert "a folder oomlab/scenarios/review already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ([], "make new scenario|listener|remedy|view|chapter NAME"),
        (["scenario"], "say what and its name"),
        (["scenari", NAME], "did you mean scenario"),
        (["scenario", "../evil"], "cannot be a name; valid: small letters"),
        (["scenario", "class"], "cannot be a name"),
        (["scenario", "a" * 1000], "cannot be a name"),
        (["scenario", "a_b"], "e.g. my-case"),
    ],
)
def test_bad_input_is_answered_in_one_line(
    asked: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(asked) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1
    assert told in said.err
