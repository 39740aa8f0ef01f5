"""The matrix: what is in a cell, and what makes a cell red."""

from __future__ import annotations

import json

import pytest

from oomlab.command import main
from oomlab.errors import InputError
from oomlab.evidence import matrix
from oomlab.evidence.matrix import Explored, Timed
from oomlab.remedies import REMEDIES
from oomlab.scenarios import ASKED, REVIEW, SCENARIOS, STUDIES

ROWS = [(scenario, row) for scenario in SCENARIOS.values() for row in scenario.rows]


def clock_says(verdict: str) -> Timed:
    return Timed(verdict, 0.1, 0, 0, 0, False)


def explorer_says(verdict: str) -> Explored:
    return Explored(verdict, 10, False, False, False)


@pytest.mark.parametrize(
    ("by_clock", "by_explorer", "declared", "reason", "problem"),
    [
        ("deadlock", "lockup", ("deadlock", "lockup"), "", ""),
        ("deadlock", "lockup", ("deadlock", None), "", ""),
        ("deadlock", "budget", ("deadlock", "lockup"), "", ""),
        ("deadlock", "lockup", (None, None), "", "no verdict is declared"),
        ("deadlock", "lockup", ("livelock", "lockup"), "", "clock was expected to say livelock"),
        ("completed", "lockup", ("completed", "exhausted-clean"), "", "explorer was expected"),
        ("completed", "lockup", ("completed", "lockup"), "", "the engines disagree"),
        ("completed", "lockup", ("completed", "lockup"), "rare order", ""),
        ("livelock", "exhausted-clean", ("livelock", None), "", "the engines disagree"),
        ("recovered", "exhausted-clean", ("recovered", "exhausted-clean"), "", ""),
    ],
)
def test_what_makes_a_cell_red(
    by_clock: str,
    by_explorer: str,
    declared: tuple[str | None, str | None],
    reason: str,
    problem: str,
) -> None:
    found = matrix._problem(clock_says(by_clock), explorer_says(by_explorer), *declared, reason)
    assert (problem in found) if problem else not found


def test_every_cell_has_a_declared_verdict_of_the_clock() -> None:
    for scenario, row in ROWS:
        for remedy in REMEDIES.values():
            declared = scenario.declared(remedy, "clock", row)
            assert declared, scenario.undeclared(remedy, "clock", row)


def test_the_hazards_that_the_book_and_its_readers_name_are_there() -> None:
    """A name is a contract: chapters, replay strings and stored sweeps use it."""
    named = [
        "h1-two-task-cycle",
        "h2-three-task-poll",
        "h3a-virtqueue-add",
        "h3b-ccw-config-write",
        "h3c-i915-fence-array",
        "h3d-i915-bit17",
        "h4-i915-object-lock",
        "h5-gpu-never-idles",
        "h5-host-never-answers",
        "h5-rcu-previous-round",
        "h6-nap-under-lock",
        "h7-pseries-hotplug",
    ]
    gone = set(named) - set(SCENARIOS)
    assert not gone, f"{gone}: renaming a scenario breaks its readers; new ones need no line here"


def test_a_scenario_without_balloon_is_the_same_under_all_balloon_remedies() -> None:
    h4, h1 = SCENARIOS["h4-i915-object-lock"], SCENARIOS["h1-two-task-cycle"]
    assert h4.model_key(REMEDIES["trylock"]) == h4.model_key(REMEDIES["mainline"])
    assert h4.model_key(REMEDIES["offload"]) != h4.model_key(REMEDIES["mainline"])
    assert h1.model_key(REMEDIES["trylock"]) != h1.model_key(REMEDIES["mainline"])


def test_a_balloon_whose_size_is_called_otherwise_is_a_balloon() -> None:
    five = STUDIES["five-listeners"]
    assert "balloon_pages" not in {parameter.name for parameter in five.parameters}
    assert five.model_key(REMEDIES["trylock"]) != five.model_key(REMEDIES["mainline"])


def test_two_remedies_with_one_key_build_the_same_slots() -> None:
    for scenario in {**SCENARIOS, **STUDIES, **REVIEW, **ASKED}.values():
        settings = scenario.settle({}, "explorer")
        built: dict[object, object] = {}
        for remedy in REMEDIES.values():
            layout = scenario.build(settings, remedy).layout
            key = scenario.model_key(remedy)
            assert built.setdefault(key, layout.slots) == layout.slots


def test_figures_of_some_cells() -> None:
    def cell(name: str, remedy: str, row: int = 0) -> Timed:
        scenario = SCENARIOS[name]
        return matrix.timed_cell(scenario, REMEDIES[remedy], scenario.rows[row])

    h1 = cell("h1-two-task-cycle", "offload", 1)
    assert (h1.verdict, h1.kills, h1.failed_allocations, h1.pages_returned) == (
        "recovered", 1, 1, 256,
    )  # fmt: skip
    assert h1.stall_s is not None and 10 < h1.stall_s < 10.55
    assert cell("h1-two-task-cycle", "mainline").stall_s is None
    assert cell("h3b-ccw-config-write", "mainline").pages_returned == 256


def test_wrong_credit_shows_up_in_an_exploration() -> None:
    h1 = SCENARIOS["h1-two-task-cycle"]
    assert matrix.explored_cell(h1, REMEDIES["offload"], {}, 100_000).wrong_credit
    assert not matrix.explored_cell(h1, REMEDIES["offload-repaired"], {}, 100_000).wrong_credit


def test_the_command_prints_every_cell_and_says_budget(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["matrix", "--budget", "300", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["problems"] == 0
    assert len(report["cells"]) == len(ROWS) * len(REMEDIES)
    words = {cell["explorer"]["verdict"] for cell in report["cells"]}
    assert words == {"lockup", "exhausted-clean", "budget"}


def test_a_red_cell_makes_the_command_fail(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    h5 = SCENARIOS["h5-gpu-never-idles"]
    monkeypatch.setattr(matrix, "SCENARIOS", {h5.name: h5})
    monkeypatch.setattr(matrix, "timed_cell", lambda *_: clock_says("completed"))
    assert main(["matrix", "--budget", "300", "--jobs", "1"]) == 1
    printed = capsys.readouterr().out
    assert "PROBLEM: the clock was expected to say deadlock" in printed


def test_the_number_of_cells_is_known_beforehand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "timed_cell", lambda *_: clock_says("completed"))
    found = Explored("budget", 1, False, False, False)
    monkeypatch.setattr(matrix, "explored_cell", lambda *_: found)
    assert len(list(matrix.matrix(1))) == matrix.size()


def test_a_budget_below_one_is_refused() -> None:
    with pytest.raises(InputError, match="valid: 1 or more"):
        list(matrix.matrix(0))
