"""Reading the ops of a routine off its known way changes no run; the routine is left alone."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from oomlab.engine.clock import ending, live
from oomlab.engine.clock.engine import Clock
from oomlab.engine.clock.way import FINISHED, KnownWay, Stand, Walker
from oomlab.engine.ops import Routine, cost, mutex_lock, mutex_trylock, mutex_unlock, sleep, write
from oomlab.engine.routines import LocalState, Position, call_stack, local_state, position
from oomlab.engine.stage import Stage
from oomlab.remedies import REMEDIES, Remedy
from oomlab.scenarios import SCENARIOS
from tests.engine.clock.compare import clocked

ROUNDS = 50
rounds_run: list[str] = []
"""A global, because a routine's variables are part of where it stands."""


def polled_stage() -> Stage:
    """A lock held for 100 ticks and somebody who polls it, which is half as often; in `rounds_run`
    as often as it runs."""
    stage = Stage()
    lock, word = stage.layout.mutex("lock", polled=True), stage.layout.word("word", "")

    def holder() -> Routine:
        yield mutex_lock(lock)
        yield cost(8000 * ROUNDS - 2000)
        yield mutex_unlock(lock)

    def poller() -> Routine:
        while True:
            rounds_run.append("")
            locked = yield mutex_trylock(lock)
            if locked:
                break
            yield cost(100)
            yield sleep(1)
        yield write(word, "done")
        yield mutex_unlock(lock)

    stage.task(holder)
    stage.task(poller)
    return stage


class Plain(Walker):
    """A task whose routine is run at every step."""

    def __init__(self, way: KnownWay) -> None:
        super().__init__(way)
        self.routine = way.actor.body()

    def go_on(self, result: Any) -> Stand:
        try:
            op = self.routine.send(result)
        except StopIteration:
            self.stand = FINISHED
        else:
            self.stand = Stand(op, call_stack(self.routine))
        return self.stand

    def place(self) -> LocalState | Stand:
        if self.stand is None or self.stand.op is None:
            return FINISHED
        return local_state(self.routine, self.stand.op)

    def position(self) -> Position:
        return position(self.routine)


def without_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on every routine is run at every step."""
    monkeypatch.setattr(live, "Walker", Plain)


def story(clock: Clock) -> tuple[object, ...]:
    """All that leaves a run."""
    return clock.recorder.events, ending.verdict(clock), ending.waiting(clock), clock.now_us


def test_a_routine_that_circles_is_left_standing_and_goes_on_where_it_should(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rounds_run.clear()
    walked = clocked(polled_stage().model, 0, 1_000_000, park=False)
    assert len(rounds_run) < 12  # some of them again, to come to where something new happens
    rounds_run.clear()
    without_ways(monkeypatch)
    plain = clocked(polled_stage().model, 0, 1_000_000, park=False)
    assert len(rounds_run) == ROUNDS + 1
    assert story(walked) == story(plain)
    assert any(event.changes == {"word": "done"} for event in walked.recorder.events)


@pytest.mark.parametrize("park", [True, False])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_known_way_changes_no_run(
    scenario: str, park: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = SCENARIOS[scenario]
    settings = found.settle({}, "clock")

    def one(remedy: Remedy, circles: bool) -> tuple[object, ...]:
        build = partial(found.build, settings, remedy)
        return story(clocked(build, 5, 700_000, park=park, circles=circles))

    def stories() -> list[tuple[object, ...]]:
        return [one(r, circles) for r in REMEDIES.values() for circles in (True, False)]

    walked = stories()
    without_ways(monkeypatch)
    assert walked == stories()
