"""Slots are declared once; a model counts its pages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from oomlab.engine.model import Layout
from oomlab.engine.ops import FREE, WORDS, RwSemaphore, put
from oomlab.engine.slots import Answerer, Says
from oomlab.engine.stage import Stage
from oomlab.errors import InputError, ModelError
from oomlab.kernel.machine import Machine
from oomlab.kernel.machine_settings import HZ_CHOICES
from oomlab.kernel.zone import Zone
from tests.kernel.solo import MARKS, machine


def test_slots_are_numbered_in_the_order_of_declaration() -> None:
    layout = Layout()
    slots = [
        layout.mutex("a"),
        layout.rwsem("b"),
        layout.queue("c", "anybody"),
        layout.word("d", "x"),
        layout.pool("e", 7, role="kept"),
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
        Layout().pool("a", -1, role="kept")


@pytest.mark.parametrize(
    ("declare", "says"),
    [
        (lambda on: on.pool("cache", 3), "say what the pages of 'cache' are: role=, one of free"),
        (lambda on: on.pool("cache", 3, role="lent"), "'cache' is lent: say how it is told"),
        (lambda on: on.pool("cache", 3, role="rss"), "say whose pages 'cache' holds: of="),
        (lambda on: on.word("signal", 0, role="kill"), "say who is killed by 'signal': of="),
        (lambda on: on.queue("done"), "say who wakes 'done': woken_by=, an Answerer"),
        (lambda on: on.queue("done", Answerer("disk", "")), "the answer on 'done' must say by="),
        (
            lambda on: on.word("flag", 0, says={"raed": "looks"}),
            "'raed', which is no op on a word; valid: ",
        ),
        (lambda on: on.mutex("m", says={"read": "looks"}), "no op on a mutex; valid: mutex_lock, "),
        (
            lambda on: on.pool("c", role="lent", says={"move": Says(told="{n} come back")}),
            r"'c' is told with {n}; valid: {but}, {function}, {of}, {on}, {pages}, {task}, {value}",
        ),
        *(
            (
                lambda on, op=op: on.mutex("m", says={op: "does it"}),
                f"'m' has small words for '{op}' that nobody would see: such a step has a sentence",
            )
            for op, words in WORDS.items()
            if words.told
        ),
        (
            lambda on: on.word("w", 0, says={"read": Says("looks", told="{task} looks")}),
            "'w' has small words for 'read' that nobody would see: what it says with told=",
        ),
        (
            lambda on: on.word("w", 0, says={"write": Says(told="{task} runs"), "write 0": "s"}),
            "'w' has small words for 'write 0' that nobody would see",
        ),
    ],
)
def test_what_is_missing_at_a_declaration_is_said(
    declare: Callable[[Layout], object], says: str
) -> None:
    layout = Layout()
    with pytest.raises(ModelError, match=re.escape(says)):
        declare(layout)
    assert layout.slots == []


def test_who_is_said_to_wake_a_queue_must_be_a_task() -> None:
    stage = Stage()
    stage.task(lambda: iter(()), "disk")  # type: ignore[arg-type, return-value]
    stage.layout.queue("done", Answerer("dsik", "its blocks"))
    with pytest.raises(ModelError, match=r"woken by 'dsik', .* there are: disk"):
        stage.model()


def test_a_model_notices_lost_pages() -> None:
    stage = Stage()
    pool = stage.layout.pool("free", 7, role="free")
    stage.layout.pool("used", 2, role="kept")
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
    layout = Layout()
    with pytest.raises(InputError, match="valid: 100, 250, 1000"):
        Machine.boot(layout, Zone.declare(layout, 1, 0, MARKS), hz=hz)
    assert hz not in HZ_CHOICES
