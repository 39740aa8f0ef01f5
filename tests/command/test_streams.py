"""What a shell does to the command's streams and signals."""

from __future__ import annotations

import argparse
import io
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from oomlab.command import console, dispatch, main, progress, status
from oomlab.command.dispatch import COMMANDS
from oomlab.command.parser import Command
from oomlab.command.progress import Progress
from oomlab.evidence.sweep.named import find_sweep

OOMLAB = f"{sys.executable} -m oomlab"
ROOT = Path(__file__).parents[2]


def shell(line: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a line of bash."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], cwd=ROOT, capture_output=True, text=True
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("arguments", "unbuffered"),
    [("scenarios", ""), ("scenarios", "1"), ("--help", "1"), ("run --help", ""), ("-V", "1")],
)
def test_a_full_disk_behind_standard_output_is_one_line(arguments: str, unbuffered: str) -> None:
    code, _, err = shell(f"PYTHONUNBUFFERED={unbuffered} {OOMLAB} {arguments} >/dev/full")
    assert code == status.BAD_INPUT
    assert err == "oomlab: standard output cannot be written: No space left on device\n"


def test_without_a_standard_output_nothing_is_done() -> None:
    code, _, err = shell(f"{OOMLAB} scenarios >&-")
    assert code == status.BAD_INPUT
    assert err == "oomlab: standard output is closed; nothing was done\n"


@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full", "<&- 2>&-"])
def test_without_a_standard_error_only_the_status_tells(closed: str) -> None:
    assert shell(f"{OOMLAB} nothing {closed}") == (status.BAD_INPUT, "", "")


@pytest.mark.parametrize("arguments", ["run h1-two-task-cycle --json", "--help"])
def test_a_reader_who_has_seen_enough_is_no_error(arguments: str) -> None:
    code, out, err = shell(f"{OOMLAB} {arguments} | head -1")
    assert (code, out.count("\n"), err) == (0, 1, "")


def test_a_terminal_that_knows_few_letters_gets_escapes() -> None:
    code, out, err = shell(f"PYTHONIOENCODING=ascii {OOMLAB} claims 29")
    assert (code, err) == (0, "")
    assert out.isascii()


def test_a_working_directory_that_is_gone_is_one_line(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    call = f"PYTHONPATH={ROOT} {OOMLAB} sweep five-seconds"
    code, out, err = shell(f"cd {gone} && rmdir {gone} && {call} --out x.json")
    assert (code, out, err.count("\n")) == (status.BAD_INPUT, "", 1)


def wanted(command: Command) -> list[str]:
    """As few arguments as the command can be called with."""
    parser = argparse.ArgumentParser()
    command.options(parser)
    return ["x" for action in parser._actions if not action.option_strings and action.required]


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    ("stop", "code", "line"),
    [
        (KeyboardInterrupt(), 130, "oomlab: interrupted\n"),
        (status.Terminated(signal.SIGTERM), 143, "oomlab: terminated\n"),
        (status.Terminated(signal.SIGHUP), 129, "oomlab: terminated\n"),
        (OSError(11, "Resource temporarily unavailable"), 2, "oomlab: Resource temporarily un"),
        (PermissionError(13, "Permission denied", "a\nb"), 2, r"oomlab: 'a\nb': Permission de"),
        (MemoryError(), 2, "oomlab: there is not enough memory"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_every_command_ends_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    stop: BaseException,
    code: int,
    line: str,
) -> None:
    def stops(*_: object) -> Iterator[str]:
        yield "begun"
        raise stop

    monkeypatch.setitem(dispatch.COMMANDS, name, COMMANDS[name]._replace(answer=stops))
    assert main([name, *wanted(COMMANDS[name])]) == code
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("begun\n", 1)
    assert err.startswith(line)


def children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(number) for number in listed.split()]


def has_ended(process: int) -> bool:
    """Is there no such process, or only what is left until somebody asks for its status?"""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def deaf_to(number: signal.Signals, process: int) -> bool:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    return bool((int(fields["SigBlk"], 16) | int(fields["SigIgn"], 16)) >> number - 1 & 1)


def wait_until(what: str, condition: object, limit_s: float = 60) -> None:
    """Wait for something that does come; the limit only ends a test that fails."""
    assert callable(condition)
    until = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < until, what
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_sweep_that_is_stopped_leaves_no_process_behind(
    tmp_path: Path, number: signal.Signals
) -> None:
    out = tmp_path / "x.json"
    partial = tmp_path / "x.json.partial"
    arguments = ["sweep", "five-seconds", "--jobs", "2", "--out", str(out)]
    with (tmp_path / "said").open("w") as said:  # a pipe would end with the last process only
        sweep = subprocess.Popen(
            [sys.executable, "-m", "oomlab", *arguments], cwd=ROOT, stdout=said, stderr=said
        )
    try:
        wait_until("a point", lambda: partial.exists() and partial.read_bytes().count(b"\n") > 3)
        others = children(sweep.pid)
        assert len(others) >= 2
        for sent_to_all in (signal.SIGINT, signal.SIGHUP):  # by a terminal
            assert all(deaf_to(sent_to_all, other) for other in others)
    finally:
        sweep.send_signal(number)
        sweep.wait()
    if number == signal.SIGTERM:
        kept = partial.read_bytes().count(b"\n") - 2
        points = len(find_sweep("five-seconds").points())
        assert sweep.returncode == 143
        assert (tmp_path / "said").read_text() == (
            f"oomlab: terminated; {kept} of {points} points are kept; go on with: oomlab sweep"
            f" five-seconds --jobs=2 --out={out} --resume\n"
        )
    wait_until("their end", lambda: all(map(has_ended, others)))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress, "EVERY_S", 0.001)
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with Progress() as shown:
        shown.tell("3 of 9 cells")
        wait_until("a line", lambda: "3 of 9 cells, 0 s" in terminal.getvalue())
    assert terminal.getvalue().endswith("\r\x1b[K")


@pytest.mark.parametrize(("stream", "term"), [(io.StringIO, "xterm"), (Terminal, "dumb")])
def test_progress_is_quiet_elsewhere(
    monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO], term: str
) -> None:
    monkeypatch.setattr(progress, "EVERY_S", 0.0)
    monkeypatch.setenv("TERM", term)
    elsewhere = stream()
    monkeypatch.setattr(sys, "stderr", elsewhere)
    with Progress() as shown:
        shown.tell("3 of 9 cells")
    assert not elsewhere.getvalue()


def test_a_long_answer_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(Progress, "tell", lambda _, text: told.append(text))
    assert main(["findings", "R18"]) == main(["claims", "29"]) == 0
    assert main(["explore", "h1-two-task-cycle", "--budget", "1000"]) == 0
    assert told == ["0 of 1 findings", "0 of 1 claims", "looking at up to 1,000 states"]


def test_the_shells_entry_point_is_the_one_that_is_installed() -> None:
    assert "oomlab.command:console" in (ROOT / "pyproject.toml").read_text()
    assert callable(console)
