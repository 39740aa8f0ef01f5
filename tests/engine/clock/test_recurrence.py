"""A run that goes round in circles ends when the machine stands as it stood before."""

from __future__ import annotations

import pytest

from oomlab.engine.clock import ending
from oomlab.engine.ops import (
    Routine,
    check_or_enqueue,
    choose,
    cost,
    mutex_lock,
    read,
    sleep,
    sleep_on,
    swap,
    wait_for,
    wake,
    write,
)
from oomlab.engine.stage import Stage
from tests.engine.clock.compare import FAR_US, clocked, verdict


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
