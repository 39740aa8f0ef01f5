"""Observers stand outside the routines, and what they do belongs to the step before."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cache

import pytest

from oomlab import explore, run
from oomlab.engine import ops
from oomlab.engine.clock import run_model
from oomlab.engine.explorer import explore_model
from oomlab.engine.explorer.plain import explore_plainly
from oomlab.engine.explorer.player import Player
from oomlab.engine.explorer.properties import reports, schedule_to
from oomlab.engine.explorer.schedules import play_through
from oomlab.engine.model import Actor, Layout, Model
from oomlab.engine.observers import Moment, Observer
from oomlab.engine.ops.ghosts import SEEN
from oomlab.engine.properties import eventually, never, noted, sometimes
from oomlab.engine.stage import Stage
from oomlab.engine.trace.properties import run_reports
from oomlab.errors import InputError, ModelError
from oomlab.scenarios import REVIEW


def inner(lock: ops.Slot, word: ops.Slot) -> ops.Routine:
    yield ops.mutex_lock(lock)
    before = yield ops.read(word)
    yield ops.write(word, before + 1)
    yield ops.mutex_unlock(lock)


def outer(lock: ops.Slot, word: ops.Slot) -> ops.Routine:
    yield from inner(lock, word)
    yield from inner(lock, word)


def model(look: bool = True, *, do: ops.Op | None = None) -> Model:
    """Two tasks that add to a word under a lock, twice each; they are seen in the same function,
    where one of them waits, and with the value that a write has lost."""
    layout = Layout()
    lock, word, panicked = layout.mutex("lock"), layout.word("word", 0), layout.word("panic", 0)
    seen, inside = layout.word(SEEN, ()), layout.word("ghost: inside", 0)
    observer = Observer()

    def enters(moment: Moment) -> Iterator[ops.Op]:
        yield ops.witness_if(seen, "both inside", inside, 0, equal=False)
        yield ops.ghost_add(inside, 1)

    def leaves(moment: Moment) -> Iterator[ops.Op]:
        yield ops.ghost_add(inside, -1)

    def reads(moment: Moment) -> Iterator[ops.Op]:
        yield from () if do is None else (do,)
        moment.kept["read"] = moment.result

    def writes(moment: Moment) -> Iterator[ops.Op]:
        if moment.kept.pop("read") != moment.result:
            yield ops.witness(seen, "lost")
        if moment.result == 3:
            yield ops.witness(seen, "three")

    observer.enters("outer > *", enters)
    observer.leaves("outer > inner", leaves)
    observer.does("read", word, "inner", reads)
    observer.exchanges(word, "inner", writes)
    actors = [
        Actor(i, name, "counts", lambda: outer(lock, word), True, False, 0)
        for i, name in enumerate(("alice", "bob"))
    ]
    must = (
        never("both inside", noted("both inside")),
        never("lost", noted("lost")),
        sometimes("three", noted("three")),
        sometimes("five", lambda values: values["word"] == 5),
        eventually("four", lambda values: values["word"] == 4),
        eventually("alice has the lock", lambda values: values["lock"] == "alice"),
    )
    return Model(layout, actors, panicked, 250, (observer,) if look else (), must)


def test_both_engines_are_told_the_same() -> None:
    graph = explore_model(model()).graph
    assert {one.name: one.answer for one in reports(graph)} == {
        "both inside": "violated",
        "lost": "holds",
        "three": "holds",
        "five": "violated",
        "four": "holds",
        "alice has the lock": "violated",
    }
    told = run_reports(run_model(model()), graph.space.model.properties)
    assert {one.name: one.answer for one in told} == {
        "both inside": "holds",  # one run after the other
        "lost": "holds",
        "three": "holds",
        "five": "undecided",
        "four": "holds",
        "alice has the lock": "holds",
    }
    assert {one.name: one.count for one in told}["alice has the lock"] == 2


def test_a_schedule_shows_what_is_reported() -> None:
    graph = explore_model(model()).graph
    player = Player(model())
    play_through(player, schedule_to(graph, "both inside", "moves"))
    assert player.recorder.shown(*slot_of(player, SEEN)) == ["both inside"]
    player = Player(model())
    play_through(player, schedule_to(graph, "three"))
    assert "three" in player.recorder.shown(*slot_of(player, SEEN))
    with pytest.raises(InputError, match="none of the states"):
        schedule_to(graph, "lost")
    with pytest.raises(InputError, match="valid: both inside, lost"):
        schedule_to(graph, "six")


def slot_of(player: Player, name: str) -> tuple[ops.Slot, Hashable]:
    slot = next(slot for slot in player.model.layout.slots if slot.name == name)
    return slot, player.state[slot.index]


def test_what_was_not_seen_to_the_end_is_undecided() -> None:
    graph = explore_model(model(), budget=3).graph
    answers = {one.name: one.answer for one in reports(graph)}
    assert answers.pop("both inside") == "violated"  # one state settles that
    assert set(answers.values()) == {"undecided"}


def test_the_plain_search_sees_the_same() -> None:
    """It makes states of what the quick one leaves out, and has every state that that one has."""
    plain, quick = explore_plainly(model()), explore_model(model()).graph
    assert {quick.space.shared(state) for state in quick.states} <= {key[0] for key in plain.moves}
    noted_by_plain = str([key[0][3] for key in plain.moves])
    for label in ("both inside", "three", "lost"):
        count = next(one.count for one in reports(quick) if one.name == label)
        assert (label in noted_by_plain) == (count > 0)


def test_watching_takes_no_turn() -> None:
    seen, unseen = explore_model(model()).graph, explore_model(model(look=False)).graph
    space = seen.space
    moves = {(space.shared(s)[:3], space.local(s, 0) > 0) for s in seen.states}
    others = {(unseen.space.shared(s)[:3], unseen.space.local(s, 0) > 0) for s in unseen.states}
    assert moves == others
    events = [e for e in run_model(model()).events if "ghost" not in e.on]
    assert [(e.at_us, e.task, e.stack) for e in events] == [
        (e.at_us, e.task, e.stack) for e in run_model(model(look=False)).events
    ]


def test_what_is_kept_of_a_task_tells_its_states_apart() -> None:
    """The routine forgets what it has read at once; the observer does not."""
    stage = Stage()
    word, other = stage.layout.word("word", 0), stage.layout.word("other", 0)
    seen = stage.layout.word(SEEN, ())

    def reader() -> ops.Routine:
        yield ops.read(word)
        yield ops.write(other, 1)

    def writer() -> ops.Routine:
        yield ops.write(word, 1)

    def keep(moment: Moment) -> Iterator[ops.Op]:
        yield from ()
        moment.kept["word"] = moment.result

    def tell(moment: Moment) -> Iterator[ops.Op]:
        yield ops.witness(seen, f"read {moment.kept.pop('word')}")

    observer = Observer()
    observer.does("read", word, "reader", keep)
    observer.does("write", other, "reader", tell)
    stage.task(reader)
    stage.task(writer)
    stage.watch(observer)
    for label in ("read 0", "read 1"):
        stage.must(sometimes(label, noted(label)))
    answers = [one.answer for one in reports(explore_model(stage.model()).graph)]
    assert answers == ["holds", "holds"]


def test_an_observer_only_watches() -> None:
    with pytest.raises(ModelError, match="it only watches"):
        run_model(model(do=ops.sleep(1)))


@cache
def passed() -> dict[str, tuple[set[object], set[object]]]:
    """For each scenario of the review: the probes there are, and those that somebody passed."""
    found: dict[str, tuple[set[object], set[object]]] = {}
    for name in REVIEW:
        there, met = found.setdefault(name, (set(), set()))
        for remedy in ("offload", "offload-sequence", "offload-repaired"):
            graph = explore(name, remedy, {"ghosts": 2}, budget=3_000).graph
            for observer in graph.space.model.observers:
                there |= observer.places()
                met |= observer.passed
    return found


def test_no_probe_names_a_place_that_there_is_not() -> None:
    there = set().union(*(there for there, _ in passed().values()))
    met = set().union(*(met for _, met in passed().values()))
    assert len(there) > 20
    never = sorted(map(str, there - met))
    assert not never, f"nobody ever comes to {', '.join(never)}: was a function renamed?"


def test_a_run_that_is_watched_says_what_was_seen() -> None:
    trace = run("h1-two-task-cycle", "offload", {"ghosts": 2})
    assert trace.values_at(trace.ended_at_us)[SEEN]
