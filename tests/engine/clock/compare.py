"""Runs of a clock that is looked at afterwards; parked ones against the same with every poll."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from oomlab.engine.chooser import Chooser
from oomlab.engine.clock import ending
from oomlab.engine.clock.engine import Clock
from oomlab.engine.clock.recurrence import Recurrence
from oomlab.engine.model import Model
from oomlab.engine.stage import Stage
from oomlab.engine.trace.events import Event

FAR_US = 10_000_000
"""Later than anything here ends that does."""


class NeverRecurs(Recurrence):
    """Lets a run go on to its limit although it goes round in circles."""

    def seen(self, clock: Clock, task: int) -> bool:
        return False


def clocked(
    build: Callable[[], Model],
    seed: int,
    limit_us: int,
    *,
    park: bool,
    circles: bool = True,
    foresee: bool = False,
) -> Clock:
    """A finished run of a fresh model; `circles`: run on even if a state comes back."""
    clock = Clock(build(), Chooser(seed, {}), limit_us, park=park, foresee=foresee)
    if circles:
        clock.recurrence = NeverRecurs()
    clock.run()
    return clock


def verdict(stage: Stage, *, park: bool = True, limit_us: int = FAR_US) -> str:
    """How a run of these tasks ends."""
    return ending.verdict(clocked(stage.model, 0, limit_us, park=park, circles=False))


def assert_same_story(parked: Clock, naive: Clock) -> int:
    """Hold a parked run against one that simulates every poll. Result: how many tries it skipped.

    The parked run's events are those of the naive run in the same order, but for polls of tasks
    that are parked at that moment; of these as many tries fail in the naive run as the parked run
    says it skipped.
    """
    skipped = 0
    open_tries: dict[str, int] = {}
    waking: set[str] = set()
    polls = iter(naive.recorder.events)
    number = {actor.name: actor.index for actor in parked.model.actors}
    events = parked.recorder.events
    last_real = max((i for i, e in enumerate(events) if e.op != "poll"), default=-1)

    def leave_out(event: Event) -> None:
        if event.op == "sleep" and event.task in waking:
            return  # the end of the round in which it was unparked
        assert event.task in open_tries, f"the parked run lacks {event}"
        assert is_poll(event), f"the parked run lacks {event}"
        open_tries[event.task] += event.op == "mutex_trylock"

    for i, event in enumerate(events):
        if event.condition == "polling":
            assert event.task not in open_tries, f"parked twice: {event}"
            open_tries[event.task] = 0
        elif event.condition == "polled":
            if i > last_real:
                # What is left is what the tasks still parked did up to the end.
                here = (parked.now_us, parked.served)
                while rest := next(polls, None):
                    if (rest.at_us, number[rest.task]) >= here:
                        polls = chain([rest], polls)
                        break
                    leave_out(rest)
            tries = open_tries.pop(event.task)
            waking.add(event.task)
            assert tries == event.result, f"{tries} tries instead of {event}"
            skipped += tries
        else:
            for other in polls:
                if other == event:
                    break
                leave_out(other)
            else:
                raise AssertionError(f"the naive run lacks {event}")
            waking.discard(event.task)
    return skipped


def is_poll(event: Event) -> bool:
    """Can this step be left out without loss?"""
    return event.condition in ("done", "sleeps") and not event.changes and event.op != "log"
