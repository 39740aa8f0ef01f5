"""Plain variables."""

from __future__ import annotations

from collections.abc import Hashable

from oomlab.engine.ops.core import Op, Outcome, Slot, State, meaning, put


def read(word: Slot) -> Op:
    """Result: the value of `word`."""
    return Op("read", (word,))


def write(word: Slot, value: Hashable) -> Op:
    """Set `word` to `value`."""
    return Op("write", (word,), (value,))


def swap(word: Slot, value: Hashable) -> Op:
    """Set `word` to `value` atomically. Result: the value before."""
    return Op("swap", (word,), (value,))


def add(word: Slot, number: int) -> Op:
    """Add `number` to a counter atomically. Result: the value after (Linux atomic_add_return)."""
    return Op("add", (word,), (number,))


def push(stack: Slot, value: Hashable) -> Op:
    """Put `value` on top of a stack (a word that holds a tuple), unless it is in there already.
    Result: True if it was put there. A list behind a spinlock."""
    return Op("push", (stack,), (value,))


def pop(stack: Slot) -> Op:
    """Take what is on top of a stack. Result: that value, or None."""
    return Op("pop", (stack,))


@meaning("read", "word", "reads {}", "read: {}")
def _read(state: State, task: int, op: Op) -> list[Outcome]:
    return [Outcome(state, state[op.slots[0].index])]


@meaning("write", "word", "writes {}", "write: {}")
def _write(state: State, task: int, op: Op) -> list[Outcome]:
    return [Outcome(put(state, op.slots[0], op.args[0]))]


@meaning("swap", "word", "exchanges {}", "exchange: {}")
def _swap(state: State, task: int, op: Op) -> list[Outcome]:
    (word,) = op.slots
    return [Outcome(put(state, word, op.args[0]), state[word.index])]


@meaning("add", "word", "counts {}", "count: {}")
def _add(state: State, task: int, op: Op) -> list[Outcome]:
    (word,) = op.slots
    before, number = state[word.index], op.args[0]
    assert isinstance(before, int) and isinstance(number, int)
    return [Outcome(put(state, word, before + number), before + number)]


@meaning("push", "word", "puts something on {}", "put something on {}")
def _push(state: State, task: int, op: Op) -> list[Outcome]:
    (stack,) = op.slots
    values, value = state[stack.index], op.args[0]
    assert isinstance(values, tuple)
    if value in values:
        return [Outcome(state, False)]
    return [Outcome(put(state, stack, (value, *values)), True)]


@meaning("pop", "word", "takes something from {}", "take something from {}")
def _pop(state: State, task: int, op: Op) -> list[Outcome]:
    (stack,) = op.slots
    values = state[stack.index]
    assert isinstance(values, tuple)
    if not values:
        return [Outcome(state, None)]
    return [Outcome(put(state, stack, values[1:]), values[0])]
