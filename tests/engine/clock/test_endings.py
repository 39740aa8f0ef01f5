"""How a timed run ends, and what it says about those who did not."""

from __future__ import annotations

import pytest

from oomlab import run
from oomlab.engine.clock import ending
from oomlab.engine.ops import (
    Routine,
    check_or_enqueue,
    choose,
    cost,
    mutex_lock,
    mutex_trylock,
    mutex_unlock,
    read,
    sleep,
    sleep_on,
    swap,
    wait_for,
    wake,
    write,
)
from oomlab.engine.stage import Stage
from oomlab.engine.trace.events import Waiting
from oomlab.errors import ModelError
from oomlab.kernel.wait import wait_event, wait_event_timeout
from tests.engine.clock.compare import clocked
from tests.engine.small import self_poller

FAR_US = 10_000_000


def verdict(stage: Stage, *, park: bool = True, limit_us: int = FAR_US) -> str:
    return ending.verdict(clocked(stage.model, 0, limit_us, park=park, circles=False))


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


def test_going_round_in_circles_is_found_by_the_state_that_comes_back() -> None:
    stage = Stage()
    word = stage.layout.word("word", 0)

    def body() -> Routine:
        while True:
            before = yield swap(word, 1)
            yield cost(300)
            yield write(word, 0)
            if before:
                break
            yield sleep(3)

    stage.task(body)
    clock = clocked(stage.model, 0, FAR_US, park=True, circles=False)
    assert ending.verdict(clock) == "livelock"
    assert clock.now_us < 1_000_000


def test_two_naps_in_one_round_of_polling_are_found_as_well() -> None:
    """Such a task is never parked: its rounds differ from nap to nap."""
    stage = Stage()
    word = stage.layout.word("word", 0)

    def body() -> Routine:
        while True:
            seen = yield read(word)
            yield sleep(1)
            again = yield read(word)
            yield sleep(2)
            if seen != again:
                break

    stage.task(body)
    assert verdict(stage) == "livelock"


def test_where_between_two_ticks_a_round_begins_is_no_matter_to_it() -> None:
    """A round of 501 us would meet the same place between ticks only after four seconds."""
    stage = Stage()
    word = stage.layout.word("word", 0)

    def body() -> Routine:
        yield sleep(3)
        while True:
            before = yield swap(word, 1)
            yield cost(501)
            yield write(word, 0)
            if before:
                break

    stage.task(body)
    clock = clocked(stage.model, 0, FAR_US, park=True, circles=False)
    assert ending.verdict(clock) == "livelock"
    assert clock.now_us < 100_000


def test_where_in_a_slot_of_the_wheel_a_round_begins_matters_to_a_long_wait() -> None:
    """Round after round the answer comes before the time limit, until a limit ends early in its
    slot: all else stood as it stood a round before."""
    stage = Stage()
    word, queue = stage.layout.word("word", 0), stage.layout.queue("queue", "anybody")

    def patient() -> Routine:
        while True:
            yield check_or_enqueue(queue, word, 1)
            yield sleep_on(queue, 600)  # 601 to 664 ticks
            seen = yield read(word)
            if not seen:
                break
            seen = 0
            yield write(word, seen)
            yield cost(4000)

    def regular() -> Routine:
        while True:
            yield cost(4000 * 633)
            yield write(word, 1)
            yield wake(queue)

    stage.task(patient)
    stage.task(regular, foreground=False)
    ended = set()
    for seed in range(12):
        clock = clocked(stage.model, seed, 100_000_000, park=True, circles=False)
        assert ending.verdict(clock) == "recovered", seed
        ended.add(clock.now_us // (4000 * 633))
    assert max(ended) > 3


def test_counting_is_not_going_round_in_circles() -> None:
    stage = Stage()

    def body(times: int) -> Routine:
        left = times
        while left:
            yield sleep(1)
            left -= 1

    stage.task(lambda: body(100))
    assert verdict(stage) == "completed"


@pytest.mark.parametrize("seed", range(5))
def test_a_round_in_which_something_was_drawn_need_not_come_again(seed: int) -> None:
    """The machine stands where it stood, with the same variables, and still not for ever."""
    stage = Stage()
    word = stage.layout.word("word", 0)

    def body() -> Routine:
        while True:
            yield sleep(1)
            yield write(word, 1)
            side = yield choose(20, "which way")
            if side == 7:
                break
            side = 0
            yield write(word, side)

    stage.task(body)
    clock = clocked(stage.model, seed, FAR_US, park=True, circles=False)
    assert ending.verdict(clock) == "completed"
    assert clock.chooser.draws > 1


def test_the_order_of_those_who_wait_is_part_of_the_state() -> None:
    stage = Stage()
    lock = stage.layout.mutex("lock")

    def body(microseconds: int) -> Routine:
        yield cost(microseconds)
        yield mutex_lock(lock)
        yield wait_for(stage.panic, 1)

    for microseconds in (1, 30, 20):
        stage.task(lambda microseconds=microseconds: body(microseconds))  # type: ignore[misc]
    clock = clocked(stage.model, 0, FAR_US, park=True)
    assert (lock.index, (2, 1)) in clock.queues()


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


def test_a_run_needs_valid_arguments() -> None:
    with pytest.raises(ValueError, match="valid: h1-two-task-cycle"):
        run("h0")
    with pytest.raises(ValueError, match="valid: mainline"):
        run("h1-two-task-cycle", "prayer")
    with pytest.raises(ValueError, match="valid: fault_tasks"):
        run("h1-two-task-cycle", given={"tasks": 1})
