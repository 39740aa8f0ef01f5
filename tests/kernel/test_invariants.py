"""At every step of every run: pages are conserved, a lock has one owner, only the owner unlocks."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oomlab import run
from oomlab.engine.chooser import Chooser
from oomlab.engine.clock.engine import Clock
from oomlab.engine.explorer.counterexample import ScheduledMove
from oomlab.engine.explorer.player import Player
from oomlab.engine.explorer.search import search
from oomlab.engine.explorer.space import Space
from oomlab.engine.ops import Routine, Slot, mutex_lock, mutex_unlock, read, sleep, write
from oomlab.engine.stage import Stage
from oomlab.engine.trace.events import Trace
from oomlab.errors import ModelError
from oomlab.remedies import REMEDIES
from oomlab.scenarios import REVIEW, SCENARIOS, find_scenario
from tests.drawn import settings_for

WHERE = st.sampled_from([(s, r) for s in (*SCENARIOS, *REVIEW) for r in REMEDIES])


def check_trace(trace: Trace) -> None:
    """The rules again, from outside: read from the events alone."""
    values = {slot.name: slot.initial for slot in trace.slots}
    pools = [slot.name for slot in trace.slots if slot.kind == "pool"]
    mutexes = {slot.name for slot in trace.slots if slot.kind == "mutex"}
    pages = sum(values[name] for name in pools)
    for event in trace.events:
        for name, value in event.changes.items():
            if name in mutexes:
                # Taken when free and by the acting task, or released by its owner.
                assert {values[name], value} == {"", event.task}, event
        values |= event.changes
        assert sum(values[name] for name in pools) == pages, event
        assert all(values[name] >= 0 for name in pools), event


@settings(max_examples=60)
@given(where=WHERE, seed=st.integers(0, 99), data=st.data())
def test_timed_runs_keep_the_rules(where: tuple[str, str], seed: int, data: st.DataObject) -> None:
    scenario, remedy = where
    chosen = data.draw(settings_for(find_scenario(scenario), limit_s=1.0))
    check_trace(run(scenario, remedy, chosen, seed))


@settings(max_examples=40)
@given(where=WHERE, seed=st.integers(0, 99), data=st.data())
def test_schedules_at_random_keep_the_rules(
    where: tuple[str, str], seed: int, data: st.DataObject
) -> None:
    scenario, remedy = where
    found = find_scenario(scenario)
    chosen = found.settle(data.draw(settings_for(found, limit_s=1.0)), "clock")
    player = Player(found.build(chosen, REMEDIES[remedy]))
    random = Random(seed)
    for _ in range(300):
        ready = player.ready()
        if not ready or player.panicked:
            break
        task = random.choice(ready)
        player.step(ScheduledMove(task, random.randrange(len(player.options(task)))))
        # check() has been called at every step; a lock's owner is a task that there is.
        for slot in player.model.layout.slots:
            if slot.kind == "mutex":
                owner = player.state[slot.index]
                assert isinstance(owner, int)
                assert -1 <= owner < len(player.model.actors)


def move_half(source: Slot, target: Slot) -> Routine:
    """A broken way of moving a page: read, then write, as if nobody else were there."""
    pages = yield read(source)
    yield write(source, pages - 1)


def losing_pages() -> Stage:
    stage = Stage()
    free, used = stage.layout.pool("free", 5, role="free"), stage.layout.pool("used", role="kept")
    stage.task(lambda: move_half(free, used))
    return stage


def unlocking_for_others() -> Stage:
    stage = Stage()
    lock = stage.layout.mutex("lock")

    def owner() -> Routine:
        yield mutex_lock(lock)
        yield sleep(10)
        yield mutex_unlock(lock)

    def thief() -> Routine:
        yield sleep(1)
        yield mutex_unlock(lock)

    stage.task(owner)
    stage.task(thief)
    return stage


@pytest.mark.parametrize(
    ("broken", "why"),
    [(losing_pages, "4 pages where there were 5"), (unlocking_for_others, "does not hold")],
)
def test_a_broken_routine_is_caught_by_every_engine(broken: Callable[[], Stage], why: str) -> None:
    with pytest.raises(ModelError, match=why):
        Clock(broken().model(), Chooser(0, {}), 1_000_000).run()
    with pytest.raises(ModelError, match=why):
        search(Space(broken().model()), "any", 1000)
    player = Player(broken().model())
    with pytest.raises(ModelError, match=why):
        while True:
            player.step(ScheduledMove(player.ready()[-1]))


def test_a_listener_that_changes_the_free_count_by_reading_and_writing_it_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = SCENARIOS["h2-three-task-poll"]
    chosen = found.settle({"give_back_pages": 512}, "clock")
    model = found.build(chosen, REMEDIES["mainline"])
    (free,) = [slot for slot in model.layout.slots if slot.name == "free"]

    def credit_pages(freed: Slot, pages: int) -> Routine:
        before = yield read(free)
        yield write(free, before + pages)

    monkeypatch.setattr("oomlab.listeners.virtio_balloon.add_freed", credit_pages)
    with pytest.raises(ModelError, match="pages where there were"):
        Clock(model, Chooser(0, chosen), 20_000_000).run()
