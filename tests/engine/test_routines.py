"""What a routine may remember from one step to the next."""

from __future__ import annotations

import pytest

from oomlab import explore_model
from oomlab.engine.ops import Routine, mutex_lock, mutex_unlock
from oomlab.engine.stage import Stage
from oomlab.errors import ModelError


def test_what_cannot_be_compared_is_named_and_what_to_do_is_said() -> None:
    stage = Stage()
    lock, settings, seen, pages = stage.layout.mutex("lock"), {"rounds": 3}, [1], 7

    def body() -> Routine:
        yield mutex_lock(lock)
        yield mutex_unlock(lock)
        seen.append(settings["rounds"] + pages)

    stage.task(body)
    with pytest.raises(ModelError) as caught:
        explore_model(stage.model())
    said = "body keeps seen (list) and settings (dict) across a step, which is not hashable"
    assert str(caught.value).startswith(said), caught.value
    assert "Take what the routine needs out of it before the routine begins" in str(caught.value)
