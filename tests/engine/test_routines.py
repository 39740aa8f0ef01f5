"""What a routine may remember, and what it must have done before it sleeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from oomlab import explore_model, run_model
from oomlab.engine.model import Model
from oomlab.engine.ops import Routine, mutex_lock, mutex_unlock, sleep_on
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


def careless() -> Stage:
    """A task that sleeps on a queue where it does not stand: it would run on."""
    stage = Stage()
    queue = stage.layout.queue("queue", "anybody")

    def body() -> Routine:
        yield sleep_on(queue)

    stage.task(body)
    return stage


@pytest.mark.parametrize("engine", [run_model, explore_model])
def test_who_sleeps_where_it_does_not_stand_is_told(engine: Callable[[Model], object]) -> None:
    with pytest.raises(ModelError, match=r"body sleeps on queue without .* use wait_event of oom"):
        engine(careless().model())
