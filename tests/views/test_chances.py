"""What the book says of the lot that decides who is next."""

from __future__ import annotations

import pytest

from oomlab.errors import InputError
from oomlab.views.chances import by_lot


def test_no_remedy_but_the_merged_one_makes_the_lockup_any_rarer() -> None:
    for remedy in ("mainline", "trylock", "before-oom-lock", "offload"):
        for along, half in (("steps", "2 moves"), ("time", "1.5 ms")):
            sentence = by_lot(remedy, along).sentence
            assert "96.8 %" in sentence or "96.9 %" in sentence
            assert f"after {half}" in sentence
    assert "no run locks up" in by_lot("allocate-outside", "steps").sentence


def test_the_first_moves_can_be_worked_out_by_hand() -> None:
    """After the second the two tasks have a lock each, unless one of them moved twice."""
    twin = by_lot("mainline", "steps").twin.splitlines()
    assert twin[1:3] == ["After 0 moves: 0 %.", "After 5 moves: 93.8 %."]  # 1 - 1 / 2 ** 4


def test_only_steps_and_time_go_on() -> None:
    with pytest.raises(InputError, match="along cannot be 'luck'; valid: steps, time"):
        by_lot("mainline", "luck")
