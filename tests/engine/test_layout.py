"""Slots are declared once; a model counts its pages."""

from __future__ import annotations

import pytest

from oomlab.engine.model import Layout
from oomlab.engine.ops import FREE, RwSemaphore, put
from oomlab.engine.stage import Stage
from oomlab.errors import InputError, ModelError
from oomlab.kernel.machine import HZ_CHOICES, Machine
from oomlab.kernel.oom_notify import notify_in_context
from tests.model.solo import MARKS, machine


def test_slots_are_numbered_in_the_order_of_declaration() -> None:
    layout = Layout()
    slots = [
        layout.mutex("a"),
        layout.rwsem("b"),
        layout.queue("c"),
        layout.word("d", "x"),
        layout.pool("e", 7),
    ]
    assert [slot.index for slot in slots] == [0, 1, 2, 3, 4]
    assert layout.initial == (FREE, RwSemaphore(), 0, "x", 7)


def test_a_name_is_used_once() -> None:
    layout = Layout()
    layout.mutex("a")
    with pytest.raises(ModelError, match="two slots are named 'a'"):
        layout.word("a", 0)


def test_a_pool_cannot_owe_pages() -> None:
    with pytest.raises(ModelError, match="cannot hold -1 pages"):
        Layout().pool("a", -1)


def test_a_model_notices_lost_pages() -> None:
    stage = Stage()
    pool = stage.layout.pool("free", 7)
    stage.layout.pool("used", 2)
    model = stage.model()
    assert model.pages == 9
    with pytest.raises(ModelError, match="8 pages where there were 9"):
        model.check(put(stage.layout.initial, pool, 6))


def test_a_model_notices_a_semaphore_read_and_written_at_once() -> None:
    stage = Stage()
    semaphore = stage.layout.rwsem("sem")
    model = stage.model()
    model.check(put(stage.layout.initial, semaphore, RwSemaphore((0, 1))))
    with pytest.raises(ModelError, match="read and written at once"):
        model.check(put(stage.layout.initial, semaphore, RwSemaphore((0,), 1)))


def test_tasks_are_named() -> None:
    on = machine()
    on.spawn("first", "does this", lambda task: iter(()))  # type: ignore[arg-type,return-value]
    assert on.model().task_name(0) == "first"
    assert on.model().task_name(FREE) == ""


def test_a_task_that_serves_is_never_in_the_foreground() -> None:
    on = machine()
    on.spawn("first", "", lambda task: iter(()), foreground=True, serves=True)  # type: ignore[arg-type,return-value]
    assert not on.actors[0].foreground


@pytest.mark.parametrize("hz", [0, 50, 300])
def test_only_the_kernels_tick_rates(hz: int) -> None:
    with pytest.raises(InputError, match="valid: 100, 250, 1000"):
        Machine.boot(Layout(), free=1, marks=MARKS, notify_oom=notify_in_context, hz=hz)
    assert hz not in HZ_CHOICES
