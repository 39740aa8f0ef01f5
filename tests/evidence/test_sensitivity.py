"""Shares of the variance: those of a made-up outcome are known."""

from __future__ import annotations

import pytest

from oomlab.errors import InputError, OomlabError
from oomlab.evidence.sensitivity import GUESSES, points, shares
from oomlab.evidence.sweep.measure import Row
from oomlab.evidence.sweep.rows import Failure


def made_up(**given: int) -> Row:
    """A run whose downtime is four times that of the host and twice that of the printer."""
    kinds = {name: 0 for name in Row._fields}
    downtime = 4 * given["host_us"] + 2 * (given["print_us"] * 9980 // 50_000)
    return Row(**{**kinds, "verdict": "recovered", "downtime_us": downtime})  # type: ignore[arg-type]


def test_a_sum_is_shared_out_by_the_squares_of_its_factors() -> None:
    rows = [made_up(**point.axes) for point in points(draws=64)]
    found = {share.guess: share for share in shares(rows)}
    assert found["host_us"].total == pytest.approx(0.8, abs=0.05)
    assert found["print_us"].total == pytest.approx(0.2, abs=0.05)
    assert [share.guess for share in shares(rows)][:2] == ["host_us", "print_us"]
    assert all(abs(found[name].total) < 1e-9 for name in GUESSES if name[:2] not in ("ho", "pr"))


def test_what_is_the_same_in_all_runs_is_nobodys_doing() -> None:
    rows = [made_up(**point.axes) for point in points(draws=2)]
    assert {share.total for share in shares(rows, "needless kills")} == {0.0}


def test_one_missing_run_is_refused() -> None:
    """One NaN makes every index 0.0 in SALib, without a word."""
    rows: list[Row | Failure] = [made_up(**point.axes) for point in points(draws=2)]
    with pytest.raises(OomlabError, match=r"1 of 18 runs have no downtime"):
        shares([*rows[:-1], Failure("it broke", "oomlab run")])


@pytest.mark.parametrize("draws", [0, 1, 3, -4])
def test_draws_are_a_power_of_two(draws: int) -> None:
    with pytest.raises(InputError, match=f"draws cannot be {draws}; valid: a power of 2"):
        points(draws=draws)
