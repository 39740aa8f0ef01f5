"""Some hundreds of wrong calls, made from the commands' own options and the registries: each gets
one line and status 2, and no file is touched."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from oomlab.command import main
from oomlab.command.dispatch import COMMANDS
from oomlab.command.parser import Parser
from oomlab.evidence.sweep.named import SWEEPS
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS

H1 = "h1-two-task-cycle"

WORDS = [
    "",
    " ",
    "\n",
    "\x1b[31mred\x1b[0m",
    "\u202eback",
    "\udcff",
    "\0",
    "💥",
    "nope",
    "None",
    "../../etc/passwd",
    "$(date)",
    "%s%n",
    "1e400",
    "-1",
    "--",
    "9" * 5000,
    "x" * 100_000,
    "[" * 2000,
    *(name[:-1] for name in ("mainline", "five-seconds", H1)),
    H1.upper(),
]
"""No name and no value of anything."""

NAMES = ["", ".", "/", "..", "new/", "notes/x", "x" * 300, "folder", "fifo", "notes", "loop", "\0"]
"""No place for results."""

SLOTS: dict[str, Callable[[str], list[str]]] = {
    "command": lambda word: [word],
    "run": lambda word: ["run", word],
    "run --remedy": lambda word: ["run", H1, f"--remedy={word}"],
    "run --remedy with another": lambda word: ["run", H1, f"--remedy=offload+{word}"],
    "run --set": lambda word: ["run", H1, f"--set={word}"],
    "run --set name": lambda word: ["run", H1, f"--set={word}=1"],
    "run --set value": lambda word: ["run", H1, f"--set=touches={word}"],
    "run --seed": lambda word: ["run", H1, f"--seed={word}x"],
    "run --dmesg": lambda word: ["run", word, "--dmesg"],
    "run --kernel": lambda word: ["run", H1, "--dmesg", f"--kernel=k{word}"],
    "run --hung-task-timeout": lambda word: ["run", H1, "--dmesg", f"--hung-task-timeout={word}x"],
    "locks": lambda word: ["locks", word],
    "locks --remedy": lambda word: ["locks", H1, f"--remedy={word}"],
    "locks --set": lambda word: ["locks", H1, f"--set={word}"],
    "locks --seed": lambda word: ["locks", H1, f"--seed={word}x"],
    "export": lambda word: ["export", word, "--format=csv"],
    "export --format": lambda word: ["export", H1, f"--format={word}"],
    "export --remedy": lambda word: ["export", H1, "--format=csv", f"--remedy={word}"],
    "export --set": lambda word: ["export", H1, "--format=csv", f"--set={word}"],
    "export --seed": lambda word: ["export", H1, "--format=csv", f"--seed={word}x"],
    "explore": lambda word: ["explore", word],
    "explore --timeouts": lambda word: ["explore", H1, f"--timeouts={word}"],
    "explore --budget": lambda word: ["explore", H1, f"--budget={word}x"],
    "parameters": lambda word: ["parameters", word],
    "matrix --budget": lambda word: ["matrix", f"--budget={word}x"],
    "compare-kernel --case": lambda word: ["compare-kernel", f"--case={word}"],
    "compare-kernel --kernel": lambda word: ["compare-kernel", f"--kernel={word}"],
    "run --set a name": lambda word: ["run", "witness", f"--set=callback={word}"],
    "replay": lambda word: ["replay", word],
    "replay scenario": lambda word: ["replay", f"{word}/mainline//fs_task"],
    "replay remedy": lambda word: ["replay", f"{H1}/{word}//fs_task"],
    "replay setting": lambda word: ["replay", f"{H1}/mainline/{word}=/fs_task"],
    "replay task": lambda word: ["replay", f"{H1}/mainline//{word}:1"],
    "claims": lambda word: ["claims", f"0{word}"],
    "findings": lambda word: ["findings", f"r{word}"],
    "gfp": lambda word: ["gfp", f"{word}@"],
    "gfp --compare": lambda word: ["gfp", "GFP_KERNEL", f"--compare={word}@"],
    "gfp --kernel": lambda word: ["gfp", "GFP_KERNEL", f"--kernel={word}"],
    "gfp --config": lambda word: ["gfp", "GFP_KERNEL", f"--config={word}"],
    "sweep": lambda word: ["sweep", word],
    "sweep --jobs": lambda word: ["sweep", "five-seconds", f"--jobs={word}x", "--out=new"],
    "sweep --check": lambda word: ["sweep", "five-seconds", "--check", f"--out={word[:99]}x"],
}

FORCE: dict[str, list[str]] = {"plain": [], "resume": ["--resume"], "check": ["--check"]}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with something to lose."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "fifo").symlink_to("pipe")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    return tmp_path


def state(folder: Path) -> dict[str, Any]:
    """What is there, down to the moment of the last change."""
    return {
        path.name: (path.lstat().st_ino, path.lstat().st_mtime_ns, path.lstat().st_size)
        for path in [folder, *folder.rglob("*")]
    }


def refused(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    status = main(arguments)
    out, err = capsys.readouterr()
    shown = [word[:80] for word in arguments]
    assert (status, out) == (2, ""), shown
    assert err.startswith("oomlab"), shown
    assert err.endswith("\n") and err[:-1].isprintable(), shown
    assert len(err) < 5000, shown


@pytest.mark.parametrize("slot", SLOTS)
def test_a_wrong_word_in_any_place_is_one_line(
    capsys: pytest.CaptureFixture[str], here: Path, slot: str
) -> None:
    before = state(here)
    for word in WORDS:
        refused(capsys, SLOTS[slot](word))
    assert state(here) == before


@pytest.mark.parametrize("extra", FORCE)
@pytest.mark.parametrize("sweep", SWEEPS)
def test_no_wrong_place_for_results_is_touched(
    capsys: pytest.CaptureFixture[str], here: Path, sweep: str, extra: str
) -> None:
    before = state(here)
    for name in NAMES:
        refused(capsys, ["sweep", sweep, f"--out={name}", *FORCE[extra]])
    assert state(here) == before


@pytest.mark.parametrize("extra", [[], ["--force"]], ids=["plain", "force"])
def test_no_wrong_place_for_an_export_is_touched(
    capsys: pytest.CaptureFixture[str], here: Path, extra: list[str]
) -> None:
    before = state(here)
    for name in NAMES:
        if not (extra and name == "notes"):
            refused(capsys, ["export", H1, "--format=perfetto", f"--out={name}", *extra])
    assert state(here) == before


class Noting(Parser):
    """Notes what a command takes."""

    def __init__(self) -> None:
        super().__init__(add_help=False)
        self.taken: list[tuple[str, dict[str, Any]]] = []

    def add_argument(self, *names: Any, **how: Any) -> argparse.Action:
        self.taken.append((str(names[0]), how))
        return super().add_argument(*names, **how)


def options(command: str) -> tuple[list[str], list[str], list[str]]:
    """Words for what a command must be given, its options with a value, and those without."""
    noting = Noting()
    COMMANDS[command].options(noting)
    needed = ["x" for name, how in noting.taken if name[0] != "-" and how.get("nargs") != "?"]
    named = [(name, how) for name, how in noting.taken if name[0] == "-"]
    flags = [name for name, how in named if how.get("action") == "store_true"]
    return needed, [name for name, _ in named if name not in flags], flags


def misshapen(command: str) -> Iterator[list[str]]:
    """Calls that are not of the form of the command."""
    needed, valued, flags = options(command)
    yield [command, *needed, "--frob"]
    yield [command, *needed, "-\x1b"]
    yield [command, *needed, "one", "too\nmany", "\x1b[2J"]
    if needed:
        yield [command, *needed[1:]]
        yield [command, *needed[1:], *flags]
    for option in valued:
        yield [command, *needed, option]
        yield [command, *needed, option, "--frob"]
    for option in flags:
        yield [command, *needed, f"{option}=\x1b"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_call_of_the_wrong_form_is_one_line(
    capsys: pytest.CaptureFixture[str], here: Path, command: str
) -> None:
    before = state(here)
    calls = list(misshapen(command))
    assert len(calls) >= 3
    for arguments in calls:
        refused(capsys, arguments)
    assert state(here) == before


NO_NUMBERS = ["", "\x1b", "nan", "-inf", "1e999", "-1", "0x1", "9" * 5000]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_parameter_takes_what_is_no_number(
    capsys: pytest.CaptureFixture[str], scenario: str
) -> None:
    for parameter, value in zip(SCENARIOS[scenario].parameters, cycle(NO_NUMBERS), strict=False):
        refused(capsys, ["run", scenario, f"--set={parameter.name}={value}"])


@pytest.mark.parametrize("remedy", REMEDIES)
def test_no_remedy_goes_with_a_wrong_word(capsys: pytest.CaptureFixture[str], remedy: str) -> None:
    for word in ("", "+", "+nope", f"+{remedy}x", " ", "\n"):
        refused(capsys, ["explore", H1, f"--remedy={remedy}{word}" if word else "--remedy=+"])
