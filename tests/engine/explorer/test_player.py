"""You are the scheduler: one step at a time, and a reason where a step is impossible."""

from __future__ import annotations

import pytest

from oomlab.engine.explorer.counterexample import ScheduledMove
from oomlab.engine.explorer.player import ImpossibleStep, Player
from oomlab.engine.ops import (
    Routine,
    choose,
    cost,
    down_read,
    down_write,
    log,
    sleep,
    wait_for,
    write,
)
from oomlab.engine.stage import Stage
from oomlab.errors import InputError
from tests.engine.small import crossing


def test_a_deadlock_by_hand() -> None:
    player = Player(crossing().model())
    assert player.ready() == [0, 1]
    player.step(ScheduledMove(0))
    player.step(ScheduledMove(1))
    assert player.ready() == []
    assert not player.ended
    assert [(w.task, w.waits_for, w.held_by, w.since_us) for w in player.waiting()] == [
        ("one", "B", "other", 2),
        ("other", "A", "one", 2),
    ]


def test_to_the_end_by_hand() -> None:
    player = Player(crossing().model())
    for task in (0, 0, 0, 0, 1, 1, 1, 1):
        player.step(ScheduledMove(task))
    assert player.ended
    assert player.waiting() == ()


def test_a_blocked_task_cannot_move_and_the_error_says_who_is_in_the_way() -> None:
    player = Player(crossing().model())
    player.step(ScheduledMove(0))
    player.step(ScheduledMove(0))
    with pytest.raises(ImpossibleStep, match=r"step 3 .*: other waits for B, held by one"):
        player.step(ScheduledMove(1))
    assert player.steps == 2


def test_a_finished_task_cannot_move() -> None:
    player = Player(crossing().model())
    for _ in range(4):
        player.step(ScheduledMove(0))
    with pytest.raises(ImpossibleStep, match="step 5 is impossible: one has finished") as error:
        player.step(ScheduledMove(0))
    assert error.value.step == 5


def test_an_outcome_that_there_is_not() -> None:
    stage = Stage()

    def body() -> Routine:
        yield choose(2, "which way")

    stage.task(body, "one")
    player = Player(stage.model())
    with pytest.raises(ImpossibleStep, match="one has no outcome 2 there"):
        player.step(ScheduledMove(0, 2))


def test_after_a_panic_nothing_moves() -> None:
    stage = Stage()

    def body() -> Routine:
        yield write(stage.panic, 1)
        yield write(stage.panic, 1)

    stage.task(body)
    player = Player(stage.model())
    player.step(ScheduledMove(0))
    assert player.panicked
    assert player.ended
    with pytest.raises(ImpossibleStep, match="the machine has panicked"):
        player.step(ScheduledMove(0))


def test_what_nobody_can_notice_is_no_step() -> None:
    stage = Stage()
    word = stage.layout.word("word", 0)
    private = stage.layout.word("private", 0, private_to=0)

    def body() -> Routine:
        yield write(word, 1)
        yield cost(5)
        yield sleep(5)
        yield log("line")
        yield write(private, 1)
        yield write(word, 2)

    stage.task(body)
    player = Player(stage.model())
    player.step(ScheduledMove(0))
    player.step(ScheduledMove(0))
    assert player.ended
    assert player.steps == 2
    assert [e.at_us for e in player.recorder.events] == [1, 1, 1, 1, 1, 2]


def test_a_private_slot_of_somebody_else_is_a_step() -> None:
    stage = Stage()
    word = stage.layout.word("word", 0, private_to=1)

    def body() -> Routine:
        yield write(word, 1)
        yield write(word, 2)

    stage.task(body)
    player = Player(stage.model())
    player.step(ScheduledMove(0))
    assert not player.ended


def test_background_tasks_stand_at_their_first_wait() -> None:
    stage = Stage()
    word, ready = stage.layout.word("word", 0), stage.layout.word("ready", 0)

    def device() -> Routine:
        yield write(ready, 1)
        while True:
            yield wait_for(word, 1)
            yield write(word, 0)

    def body() -> Routine:
        yield write(word, 1)

    stage.task(device, "device", serves=True)
    stage.task(body, "body")
    player = Player(stage.model())
    assert player.state[ready.index] == 1
    assert player.ready() == [1]
    assert [w.task for w in player.waiting()] == ["body"]  # idle is not waiting
    player.step(ScheduledMove(1))
    assert player.ready() == [0]


def test_semaphores_name_readers_and_writers() -> None:
    stage = Stage()
    semaphore = stage.layout.rwsem("sem")

    def reader() -> Routine:
        yield down_read(semaphore)
        yield wait_for(stage.panic, 1)

    def writer() -> Routine:
        yield down_write(semaphore)

    stage.task(reader, "reader")
    stage.task(writer, "writer")
    player = Player(stage.model())
    player.step(ScheduledMove(0))
    with pytest.raises(ImpossibleStep, match="writer waits for sem, held by reader"):
        player.step(ScheduledMove(1))


def test_an_unknown_task_is_answered_with_all_names() -> None:
    player = Player(crossing().model())
    assert player.task_number("other") == 1
    with pytest.raises(InputError, match="unknown task 'nobody'; valid: one, other"):
        player.task_number("nobody")
