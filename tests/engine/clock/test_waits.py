"""Waits on the clock: deadlines, wake-ups in vain, who is served first."""

from __future__ import annotations

from oomlab.engine.ops import (
    Routine,
    cost,
    mutex_lock,
    mutex_unlock,
    sleep_on,
    wake,
    write,
)
from oomlab.engine.stage import Stage
from oomlab.kernel.wait import wait_event, wait_event_timeout
from tests.engine.clock.compare import FAR_US, clocked


def test_false_wake_ups_do_not_move_a_deadline() -> None:
    stage = Stage()
    word, queue = stage.layout.word("word", 0), stage.layout.queue("queue", "anybody")

    def patient() -> Routine:
        yield from wait_event_timeout(queue, word, 1, 10)

    def nuisance() -> Routine:
        for i in range(8):
            yield cost(2500 + i)
            yield wake(queue)

    stage.task(patient)
    stage.task(nuisance)
    clock = clocked(stage.model, 0, FAR_US, park=True)
    (late,) = [e for e in clock.recorder.events if e.condition == "timeout"]
    assert late.at_us == 44_000


def test_a_wake_up_leaves_the_jiffies_that_are_left() -> None:
    stage = Stage()
    word, queue = stage.layout.word("word", 0), stage.layout.queue("queue", "anybody")

    def patient() -> Routine:
        yield from wait_event_timeout(queue, word, 1, 10)

    def helpful() -> Routine:
        yield cost(2 * 4000 + 1)
        yield write(word, 1)
        yield wake(queue)

    stage.task(patient)
    stage.task(helpful)
    clock = clocked(stage.model, 0, FAR_US, park=True)
    (woken,) = [e for e in clock.recorder.events if e.op == sleep_on(queue).kind and e.result]
    assert woken.result == 8


def test_waiters_are_served_first_come_first() -> None:
    stage = Stage()
    word, queue = stage.layout.word("word", 0), stage.layout.queue("queue", "anybody")
    lock = stage.layout.mutex("lock")

    def body(microseconds: int) -> Routine:
        yield cost(microseconds)
        yield mutex_lock(lock)
        yield cost(1000)
        yield mutex_unlock(lock)

    def bystander() -> Routine:
        yield from wait_event(queue, word, 1)

    for microseconds in (1, 30, 20, 10):
        stage.task(lambda microseconds=microseconds: body(microseconds))  # type: ignore[misc]
    stage.task(bystander, serves=True)
    clock = clocked(stage.model, 0, FAR_US, park=True)
    takers = [
        e.task for e in clock.recorder.events if e.op == "mutex_lock" and e.condition == "done"
    ]
    assert takers == ["t0", "t3", "t2", "t1"]
