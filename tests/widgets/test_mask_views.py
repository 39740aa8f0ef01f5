"""The views of chapter 2: what they say is what the model says."""

from __future__ import annotations

import pytest

from oomlab.errors import InputError
from oomlab.gfp.outcomes import outcome
from oomlab.gfp.predicates import request
from oomlab.views import masks


def test_a_mask_is_an_expression_or_a_caller_of_the_story() -> None:
    assert "0x14310ca" in masks.bits("balloon-inflate").sentence
    assert "0x192cca" in masks.bits("balloon-inflate", "5.8").sentence
    assert "0x14000c0" in masks.bits("GFP_KERNEL").sentence


def test_bits_without_effect_are_named_with_the_reason() -> None:
    said = masks.bits("GFP_KERNEL & ~__GFP_DIRECT_RECLAIM").sentence
    assert "3 bits" in said
    assert "Without effect: __GFP_IO and __GFP_FS" in said


def test_a_flip_takes_a_flag_away_or_adds_it() -> None:
    without = masks.exits("GFP_KERNEL", "__GFP_DIRECT_RECLAIM").sentence
    assert without.startswith("GFP_KERNEL without __GFP_DIRECT_RECLAIM: fails at 11")
    added = masks.exits("GFP_NOWAIT", "__GFP_DIRECT_RECLAIM").sentence
    words = outcome(request("GFP_NOIO"), lock_held=False).words
    assert added.startswith(f"GFP_NOWAIT with __GFP_DIRECT_RECLAIM: {words}")
    assert "polls for ever" in added


def test_a_flip_without_effect_is_called_that() -> None:
    assert "__GFP_FS itself changes nothing" in masks.exits("GFP_NOWAIT", "__GFP_FS").sentence
    assert "changes nothing" not in masks.exits("GFP_NOFS", "__GFP_FS").sentence


def test_two_masks_are_compared_on_one_kernel() -> None:
    said = masks.pair("GFP_KERNEL & ~__GFP_DIRECT_RECLAIM", "GFP_NOWAIT", "5.8").sentence
    assert said.startswith("Different numbers, same behaviour")


@pytest.mark.parametrize(
    ("view", "arguments", "message"),
    [
        (masks.bits, ("GFP_KERNAL",), "GFP_KERNEL"),
        (masks.bits, ("virtio-ccw", "5.8"), "unknown caller on Linux 5.8"),
        (masks.exits, ("GFP_KERNEL", "__GFP_SLEEP"), "unknown flag '__GFP_SLEEP'; valid: none"),
        (masks.pair, ("GFP_KERNEL", "GFP_KERNEL", "2.4"), "is older than the tables"),
    ],
)
def test_bad_input_is_answered_with_the_choices(view, arguments, message) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=message):
        view(*arguments)
