"""Exact and cheap polling.

A task that polls (try, sleep a jiffy, try again) does the same thing each time until something it
reads changes. Once two iterations in a row were equal and harmless it is *parked*: no more events,
until one of the slots it reads changes; then it resumes exactly where the polls would have been.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from oomlab.engine.ops import Op, Slot


class Step(NamedTuple):
    """An op of the current iteration: when (microseconds after its first), and what it gave.

    `changes` says how often the shared state had changed by then, `stack` is the call stack.
    """

    offset_us: int
    op: Op
    result: Any
    changes: int
    stack: tuple[str, ...]


@dataclass(slots=True)
class Iteration:
    """What a task has done since its last sleep ended.

    `harmless` stays true while nothing was written, nothing drawn by chance and nothing waited for.
    `raw` has the steps as plain tuples, which are quicker to make; few are ever looked at. `after`
    is where the task stood before it, about to sleep.
    """

    began_us: int
    raw: list[tuple[int, Op, Any, int, tuple[str, ...]]] = field(default_factory=list)
    harmless: bool = True
    after: object = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps so far."""
        return tuple(map(Step._make, self.raw))

    def signature(
        self, now_us: int, where: object, jiffies: tuple[Hashable, ...]
    ) -> tuple[Any, ...]:
        """Equal for two iterations that did the same thing in the same time and stand at the same
        place again."""
        steps = tuple([step[:3] for step in self.raw])
        return (now_us - self.began_us, jiffies, where, steps)


@dataclass(slots=True)
class Parked:
    """A parked task: its iteration, when the first skipped one would begin, and its period.

    `tries`: how often it tried a lock since it was parked and before `first_us`, not counting
    `last`, the iteration that was under way when what it reads changed: when that began, and its
    steps. `stand` and `jiffies`: where the task stands, about to sleep, and for how long.
    """

    task: int
    steps: tuple[Step, ...]
    first_us: int
    period_us: int
    stand: object
    jiffies: int
    tries: int = 0
    last: tuple[int, tuple[Step, ...]] | None = None
    slots: set[Slot] = field(init=False)

    def __post_init__(self) -> None:
        self.slots = {slot for step in self.steps for slot in step.op.slots}

    def resume_at(self, now_us: int, served: int) -> tuple[int, tuple[Step, ...], int, int]:
        """Where the polls stand when a slot changes at `now_us` while task `served` is served.

        Result: (tries in whole iterations, the iteration to go on with, when that began, number of
        its steps that are already over). A step at this very instant is over if this task's turn
        comes before the served one's.
        """

        def over(at_us: int) -> bool:
            return at_us < now_us or (at_us == now_us and self.task < served)

        if self.last is not None and now_us < self.first_us:
            start, steps = self.last
            done = sum([over(start + step.offset_us) for step in steps])
            if done < len(steps):
                return self.tries, steps, start, done
            return self.tries + tries(steps), self.steps, self.first_us, 0
        tried = self.tries + (tries(self.last[1]) if self.last else 0)
        skipped = max(0, (now_us - self.first_us) // self.period_us)
        start = self.first_us + skipped * self.period_us
        done = sum([over(start + step.offset_us) for step in self.steps])
        if done == len(self.steps):
            skipped, start, done = skipped + 1, start + self.period_us, 0
        return tried + skipped * tries(self.steps), self.steps, start, done


def tries(steps: tuple[Step, ...]) -> int:
    """How many of them are tries for a lock."""
    return sum([step.op.kind == "mutex_trylock" for step in steps])


def lock_polled(steps: tuple[Step, ...]) -> Slot | None:
    """The lock that an iteration tried in vain, if any."""
    for step in steps:
        if step.op.kind == "mutex_trylock" and step.result is False:
            return step.op.slots[0]
    return None
