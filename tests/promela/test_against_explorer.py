"""SPIN, with a model of its own, and the explorer say the same of every policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomlab import explore
from tests.promela.table import ROWS, Row
from tests.promela.verifier import missing, verdict

# Without SPIN there is no second opinion to ask. In continuous integration tools.get_spin
# installs it first, and fails where it could have.
pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


def explorers(row: Row) -> set[str]:
    """What the explorer finds. Starvation only counts where there is no lockup."""
    verdict = explore(row.scenario, row.remedy, row.settings, timeouts=row.timeouts).verdict
    assert verdict.word in ("lockup", "exhausted-clean")
    if verdict.word == "exhausted-clean":
        return {"starvation"} if verdict.starvation else set()
    words = {"standstill"} if verdict.blocked else set()
    return words | ({"livelock"} if verdict.livelock else set())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_spin_and_the_explorer_agree(row: Row, tmp_path: Path) -> None:
    assert verdict(row, tmp_path) == explorers(row)
