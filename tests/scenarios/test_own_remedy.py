"""A remedy in one file of a reader's own is run, explored, told and held against every hazard."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomlab import explore, run
from oomlab.command import main
from oomlab.engine.trace.narration import story
from oomlab.errors import InputError, ModelError
from oomlab.evidence import matrix
from oomlab.figures import draw_timeline
from oomlab.remedies import REMEDIES, find_remedy
from oomlab.remedies.expected import expect
from oomlab.scenarios import GROUPS, SCENARIOS, Scenario
from oomlab.widgets.game_board import board
from oomlab.widgets.game_levels import Level
from tests.scenarios.own_remedy import REMEDY

NAME = REMEDY.name
ROWS = [(scenario, row) for scenario in SCENARIOS.values() for row in scenario.rows]


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its one line in the registry."""
    monkeypatch.setitem(REMEDIES, NAME, REMEDY)


@pytest.mark.parametrize(("scenario", "row"), ROWS, ids=lambda value: getattr(value, "name", ""))
def test_its_column_of_the_matrix_is_as_its_file_declares(
    scenario: Scenario, row: dict[str, float]
) -> None:
    assert scenario.expects(REMEDY, "clock", row) == run(scenario, NAME, row).verdict
    declared = scenario.expects(REMEDY, "explorer", row)
    found = explore(scenario, NAME, row, budget=2_000).verdict.word
    assert found in ("budget", declared) or declared is None


def test_the_matrix_has_a_cell_of_it_with_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    h5 = SCENARIOS["h5-gpu-never-idles"]
    monkeypatch.setattr(matrix, "SCENARIOS", {h5.name: h5})
    monkeypatch.setattr(matrix, "REMEDIES", {NAME: REMEDY})
    (cell,) = matrix.matrix(1_000)
    assert (cell.remedy, cell.expected_clock, cell.expected_explorer) == (
        NAME, "deadlock", "lockup",
    )  # fmt: skip
    assert cell.problem == ""


def test_a_verdict_that_nobody_declares_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    h5 = SCENARIOS["h5-gpu-never-idles"]
    silent = replace(REMEDY, verdicts=())
    monkeypatch.setattr(matrix, "SCENARIOS", {h5.name: h5})
    monkeypatch.setattr(matrix, "REMEDIES", {NAME: silent})
    monkeypatch.setitem(REMEDIES, NAME, silent)
    (cell,) = matrix.matrix(1_000)
    assert cell.problem == (
        f"declare what the clock says of h5-gpu-never-idles under {NAME}, in the file of the"
        " scenario or in that of the remedy"
    )


def test_a_verdict_that_is_declared_twice_is_refused() -> None:
    h1 = SCENARIOS["h1-two-task-cycle"]
    twice = replace(h1, expected=expect("clock", {"livelock": NAME}, {"fault_tasks": 1}))
    with pytest.raises(ModelError, match=f"h1-two-task-cycle under {NAME} with fault_tasks=1 is"):
        twice.expects(REMEDY, "clock", {})


def test_it_is_told_in_its_words_and_drawn() -> None:
    trace = run("h5-host-never-answers", NAME)
    functions = {f for event in trace.events for f in event.stack}
    assert "try_the_turnstile" in functions
    assert "notify_in_context" in functions
    trace = run("h3a-virtqueue-add", NAME)
    assert any("hog leaves the turnstile" in sentence for sentence in story(trace))
    assert "turnstile" in draw_timeline(run("h5-host-never-answers", NAME)).twin


def test_the_game_can_be_played_under_it() -> None:
    level = Level("own", "Own", "h3a-virtqueue-add", NAME, "lockup", "Play.", "Played.")
    assert any("leaves the turnstile" in text for text in board(level)["texts"])


def test_it_can_be_joined_with_others_but_for_those_that_deliver_otherwise() -> None:
    both = find_remedy(f"{NAME}+trylock")
    assert (both.delivery, both.balloon.leak_lock) == (REMEDY.delivery, "trylock")
    with pytest.raises(InputError, match=f"values of delivery: offload and {NAME}"):
        find_remedy(f"offload+{NAME}")


def test_the_command_lists_and_runs_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["remedies"]) == 0
    assert f"{NAME}  {REMEDY.summary}" in capsys.readouterr().out
    assert main(["run", "h3a-virtqueue-add", "--remedy", NAME]) == 0
    assert "completed" in capsys.readouterr().out


def test_every_verdict_is_about_something_that_there_is() -> None:
    scenarios = {name: one for group in GROUPS.values() for name, one in group.items()}
    for remedy in REMEDIES.values():
        for one in remedy.verdicts:
            assert one.about in scenarios, f"{remedy.name} declares a verdict of {one.about!r}"
    for scenario in scenarios.values():
        for one in scenario.expected:
            find_remedy(one.about)
