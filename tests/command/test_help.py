"""The help, its examples, and what shells are told to complete."""

from __future__ import annotations

import io
import os
import pty
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from oomlab.command import main
from oomlab.command.dispatch import COMMANDS
from oomlab.command.examples import EXAMPLES
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS

pytest.importorskip("shtab", reason="the package that writes completions is an extra")

CALLS = {
    line.strip() for text in EXAMPLES.values() for line in text.splitlines() if "oomlab" in line
}
LEDGER = pytest.mark.xdist_group("ledger")  # there, what these take seconds for is known
QUICK = [
    pytest.param(call, marks=LEDGER if call.split()[1] in ("claims", "findings") else ())
    for call in sorted(CALLS)
    if "#" not in call and "kern.log" not in call
]


def test_every_command_has_examples_and_no_other() -> None:
    assert {*EXAMPLES} - {""} == {*COMMANDS}


@pytest.mark.parametrize("call", QUICK)
def test_an_example_works(
    call: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if call.startswith("dmesg | "):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"nothing")))
    words = shlex.split(call.removeprefix("dmesg | "))
    assert words[0] == "oomlab"
    try:
        status = main(words[1:])
    except SystemExit as left:
        status = int(left.code or 0)
    assert (status, capsys.readouterr().err) == (0, "")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_shows_the_examples_line_by_line(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == 0
    assert EXAMPLES[name] in capsys.readouterr().out


def test_with_no_color_nothing_is_coloured_on_a_terminal() -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "oomlab", "run", "--help"]
    environment = {**os.environ, "NO_COLOR": "1", "TERM": "xterm-256color"}
    subprocess.run(command, stdout=theirs, stderr=theirs, env=environment, check=True)
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux tells so that the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert b"for example:" in shown
    assert not re.search(rb"\x1b\[[0-9;]*m", shown)


def test_bash_completes_commands_options_and_names(capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which("bash") is None and os.environ.get("CI") != "true":
        # What bash does only bash can say; a system without it may run the rest, CI may not.
        pytest.skip("there is no bash here")
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out

    def completed(*words: str) -> set[str]:
        ask = (
            f"{script}\nCOMP_WORDS=({' '.join(words)} ''); COMP_CWORD={len(words)}\n"
            '_shtab_oomlab oomlab "" ""; printf "%s\\n" "${COMPREPLY[@]}"'
        )
        done = subprocess.run(["bash", "-c", ask], capture_output=True, text=True)
        return {line.strip() for line in done.stdout.splitlines()}

    assert {*COMMANDS} <= completed("oomlab")
    assert {*SCENARIOS} <= completed("oomlab", "run")
    assert {*REMEDIES} <= completed("oomlab", "run", "h1-two-task-cycle", "--remedy")


def test_zsh_gets_a_script_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "zsh"]) == 0
    assert capsys.readouterr().out.startswith("#compdef oomlab")


def test_another_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "fish"]) == 2
    assert "valid: bash, zsh, tcsh" in capsys.readouterr().err
