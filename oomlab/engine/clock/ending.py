"""How a timed run ended, and who still waits for what."""

from __future__ import annotations

from oomlab.engine.clock.engine import Clock
from oomlab.engine.clock.live import Live
from oomlab.engine.clock.parking import lock_polled
from oomlab.engine.ops import FREE, RwSemaphore, Slot
from oomlab.engine.trace.events import How, Waiting


def verdict(clock: Clock) -> str:
    """One of `completed`, `recovered`, `deadlock`, `livelock`, `panic`, `time-limit`.

    `recovered`: all done, but a timeout ran out or a process was killed on the way. `deadlock`:
    nothing will ever happen again and somebody is blocked. `livelock`: tasks act for ever and
    nothing comes of it.
    """
    if clock.panicked:
        return "panic"
    if clock.all_done:
        layout = clock.model.layout
        fatal = {s.name for s in layout.slots if layout.facts[s.index].role == "kill"}
        killed = any(e.op == "write" and e.on in fatal for e in clock.recorder.events)
        return "recovered" if clock.timeouts or killed else "completed"
    if clock.recurred and not clock.recurrence.only_polls:
        return "livelock"
    if not clock.recurred and clock.something_is_due:
        return "time-limit"
    blocked = any(live.wait for live in clock.lives if not live.is_idle())
    return "deadlock" if blocked else "livelock"


def waiting(clock: Clock) -> tuple[Waiting, ...]:
    """Every task that has not finished and is not just waiting for work."""
    return tuple(
        _waiting(clock, live) for live in clock.lives if not live.finished and not live.is_idle()
    )


def _waiting(clock: Clock, live: Live) -> Waiting:
    name = live.actor.name
    if live.wait is not None:
        slot = live.wait.op.slots[0]
        how: How = "spins" if live.wait.op.kind == "spin_lock" else "blocks"
        return Waiting(name, slot.name, _holder(clock, slot), live.wait.since_us, how)
    if live.polls_since_us is not None:
        slot = _polled(live, clock)
        return Waiting(name, slot.name, _holder(clock, slot), live.polls_since_us, "polls")
    return Waiting(name, "time to pass", "", clock.now_us, "sleeps")


def _polled(live: Live, clock: Clock) -> Slot:
    steps = live.parked.steps if live.parked else live.iteration.steps
    lock = lock_polled(steps)
    if lock is not None:
        return lock
    for event in reversed(clock.recorder.events):
        if event.task == live.actor.name and event.op == "mutex_trylock":
            return next(s for s in clock.model.layout.slots if s.name == event.on)
    raise AssertionError("a task that polls has tried a lock")


def _holder(clock: Clock, slot: Slot) -> str:
    value = clock.state[slot.index]
    if slot.kind == "mutex" and isinstance(value, int) and value != FREE:
        return clock.model.task_name(value)
    if isinstance(value, RwSemaphore):
        holders = value.readers if value.writer == FREE else (value.writer,)
        return ", ".join(clock.model.task_name(holder) for holder in holders)
    return ""
