"""A mutex that is free belongs to nobody yet: whoever runs may have it before who was woken runs,
and not twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomlab import run
from oomlab.analysis import longest_wait_us
from oomlab.engine.clock import ending
from oomlab.engine.clock.engine import Clock
from oomlab.engine.model import Model
from oomlab.engine.ops import (
    Routine,
    Slot,
    cost,
    mutex_lock,
    mutex_lock_killable,
    mutex_trylock,
    mutex_unlock,
    sleep,
    write,
)
from oomlab.engine.stage import Stage
from tests.engine.clock.compare import assert_same_story, clocked
from tests.random_models import Recipe, random_recipe

WAKE_US = 50


def owners(clock: Clock) -> list[str]:
    """Who had the mutex, one after the other."""
    events = clock.recorder.events
    locks = ("mutex_lock", "mutex_lock_killable", "mutex_trylock")
    return [
        e.task
        for e in events
        if e.op in locks and e.condition == "done" and e.result in (None, True)
    ]


def busy(lock: Slot, away_us: int, rounds: int) -> Routine:
    """Hold the mutex for a while, again and again, `away_us` apart."""
    for _ in range(rounds):
        yield mutex_lock(lock)
        yield cost(1000)
        yield mutex_unlock(lock)
        yield cost(away_us)


def once(lock: Slot, at_us: int) -> Routine:
    yield cost(at_us)
    yield mutex_lock(lock)
    yield mutex_unlock(lock)


def contended(away_us: int, wake_us: int = WAKE_US, waiters: int = 1) -> Stage:
    stage = Stage()
    stage.wake_us = wake_us
    lock = stage.layout.mutex("lock")
    stage.task(lambda: busy(lock, away_us, 4), "busy")
    for number in range(waiters):
        stage.task(lambda number=number: once(lock, 10 + number), f"waiter{number}")  # type: ignore[misc]
    return stage


def test_who_comes_back_before_the_waiter_runs_has_the_mutex_again_but_once() -> None:
    """A microsecond is less than any wake-up takes."""
    for seed in range(20):
        clock = clocked(contended(away_us=0).model, seed, 1_000_000, park=True)
        assert owners(clock) == ["busy", "busy", "waiter0", "busy", "busy"], seed


def test_who_comes_back_later_finds_the_waiter_there() -> None:
    for seed in range(20):
        clock = clocked(contended(away_us=WAKE_US + 1).model, seed, 1_000_000, park=True)
        assert owners(clock) == ["busy", "waiter0", "busy", "busy", "busy"], seed


def test_in_between_it_is_chance() -> None:
    found = {
        tuple(owners(clocked(contended(away_us=20).model, seed, 1_000_000, park=True)))
        for seed in range(20)
    }
    assert len(found) == 2


def test_without_a_time_to_wake_up_nobody_steals_who_lets_any_time_pass() -> None:
    clock = clocked(contended(away_us=1, wake_us=0).model, 0, 1_000_000, park=True)
    assert owners(clock)[:2] == ["busy", "waiter0"]


def test_the_mutex_is_handed_to_the_first_and_the_others_keep_their_places() -> None:
    """Each release wakes one waiter; one that was woken in vain is the next owner."""
    clock = clocked(contended(away_us=0, waiters=3).model, 0, 1_000_000, park=True)
    found = owners(clock)
    assert [task for task in found if task != "busy"] == ["waiter0", "waiter1", "waiter2"]
    assert found[:3] == ["busy", "busy", "waiter0"]
    assert ending.verdict(clock) == "completed"


def test_a_handed_mutex_is_held_from_the_release_on() -> None:
    clock = clocked(contended(away_us=0).model, 3, 1_000_000, park=True)
    events = clock.recorder.events
    (taken,) = [
        e for e in events if e.task == "waiter0" and e.op == "mutex_lock" and e.condition == "done"
    ]
    (before,) = [e for e in events if e.op == "mutex_unlock" and e.at_us == taken.at_us]
    assert before.task == "busy"
    (gone,) = [e for e in events if e.task == "waiter0" and e.op == "mutex_unlock"]
    assert 1 <= gone.at_us - taken.at_us <= WAKE_US


def test_a_poller_may_steal_as_well() -> None:
    stage = Stage()
    stage.wake_us = 10_000
    lock = stage.layout.mutex("lock", polled=True)

    def poller() -> Routine:
        while True:
            got = yield mutex_trylock(lock)
            if got:
                break
            yield sleep(1)
        yield mutex_unlock(lock)

    def holder() -> Routine:
        yield mutex_lock(lock)
        yield cost(15_999)
        yield mutex_unlock(lock)

    stage.task(holder, "holder")
    stage.task(lambda: once(lock, 10), "waiter")
    stage.task(poller, "poller")
    assert owners(clocked(stage.model, 0, 1_000_000, park=True)) == ["holder", "poller", "waiter"]


def test_a_signal_ends_the_wait_of_who_was_woken_in_vain() -> None:
    stage = Stage()
    stage.wake_us = WAKE_US
    lock, signal = stage.layout.mutex("lock"), stage.layout.word("signal", 0)
    got = stage.layout.word("got", "")

    def killed() -> Routine:
        yield cost(10)
        locked = yield mutex_lock_killable(lock, signal)
        yield write(got, locked)

    def killer() -> Routine:
        yield cost(1500)
        yield write(signal, 1)

    stage.task(lambda: busy(lock, 0, 4), "busy")
    stage.task(killed, "killed")
    stage.task(killer, "killer")
    clock = clocked(stage.model, 0, 1_000_000, park=True)
    assert clock.state[got.index] is False
    assert owners(clock) == ["busy"] * 4 and ending.verdict(clock) == "completed"


@pytest.mark.parametrize("wake_us", [1, 3000])
def test_parked_and_naive_runs_agree_where_mutexes_are_stolen(wake_us: int) -> None:
    for number in range(40):
        recipe = random_recipe(number, tasks=(3, 6), length=8, polling=6, stirring=40)

        def build(recipe: Recipe = recipe) -> Model:
            return replace(recipe.build(), wake_us=wake_us)

        parked, naive = (clocked(build, number, 400_000, park=park) for park in (True, False))
        try:
            assert_same_story(parked, naive)
        except AssertionError as error:
            raise AssertionError(f"random model {number}: {error}") from error


def longest_us(seed: int, **given: int) -> int:
    """How long a callback waited for balloon_lock at most, beside a worker that naps with it."""
    return longest_wait_us(run("h6-nap-under-lock", given=given, seed=seed), "hog", "balloon_lock")


def test_two_rounds_of_the_balloon_in_a_row_while_a_caller_waits() -> None:
    assert max(longest_us(seed) for seed in range(4)) > 400_000
    assert max(longest_us(seed, wake_us=0) for seed in range(4)) < 220_000
