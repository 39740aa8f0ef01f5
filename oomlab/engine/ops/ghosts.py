"""Ghosts: steps that only watch. Nothing in the model ever acts on what they write.

A property such as "no answer is credited to a request it was not made for" is not visible in the
kernel's own variables. Ghost words remember what is needed to see it, and what was seen.
"""

from __future__ import annotations

from collections.abc import Hashable

from oomlab.engine.ops.core import Op, Outcome, Slot, State, meaning, put

SEEN = "ghost: what the watch has seen"
"""Name of the word in which a watch keeps its labels."""

GHOST_KINDS = frozenset(
    {
        "witness",
        "witness_if",
        "witness_if_all",
        "witness_if_owner",
        "ghost_write",
        "ghost_write_if_more",
        "ghost_add",
        "ghost_promote",
    }
)
"""Ops that belong to the step before them: watching takes no time and no turn of its own."""


def witness(seen: Slot, label: str) -> Op:
    """Add `label` to what has been seen, a sorted tuple of labels."""
    return Op("witness", (seen,), (label,))


def witness_if(
    seen: Slot,
    label: str,
    word: Slot,
    value: Hashable,
    *,
    equal: bool = True,
    also: tuple[Slot, Hashable] | None = None,
) -> Op:
    """Add `label` to what has been seen if `word` has `value` (or has not, if `equal` is False) and
    the slot of `also`, if there is one, has the value that stands with it.

    Test and note are one step, so that watching takes no time of its own.
    """
    if also is None:
        return Op("witness_if", (seen, word), (label, value, equal))
    return Op("witness_if", (seen, word, also[0]), (label, value, equal, also[1]))


def ghost_write(word: Slot, value: Hashable) -> Op:
    """Remember `value` in a ghost word."""
    return Op("ghost_write", (word,), (value,))


def ghost_write_if_more(word: Slot, value: Hashable, pool: Slot, pages: int) -> Op:
    """Remember `value` in a ghost word if `pool` holds more than `pages` pages."""
    return Op("ghost_write_if_more", (word, pool), (value, pages))


def witness_if_all(seen: Slot, label: str, words: tuple[Slot, ...], value: Hashable) -> Op:
    """Add `label` to what has been seen if all `words` have `value`."""
    return Op("witness_if_all", (seen, *words), (label, value))


def witness_if_owner(
    seen: Slot, label: str, lock: Slot, words: tuple[tuple[int, Slot], ...], value: Hashable
) -> Op:
    """Add `label` to what has been seen if the task that owns the mutex `lock` has `value` in its
    word; `words` are pairs of a task's number and its word."""
    tasks = tuple(task for task, _ in words)
    return Op("witness_if_owner", (seen, lock, *(w for _, w in words)), (label, value, tasks))


def ghost_add(word: Slot, number: int) -> Op:
    """Add `number` to a ghost counter."""
    return Op("ghost_add", (word,), (number,))


def ghost_promote(words: tuple[Slot, ...], before: Hashable, after: Hashable) -> Op:
    """Set to `after` every ghost word that is `before`."""
    return Op("ghost_promote", words, (before, after))


def _with(state: State, seen: Slot, label: object) -> list[Outcome]:
    labels = state[seen.index]
    assert isinstance(labels, tuple)
    if label in labels:
        return [Outcome(state)]
    return [Outcome(put(state, seen, tuple(sorted((*labels, label)))))]


@meaning("witness", "word", "notes what can be seen here", "watch")
def _witness(state: State, task: int, op: Op) -> list[Outcome]:
    return _with(state, op.slots[0], op.args[0])


@meaning("witness_if", "word", "notes what can be seen here", "watch")
def _witness_if(state: State, task: int, op: Op) -> list[Outcome]:
    seen, word, *others = op.slots
    label, value, equal, *values = op.args
    if (state[word.index] == value) != equal:
        return [Outcome(state)]
    if any(state[o.index] != v for o, v in zip(others, values, strict=True)):
        return [Outcome(state)]
    return _with(state, seen, label)


@meaning("witness_if_all", "word", "notes what can be seen here", "watch")
def _witness_if_all(state: State, task: int, op: Op) -> list[Outcome]:
    seen, *words = op.slots
    label, value = op.args
    if any(state[word.index] != value for word in words):
        return [Outcome(state)]
    return _with(state, seen, label)


@meaning("witness_if_owner", "word", "notes what can be seen here", "watch")
def _witness_if_owner(state: State, task: int, op: Op) -> list[Outcome]:
    seen, lock, *words = op.slots
    label, value, tasks = op.args
    assert isinstance(tasks, tuple)
    owner = state[lock.index]
    if owner not in tasks or state[words[tasks.index(owner)].index] != value:
        return [Outcome(state)]
    return _with(state, seen, label)


@meaning("ghost_add", "word", "notes what can be seen here", "watch")
def _ghost_add(state: State, task: int, op: Op) -> list[Outcome]:
    (word,) = op.slots
    before, number = state[word.index], op.args[0]
    assert isinstance(before, int) and isinstance(number, int)
    return [Outcome(put(state, word, before + number))]


@meaning("ghost_write", "word", "notes what can be seen here", "watch")
def _ghost_write(state: State, task: int, op: Op) -> list[Outcome]:
    return [Outcome(put(state, op.slots[0], op.args[0]))]


@meaning("ghost_write_if_more", "word", "notes what can be seen here", "watch")
def _ghost_write_if_more(state: State, task: int, op: Op) -> list[Outcome]:
    (word, pool), (value, pages) = op.slots, op.args
    held = state[pool.index]
    assert isinstance(held, int) and isinstance(pages, int)
    return [Outcome(put(state, word, value) if held > pages else state)]


@meaning("ghost_promote", "word", "notes what can be seen here", "watch")
def _ghost_promote(state: State, task: int, op: Op) -> list[Outcome]:
    before, after = op.args
    for word in op.slots:
        if state[word.index] == before:
            state = put(state, word, after)
    return [Outcome(state)]
