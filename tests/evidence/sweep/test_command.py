from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from oomlab.command import BAD_INPUT, NOT_AS_EXPECTED, main
from oomlab.evidence.sweep.named import SWEEPS
from oomlab.evidence.sweep.recompute import recompute
from tests.evidence.sweep.workers import TINY, fails


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SWEEPS, "tiny", TINY)


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["sweep", *arguments])
    out, err = capsys.readouterr()
    return status, out, err


@pytest.mark.usefixtures("tiny")
def test_a_sweep_is_made_and_checked(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "new" / "tiny.json"
    status, text, progress = said(capsys, "tiny", "--jobs", "1", "--out", str(out))
    assert status == 0
    assert re.fullmatch(rf"tiny: 8 points in \d+ s, written to {re.escape(str(out))}\n", text)
    assert not progress  # no terminal
    status, text, _ = said(capsys, "tiny", "--check", "--out", str(out))
    assert (status, text) == (0, "The stored results are those of this model.\n")
    out.write_text(out.read_text().replace('"completed"', '"recovered"', 1))
    status, text, _ = said(capsys, "tiny", "--check", "--out", str(out))
    assert status == NOT_AS_EXPECTED
    assert "verdict was recovered and is completed" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["ten-seconds"],
            "unknown sweep 'ten-seconds'; valid: five-seconds, guesses, nowait-price",
        ),
        (["five-seconds", "--jobs", "many"], "jobs cannot be 'many'; valid: a whole number"),
        (["five-seconds", "--jobs", "0", "--out", "OUT"], "the number of jobs cannot be 0"),
        (["five-seconds", "--check", "--out", "OUT"], "there is no x.json; make it with: oomlab"),
        (["all", "--out", "OUT"], "--out names one file; give it with one sweep"),
    ],
)
def test_bad_input_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], message: str
) -> None:
    given = [str(tmp_path / "x.json") if each == "OUT" else each for each in arguments]
    status, text, error = said(capsys, *given)
    assert (status, text) == (BAD_INPUT, "")
    assert error.startswith(f"oomlab: {message}")
    assert error.count("\n") == 1


AGAIN = (
    "oomlab run h5-host-never-answers --remedy=offload --set=host_answers=1 --set=host_us=2000000"
    " --seed=0"
)


@pytest.mark.usefixtures("tiny")
def test_a_run_that_fails_is_told_with_the_call_that_repeats_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oomlab.command.sweep.recompute", partial(recompute, measure_one=fails))
    status, out, error = said(capsys, "tiny", "--jobs", "1", "--out", str(tmp_path / "x.json"))
    assert (status, error) == (NOT_AS_EXPECTED, "")
    assert "1 of them failed, the first with: ZeroDivisionError: a page too few" in out
    assert f"Run it again with: {AGAIN}" in out
