"""SPIN, with a model of its own, and the explorer say the same of every policy."""

from __future__ import annotations

from pathlib import Path

import pytest

from oomlab.explorer import explore
from tests.promela.table import ROWS, Row
from tests.promela.verifier import found, missing

# Without SPIN there is no second opinion to ask. In continuous integration tools.get_spin
# installs it first, and fails where it could have.
pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())


def spins(row: Row, folder: Path) -> set[str]:
    """What SPIN proves of the row's policy, in the way that the row names."""

    def finds(question: str) -> bool:
        return found(question, row.defines, folder)

    if row.proof == "kind scheduler":
        assert not finds("KIND"), "a kind scheduler may get stuck"
        assert not finds("FREE"), "a kind scheduler may go round for ever"
        return {"starvation"} if finds("STARVED") else set()
    words = {"standstill"} if finds("STUCK") else set()
    if row.proof == "standstill":
        assert not finds("STARVED"), "there may be a livelock as well"
        return words
    assert finds("TRAPPED"), "the trap cannot be entered"
    assert not finds("KEPT"), "there is a way out of the trap"
    return words | {"livelock"}


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
    assert spins(row, tmp_path) == explorers(row)
