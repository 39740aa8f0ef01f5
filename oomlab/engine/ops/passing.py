"""Time, chance and messages: what no other task can notice."""

from __future__ import annotations

from collections.abc import Hashable

from oomlab.engine.ops.core import Op, Outcome, State, meaning

TIME_KINDS = frozenset({"sleep", "io", "cost"})
"""Ops that only let time pass: always possible, never change the shared state."""

LOCAL_KINDS = TIME_KINDS | {"log", "note"}
"""Ops that no other task can notice."""


def sleep(jiffies: int) -> Op:
    """Sleep until the timer wheel says that `jiffies` have passed (Linux schedule_timeout): at
    least so many whole ones."""
    return Op("sleep", (), (jiffies,))


def io(low_us: int, high_us: int) -> Op:
    """Wait for a device for `low_us` to `high_us` microseconds, drawn anew each time."""
    return Op("io", (), (low_us, high_us))


def cost(microseconds: int, most_us: int | None = None) -> Op:
    """Spend `microseconds` of CPU time, or from so many to `most_us`, drawn anew each time."""
    return Op("cost", (), (microseconds,) if most_us is None else (microseconds, most_us))


def choose(options: int, why: str) -> Op:
    """Result: a number below `options`; `why` says what is undecided."""
    return Op("choose", (), (options, why))


def log(message: str) -> Op:
    """Print a line to the kernel log."""
    return Op("log", (), (message,))


def note(what: str, value: Hashable) -> Op:
    """Write `value` into the trace and nowhere else, for those who read traces: the lock-order
    graph must know with which flags a page is asked for."""
    return Op("note", (), (what, value))


def _no_effect(state: State, task: int, op: Op) -> list[Outcome]:
    return [Outcome(state)]


for _kind, _does, _order in (
    ("sleep", "lets time pass", "nap"),
    ("io", "lets time pass", "wait for a device"),
    ("cost", "works for a while", "work for a while"),
    ("log", "says something", "say something"),
    ("note", "says something", "say something"),
):
    meaning(_kind, "", _does, _order)(_no_effect)


@meaning("choose", "", "takes one of several ways", "take one of several ways")
def _choose(state: State, task: int, op: Op) -> list[Outcome]:
    options = op.args[0]
    assert isinstance(options, int)
    return [Outcome(state, i) for i in range(options)]
