"""Two things in one microsecond: what comes first is a rule, not an accident of the queue."""

from __future__ import annotations

from oomlab.engine.ops import (
    Routine,
    cost,
    io,
    mutex_lock,
    mutex_trylock,
    mutex_unlock,
    sleep,
    write,
)
from oomlab.engine.stage import Stage
from tests.engine.clock.compare import clocked
from tests.engine.small import polls

TICK_US = 4000


def marks(stage: Stage, *, park: bool = True) -> list[tuple[int, str, object]]:
    """(time, task, result) of everything but sleeps and polls."""
    clock = clocked(stage.model, 0, 1_000_000, park=park)
    events = clock.recorder.events
    return [(e.at_us, e.task, e.result) for e in events if e.condition in ("done", "timeout")]


def test_sleepers_of_one_tick_are_served_in_task_order() -> None:
    stage = Stage()
    word = stage.layout.word("word", "")

    def late(microseconds: int, jiffies: int) -> Routine:
        yield cost(microseconds)
        yield sleep(jiffies)
        yield write(word, microseconds)

    # The last task is the first to ask for the tick at 12000 us, the first task is the last.
    stage.task(lambda: late(5000, 1))
    stage.task(lambda: late(300, 2))
    stage.task(lambda: late(100, 2))
    assert marks(stage) == [(3 * TICK_US, f"t{i}", None) for i in range(3)]


def test_a_cost_that_ends_on_a_tick_is_served_like_a_sleep() -> None:
    stage = Stage()
    word = stage.layout.word("word", 0)

    def sleeper() -> Routine:
        yield sleep(1)
        yield write(word, 1)

    def worker() -> Routine:
        yield cost(2 * TICK_US)
        yield write(word, 2)

    stage.task(worker)
    stage.task(sleeper)
    stage.task(worker)
    assert [task for _, task, _ in marks(stage)] == ["t0", "t1", "t2"]


def test_whoever_is_woken_acts_before_the_next_sleeper_of_the_tick() -> None:
    stage = Stage()
    lock, word = stage.layout.mutex("lock"), stage.layout.word("word", 0)

    def holder() -> Routine:
        yield mutex_lock(lock)
        yield sleep(1)
        yield mutex_unlock(lock)

    def sleeper() -> Routine:
        yield sleep(1)
        yield write(word, 1)

    def waiter() -> Routine:
        yield mutex_lock(lock)
        yield write(word, 2)

    stage.task(holder)
    stage.task(sleeper)
    stage.task(waiter)
    in_tick = [task for at_us, task, _ in marks(stage) if at_us == 2 * TICK_US]
    assert in_tick == ["t0", "t2", "t2", "t1"]


def polled_by_both_sides(*, park: bool) -> dict[str, int]:
    """When the pollers before and after the writer in task order see the word it writes."""
    stage = Stage()
    word = stage.layout.word("word", 0)

    def poller() -> Routine:
        return polls(word)

    def writer() -> Routine:
        yield sleep(19)
        yield write(word, 1)

    for body in (poller, writer, poller):
        stage.task(body)
    seen = {task: at_us for at_us, task, result in marks(stage, park=park) if result == 1}
    return {task: at_us // TICK_US for task, at_us in seen.items()}


def test_a_change_reaches_only_later_tasks_in_the_tick_it_is_made_in() -> None:
    for park in (True, False):
        assert polled_by_both_sides(park=park) == {"t0": 22, "t2": 20}


def test_a_poll_that_draws_by_chance_is_never_parked() -> None:
    stage = Stage()
    lock = stage.layout.mutex("lock", polled=True)

    def holder() -> Routine:
        yield mutex_lock(lock)
        yield sleep(50)
        yield mutex_unlock(lock)

    def poller() -> Routine:
        while True:
            yield io(1, 2)
            got = yield mutex_trylock(lock)
            if got:
                break
            yield sleep(1)

    stage.task(holder)
    stage.task(poller)
    clock = clocked(stage.model, 0, 1_000_000, park=True)
    assert clock.chooser.draws == 27
    assert not any(event.op == "poll" for event in clock.recorder.events)
