"""Waiting with a time limit, alone."""

from __future__ import annotations

from collections.abc import Hashable

import pytest

from oomlab.engine.ops import Slot
from oomlab.kernel.process import USUAL
from oomlab.kernel.wait import wait_event_timeout
from tests.kernel.solo import machine, solo, spawn


@pytest.mark.parametrize(
    ("value", "sent", "ending", "left"),
    [
        pytest.param(1, 0, "returned", 5, id="the condition holds"),
        pytest.param(1, 1, "returned", 5, id="it holds for a task that is killed as well"),
        pytest.param(0, 1, "returned", 0, id="a killed task waits no longer"),
        pytest.param(0, 0, "returned", 0, id="the time runs out"),
    ],
)
def test_how_a_wait_with_a_limit_ends(value: int, sent: int, ending: str, left: int) -> None:
    on = machine()
    queue, word = on.layout.queue("queue", "anybody"), on.layout.word("word", 0)
    sigkill = on.layout.word("SIGKILL for it", 0)
    task = spawn(on)
    given: dict[Slot, Hashable] = {word: value, sigkill: sent}
    run = solo(on, task, wait_event_timeout(queue, word, 1, 5, sigkill), given=given)
    assert (run.ending, run.result) == (ending, left)


def test_a_usual_process_has_nothing_special() -> None:
    assert not any(value for name, value in USUAL._asdict().items() if name != "constraint")
    assert USUAL.constraint == "none"
