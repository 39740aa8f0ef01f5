"""What a machine is booted with."""

from __future__ import annotations

import pytest

from tests.kernel.solo import machine


@pytest.mark.parametrize(("ghosts", "watched"), [(0, None), (1, False), (2, True)])
def test_how_closely_the_delivery_is_watched(ghosts: int, watched: bool | None) -> None:
    watch = machine(ghosts=ghosts).watch
    assert (None if watch is None else watch.closely) is watched
