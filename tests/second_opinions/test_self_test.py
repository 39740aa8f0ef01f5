"""Both detectors against minimal sequences that must and must not alarm."""

from __future__ import annotations

import difflib

import pytest

from oomlab.analysis import first_cycle_us, wait_for_graph
from tests.second_opinions.lab import Row, evidence, expected, found
from tests.second_opinions.table import ROWS, VERDICTS, verdicts


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_row(row: Row) -> None:
    assert found(row) == expected(row), row.reason


def test_no_verdict_of_the_whole_table_has_changed() -> None:
    kept, now = VERDICTS.read_text(encoding="utf-8"), verdicts()
    changes = "\n".join(difflib.unified_diff(kept.splitlines(), now.splitlines(), lineterm="", n=0))
    assert kept == now, f"python -m tests.second_opinions.table prints otherwise:\n{changes}"


def test_the_table_has_both_kinds_of_every_answer() -> None:
    assert len(ROWS) == len({row.name for row in ROWS})
    for word in ("sees", "misses", "quiet", "false alarm"):
        assert any(expected(row).wait_for == word for row in ROWS), word
        assert any(word in expected(row).lock_order for row in ROWS), word


def test_neither_detector_makes_the_other_superfluous() -> None:
    only_waiting = [r for r in ROWS if r.wait_for == "sees" and r.lock_order == "misses"]
    assert len(only_waiting) >= 5
    before_it_happens = [
        row
        for row in ROWS
        if row.locks_up and row.lock_order == "sees" and evidence(row).apart.verdict == "ended"
    ]
    assert len(before_it_happens) >= 10
    for row in before_it_happens:
        assert first_cycle_us(evidence(row).apart) is None, row.name


@pytest.mark.parametrize("row", [r for r in ROWS if not r.locks_up], ids=lambda row: row.name)
def test_the_wait_for_detector_errs_only_about_waits_that_may_pass(row: Row) -> None:
    """Its false alarms need a try, a timeout or a sleeper that has been woken already; a circle of
    locks that are waited for is never one."""
    for trace in evidence(row).moments:
        cycle = wait_for_graph(trace, trace.ended_at_us).cycle
        assert not cycle or any(edge.kind != "lock" for edge in cycle)
