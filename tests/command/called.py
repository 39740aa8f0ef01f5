"""The command as tests call it: what it says, and how it refuses."""

from __future__ import annotations

import pytest

from oomlab.command import main

H1 = "h1-two-task-cycle"


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
