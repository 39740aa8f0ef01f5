"""The matrix as a map: its cells say what the matrix says."""

from __future__ import annotations

import pytest

from oomlab.errors import InputError
from oomlab.evidence import heat, matrix
from oomlab.evidence.matrix import Timed
from oomlab.evidence.matrix_map import (
    SLOW_S,
    Hazard,
    find_hazard,
    heat_row,
    matrix_rows,
    outcome_of,
)
from oomlab.kernel.releases import modelled_kernel
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS


@pytest.mark.parametrize("row", list(matrix_rows()), ids=lambda one: one.name)
def test_each_cell_is_that_of_the_matrix(row: Hazard) -> None:
    cells = heat_row(row.name, modelled_kernel("4.13"))
    assert list(cells) == list(REMEDIES)
    for remedy in REMEDIES.values():
        cell = cells[remedy.name]
        assert cell.run == matrix.timed_cell(row.scenario, remedy, row.settings)
        declared = row.scenario.expects(remedy, "clock", row.settings)
        assert cell.run is not None and cell.run.verdict == declared
        stuck = cell.outcome in ("deadlock", "livelock")
        assert stuck == (declared == cell.outcome)
        assert (cell.outcome == "kill") == (not stuck and cell.run.kills > 0)


def test_a_remedy_that_changes_nothing_says_so() -> None:
    cells = heat_row("h4-i915-object-lock", modelled_kernel("4.13"))
    assert cells["shrinker"].unchanged and cells["shrinker"].run == cells["mainline"].run
    assert not cells["mainline"].unchanged and not cells["offload"].unchanged
    assert not any(
        cell.unchanged for cell in heat_row("h1-two-task-cycle", modelled_kernel("4.13")).values()
    )


@pytest.mark.parametrize(
    ("verdict", "stall_s", "kills", "outcome"),
    [
        ("deadlock", None, 1, "deadlock"),
        ("livelock", None, 0, "livelock"),
        ("recovered", 5.1, 1, "kill"),
        ("panic", None, 0, "kill"),
        ("recovered", 5.1, 0, "slow"),
        ("completed", SLOW_S, 0, "fine"),
        ("completed", SLOW_S + 0.001, 0, "slow"),
        ("time-limit", None, 0, "slow"),
    ],
)
def test_a_run_in_one_word(verdict: str, stall_s: float | None, kills: int, outcome: str) -> None:
    assert outcome_of(Timed(verdict, stall_s, kills, 0, 0, False)) == outcome


def test_what_a_release_does_not_have_is_not_run() -> None:
    cells = heat_row("h3c-i915-fence-array", modelled_kernel("7.3"))
    assert {cell.outcome for cell in cells.values()} == {"absent"}
    row = find_hazard("h3c-i915-fence-array")
    assert "since 5.8" in row.missing(modelled_kernel("7.3"))
    assert not row.missing(modelled_kernel("4.19"))
    assert not find_hazard("h5-gpu-never-idles").missing(modelled_kernel("7.3"))


def test_rows_have_names_and_titles_of_their_own() -> None:
    rows = list(matrix_rows())
    assert len(rows) == sum(len(scenario.rows) for scenario in SCENARIOS.values())
    assert len({row.name for row in rows}) == len({row.title for row in rows}) == len(rows)
    for scenario in SCENARIOS.values():
        assert len(scenario.titles) == len(scenario.rows), (
            f"{scenario.name} needs a few words for each of its rows, in `titles`"
        )
    assert list(heat()) == [row.name for row in rows]


@pytest.mark.parametrize("name", ["h9", "", "h1-two-task-cycle,fault_tasks=2"])
def test_an_unknown_row_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"unknown hazard.*valid: h1-two-task-cycle"):
        find_hazard(name)
