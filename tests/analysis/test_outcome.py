"""What a run cost, read from traces written by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from oomlab import run
from oomlab.analysis.episodes.function_calls import ALLOCATOR
from oomlab.analysis.outcome import failed_allocations, kills, pages_returned
from oomlab.engine.slots import Facts
from oomlab.engine.trace.events import Event, Json, SlotInfo, TaskInfo, Trace, Waiting

Told = tuple[str, tuple[str, ...], str, str, Json, dict[str, Json]]


def trace(*told: Told) -> Trace:
    """(task, functions, op, on, result, changes) at one microsecond after the other."""
    events = [
        Event(at_us, task, ("main", *stack), op, on, "done", result, changes)
        for at_us, (task, stack, op, on, result, changes) in enumerate(told)
    ]
    tasks = tuple(TaskInfo(name, "asks", True) for name in ("a", "b"))
    slots = (
        SlotInfo("free", "pool", 0),
        SlotInfo("SIGKILL for big", "word", 0, Facts(role="kill", of="big")),
    )
    last = {task: stack for task, stack, *_ in told}
    waiting = tuple(
        Waiting(task, "oom_lock", "", 0, "polls")
        for task, stack in last.items()
        if ALLOCATOR in stack
    )
    return Trace(
        "s",
        "r",
        {},
        0,
        "clock",
        250,
        tasks,
        slots,
        tuple(events),
        "completed",
        len(events),
        waiting,
    )


def asks(task: str, got: bool, *inside: str) -> Told:
    return task, (*inside, ALLOCATOR), "take_page", "free", got, {}


def tries_again(task: str, got: bool, *inside: str) -> Told:
    """A further attempt of the same request, from within a function of the allocator."""
    return task, (*inside, ALLOCATOR, "slow path"), "take_page", "free", got, {}


def works(task: str, *inside: str) -> Told:
    return task, inside, "cost", "", None, {}


@pytest.mark.parametrize(
    ("told", "failed"),
    [
        pytest.param([asks("a", False), works("a")], 1, id="one"),
        pytest.param([asks("a", False), asks("a", False), works("a")], 2, id="two in a row"),
        pytest.param([asks("a", False), tries_again("a", False), works("a")], 1, id="two attempts"),
        pytest.param(
            [asks("a", False), tries_again("a", True), works("a")], 0, id="got in the end"
        ),
        pytest.param([asks("a", False), asks("a", True), works("a")], 1, id="then one with a page"),
        pytest.param([asks("a", False), asks("b", True), works("b")], 0, id="still under way"),
        pytest.param(
            [asks("a", False), asks("b", False), works("a"), works("b")], 2, id="two tasks at once"
        ),
        pytest.param(
            [asks("a", False), asks("a", False, ALLOCATOR), tries_again("a", True)],
            1,
            id="one within one that gets its page",
        ),
        pytest.param(
            [asks("a", False), asks("a", True, ALLOCATOR), works("a")],
            1,
            id="the inner one gets its page",
        ),
    ],
)
def test_each_request_that_came_back_empty_handed_counts_once(
    told: list[Told], failed: int
) -> None:
    assert failed_allocations(trace(*told)) == failed


def test_pages_count_as_returned_when_a_listener_lets_them_come_free() -> None:
    """A real run, and what would be added to it by one more event of each kind."""
    real = run("h3b-ccw-config-write", "mainline")
    assert pages_returned(real) == 256
    moves = [e for e in real.events if e.op == "move" and e.result]
    (back,) = (e for e in moves if "free" in e.changes and "leaving" in e.on)
    on_the_way = replace(back, changes={"elsewhere": 1})
    reclaimed = replace(back, on="reclaimable")
    for more, returned in ((back, 512), (on_the_way, 256), (reclaimed, 256)):
        assert pages_returned(replace(real, events=(*real.events, more))) == returned


def test_a_kill_is_a_signal_that_was_sent() -> None:
    told = trace(
        ("a", (), "read", "SIGKILL for big", 0, {}),
        ("a", (), "write", "SIGKILL for big", None, {"SIGKILL for big": 1}),
        ("a", (), "write", "TIF_MEMDIE of big", None, {}),
    )
    assert [event.at_us for event in kills(told)] == [1]
