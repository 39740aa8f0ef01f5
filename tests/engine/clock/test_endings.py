"""How a timed run ends, and what it says about those who did not."""

from __future__ import annotations

import pytest

from oomlab import run
from oomlab.engine.clock import ending
from oomlab.engine.ops import (
    Routine,
    cost,
    mutex_lock,
    mutex_trylock,
    mutex_unlock,
    read,
    sleep,
    wait_for,
    wake,
    write,
)
from oomlab.engine.stage import Stage
from oomlab.engine.trace.events import Waiting
from oomlab.errors import ModelError
from oomlab.kernel.wait import wait_event_timeout
from tests.engine.clock.compare import FAR_US, clocked, verdict
from tests.engine.small import self_poller


def crossing_locks() -> Stage:
    """Two tasks that take two locks in opposite order, with time between."""
    stage = Stage()
    locks = stage.layout.mutex("A"), stage.layout.mutex("B")

    def body(first: int) -> Routine:
        yield mutex_lock(locks[first])
        yield cost(100)
        yield mutex_lock(locks[1 - first])
        yield mutex_unlock(locks[1 - first])
        yield mutex_unlock(locks[first])

    stage.task(lambda: body(0))
    stage.task(lambda: body(1))
    return stage


def test_completed() -> None:
    stage = Stage()

    def body() -> Routine:
        yield cost(100)

    stage.task(body)
    clock = clocked(stage.model, 0, FAR_US, park=True, circles=False)
    assert ending.verdict(clock) == "completed"
    assert ending.waiting(clock) == ()
    assert clock.now_us == 100


def test_a_deadlock_names_who_waits_for_what_and_who_has_it() -> None:
    clock = clocked(crossing_locks().model, 0, FAR_US, park=True, circles=False)
    assert ending.verdict(clock) == "deadlock"
    assert ending.waiting(clock) == (
        Waiting("t0", "B", "t1", 100, "blocks"),
        Waiting("t1", "A", "t0", 100, "blocks"),
    )


def test_a_deadlock_ends_when_the_last_thing_happened() -> None:
    stage = crossing_locks()
    word, queue = stage.layout.word("word", 0), stage.layout.queue("queue", "anybody")

    def patient() -> Routine:
        yield from wait_event_timeout(queue, word, 1, 2000)

    def helpful() -> Routine:
        yield cost(700)
        yield write(word, 1)
        yield wake(queue)

    stage.task(patient)
    stage.task(helpful)
    clock = clocked(stage.model, 0, FAR_US, park=True, circles=False)
    assert ending.verdict(clock) == "deadlock"
    assert clock.now_us == 700  # not when the timer of the answered wait would have run out


def test_recovered_through_a_timeout() -> None:
    stage = Stage()
    word, queue = stage.layout.word("word", 0), stage.layout.queue("queue", "anybody")

    def body() -> Routine:
        yield from wait_event_timeout(queue, word, 1, 5)

    stage.task(body)
    assert verdict(stage) == "recovered"


def test_panic() -> None:
    stage = Stage()

    def doomed() -> Routine:
        yield cost(10)
        yield write(stage.panic, 1)
        yield cost(10)

    def other() -> Routine:
        yield cost(1000)

    stage.task(doomed)
    stage.task(other)
    clock = clocked(stage.model, 0, FAR_US, park=True, circles=False)
    assert ending.verdict(clock) == "panic"
    assert clock.now_us == 10


@pytest.mark.parametrize("park", [True, False])
def test_polling_for_ever_is_a_livelock_if_nobody_is_blocked(park: bool) -> None:
    assert verdict(self_poller(naps=True), park=park) == "livelock"


@pytest.mark.parametrize("park", [True, False])
def test_polling_for_ever_beside_a_blocked_task_is_a_deadlock(park: bool) -> None:
    stage = crossing_locks()
    lock = stage.layout.mutex("lock", polled=True)

    def holder() -> Routine:
        yield mutex_lock(lock)
        yield wait_for(stage.panic, 1)

    def poller() -> Routine:
        while True:
            got = yield mutex_trylock(lock)
            if got:
                break
            yield sleep(1)

    stage.task(holder)
    stage.task(poller)
    assert verdict(stage, park=park) == "deadlock"


def test_a_poller_is_reported_with_the_lock_and_its_holder() -> None:
    clock = clocked(self_poller(naps=True).model, 0, FAR_US, park=True, circles=False)
    assert ending.waiting(clock) == (Waiting("t0", "lock", "t0", 0, "polls"),)


def test_time_limit() -> None:
    stage = Stage()

    def body() -> Routine:
        yield sleep(10_000)

    stage.task(body)
    clock = clocked(stage.model, 0, 1_000_000, park=True, circles=False)
    assert ending.verdict(clock) == "time-limit"
    (waiting,) = ending.waiting(clock)
    assert (waiting.task, waiting.how) == ("t0", "sleeps")


def test_a_frozen_clock_is_an_error_that_names_the_task_and_the_loop() -> None:
    stage = Stage()
    word = stage.layout.word("word", 0)

    def spinning() -> Routine:
        while True:
            seen = yield read(word)
            if seen:
                break

    def body() -> Routine:
        yield cost(7)
        yield from spinning()

    stage.task(body, "hothead")
    with pytest.raises(ModelError, match=r"stands still at 7 us: hothead loops in body > spinning"):
        clocked(stage.model, 0, FAR_US, park=True)


def test_background_work_may_end_after_the_last_task() -> None:
    stage = Stage()
    word = stage.layout.word("word", 0)
    done = stage.layout.word("done", 0)

    def device() -> Routine:
        while True:
            yield wait_for(word, 1)
            yield sleep(3)
            yield write(word, 0)
            yield write(done, 1)

    def body() -> Routine:
        yield write(word, 1)

    stage.task(device, serves=True)
    stage.task(body)
    clock = clocked(stage.model, 0, FAR_US, park=True, circles=False)
    assert ending.verdict(clock) == "completed"
    assert clock.state[done.index] == 1
    assert clock.now_us == 16_000


def test_endless_background_work_ends_with_the_aftermath() -> None:
    stage = Stage()

    def heart() -> Routine:
        while True:
            yield sleep(1)

    def body() -> Routine:
        yield cost(1)

    stage.task(heart, foreground=False)
    stage.task(body)
    clock = clocked(stage.model, 0, FAR_US, park=True)
    assert ending.verdict(clock) == "completed"
    assert clock.now_us <= 1_000_001


def test_an_idle_background_task_is_not_reported() -> None:
    stage = crossing_locks()
    word = stage.layout.word("word", 0)

    def device() -> Routine:
        while True:
            yield wait_for(word, 1)
            yield write(word, 0)

    stage.task(device, "device", serves=True)
    clock = clocked(stage.model, 0, FAR_US, park=True)
    assert [w.task for w in ending.waiting(clock)] == ["t0", "t1"]


def test_a_run_needs_valid_arguments() -> None:
    with pytest.raises(ValueError, match="valid: h1-two-task-cycle"):
        run("h0")
    with pytest.raises(ValueError, match="valid: mainline"):
        run("h1-two-task-cycle", "prayer")
    with pytest.raises(ValueError, match="valid: fault_tasks"):
        run("h1-two-task-cycle", given={"tasks": 1})
