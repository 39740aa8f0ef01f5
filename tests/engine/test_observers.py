"""Observers stand outside the routines, and what they do belongs to the step before."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from oomlab import explore, run
from oomlab.engine import ops
from oomlab.engine.clock import run_model
from oomlab.engine.explorer import explore_model
from oomlab.engine.explorer.ghosts import witnessed
from oomlab.engine.explorer.plain import Naive
from oomlab.engine.model import Actor, Layout, Model
from oomlab.engine.observers import Moment, Observer
from oomlab.engine.ops.ghosts import SEEN
from oomlab.errors import ModelError
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
    return Model(layout, actors, panicked, 250, (observer,) if look else ())


def test_both_engines_are_told_the_same() -> None:
    found = explore_model(model())
    assert set(witnessed(found.graph)) == {"both inside", "three"}
    trace = run_model(model())
    assert set(trace.values_at(trace.ended_at_us)[SEEN]) <= {"both inside", "three"}


def test_the_plain_explorer_sees_the_same() -> None:
    """It makes states of what the quick one leaves out, and has every state that that one has."""
    naive, quick = Naive(model()), explore_model(model()).graph
    assert {quick.space.shared(state) for state in quick.states} <= {key[0] for key in naive.plain}
    labels = [
        label
        for label in ("both inside", "three", "lost")
        if any(label in str(key[0][3]) for key in naive.plain)
    ]
    assert set(labels) == set(witnessed(quick))


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
