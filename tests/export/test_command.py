"""`oomlab export` and `oomlab run --dmesg`, as a shell calls them."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from oomlab.command import main
from oomlab.dmesg import dmesg_lines
from oomlab.experiment import run
from oomlab.export import FORMATS, exported

H1 = "h1-two-task-cycle"


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_holds_what_was_exported(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, form: str
) -> None:
    path = tmp_path / "new"
    settings = ["--remedy=offload", "--set=fault_tasks=1", "--seed=3"]
    assert main(["export", H1, f"--format={form}", "-o", str(path), *settings]) == 0
    trace = run(H1, "offload", {"fault_tasks": 1}, 3)
    assert path.read_bytes() == exported(trace, form)
    assert capsys.readouterr() == (f"{len(trace.events)} events, written to {path}\n", "")


def test_a_file_that_is_there_is_kept_unless_it_is_to_be_replaced(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "mine"
    path.write_text("mine")
    call = ["export", H1, "--format=csv", f"--out={path}"]
    assert main(call) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"oomlab: {path} is there already; choose another name, or have it "
                              "replaced with --force\n")  # fmt: skip
    assert path.read_text() == "mine"
    assert main([*call, "--force"]) == 0
    assert path.read_bytes() == exported(run(H1), "csv")


def test_a_write_protected_file_is_not_replaced(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine"
    path.write_text("mine")
    monkeypatch.setattr(os, "access", lambda *_: False)  # who is root may write anything
    assert main(["export", H1, "--format=csv", f"--out={path}", "--force"]) == 2
    assert "write-protected" in capsys.readouterr().err
    assert path.read_text() == "mine"


@pytest.mark.parametrize("form", FORMATS)
def test_a_pipe_gets_the_same_bytes(form: str) -> None:
    call = [sys.executable, "-m", "oomlab", "export", H1, f"--format={form}", "-o", "-"]
    assert subprocess.run(call, capture_output=True, check=True).stdout == exported(run(H1), form)


def test_a_terminal_is_spared_what_it_cannot_show() -> None:
    ours, theirs = pty.openpty()
    call = [sys.executable, "-m", "oomlab", "export", H1, "--format=perfetto"]
    done = subprocess.run(call, stdout=theirs, stderr=subprocess.PIPE, text=True)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 2
    assert done.stderr == (
        "oomlab: a terminal cannot show the perfetto format; name a file with -o, or use a pipe\n"
    )


def test_a_full_disk_is_told_in_one_line() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    call = [sys.executable, "-m", "oomlab", "export", H1, "--format=perfetto"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(call, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("oomlab: standard output cannot be written: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "say in which format, with --format; valid: perfetto, ftrace, csv, json"),
        (["--format=csv", "--force"], "--force is about a file; name one with -o"),
    ],
)
def test_what_is_missing_is_asked_for(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["export", H1, *arguments]) == 2
    assert capsys.readouterr() == ("", f"oomlab: {said}\n")


def test_the_log_is_printed_with_all_that_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--dmesg", "--kernel=6.18", "--hung-task-timeout=10", "--lockdep", "--sysrq"]
    assert main(["run", H1, *options]) == 0
    wanted = dmesg_lines(run(H1), "6.18", hung_task_s=10, lockdep=True, sysrq=True)
    assert capsys.readouterr() == ("".join(f"{line}\n" for line in wanted), "")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--kernel=5.4"], "--kernel is about the log; give --dmesg, too"),
        (["--hung-task-timeout=0"], "--hung-task-timeout is about the log; give --dmesg, too"),
        (["--lockdep"], "--lockdep is about the log; give --dmesg, too"),
        (["--sysrq"], "--sysrq is about the log; give --dmesg, too"),
        (["--dmesg", "--json"], "--dmesg is text, and --json something else; give one of them"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    assert main(["run", H1, *options]) == 2
    assert capsys.readouterr() == ("", f"oomlab: {said}\n")
