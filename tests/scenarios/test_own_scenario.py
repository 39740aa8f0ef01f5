"""A scenario in one file of a reader's own has its row, and every remedy a place in it."""

from __future__ import annotations

import pytest

from oomlab import explore, run
from oomlab.command import main
from oomlab.engine.trace.narration import story
from oomlab.evidence import matrix
from oomlab.figures import draw_timeline
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS
from tests.scenarios.own_scenario import SCENARIO

NAME = SCENARIO.name


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its one line in the registry."""
    monkeypatch.setitem(SCENARIOS, NAME, SCENARIO)


def test_its_row_of_the_matrix_is_as_its_file_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "SCENARIOS", {NAME: SCENARIO})
    cells = list(matrix.matrix(1_500))
    assert [cell.remedy for cell in cells] == list(REMEDIES)
    assert [cell.problem for cell in cells] == [""] * len(cells)
    assert {cell.explorer.verdict for cell in cells} == {"exhausted-clean", "budget"}


def test_remedies_in_a_driver_that_it_does_not_have_need_no_verdict() -> None:
    own = {one.about for one in SCENARIO.verdicts}
    assert "trylock" not in own
    assert SCENARIO.expects(REMEDIES["trylock"], "clock", {}) == "completed"
    assert SCENARIO.expects(REMEDIES["before-oom-lock"], "clock", {}) == "recovered"


def test_it_is_run_explored_told_and_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    trace = run(NAME, "mainline", {"busy_us": 70_000})
    assert trace.verdict == "completed"
    assert any("folds 8 pages" in sentence for sentence in story(trace))
    assert "guest" in draw_timeline(trace).twin
    assert explore(NAME, "mainline").verdict.word == "exhausted-clean"
    assert main(["parameters", NAME]) == 0
    assert "time the listener takes, in microseconds" in capsys.readouterr().out
