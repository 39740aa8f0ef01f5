"""Explores the model of a row once, and asks both detectors about the traces."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from oomlab.analysis.lock_learning import ANNOTATIONS, lock_order_graph
from oomlab.analysis.lock_order import Annotation
from oomlab.analysis.spans import task_spans
from oomlab.analysis.wait_for import wait_for_graph
from oomlab.engine.explorer.constants import state_graph
from oomlab.engine.explorer.counterexample import Schedule, ScheduledMove, shortest_schedule
from oomlab.engine.explorer.graph import Graph
from oomlab.engine.explorer.player import Player
from oomlab.engine.explorer.verdict import circling, judge
from oomlab.engine.model import Model
from oomlab.engine.trace.events import Trace
from tests.second_opinions.bench import Bench, Script

BUDGET = 20_000
"""States; a row that needs more is not minimal."""

Word = Literal["sees", "misses", "quiet", "false alarm"]
"""What a detector says about a model that can lock up (sees, misses) or cannot (quiet, false
alarm)."""


@dataclass(frozen=True)
class ByKernel:
    """What the lock-order graph says under each reclaim annotation."""

    v4_13: Word
    v4_14: Word
    v4_18: Word

    def words(self) -> tuple[Word, ...]:
        """The three words, in the order of `ANNOTATIONS`."""
        return (self.v4_13, self.v4_14, self.v4_18)


@dataclass(frozen=True, eq=False)
class Row:
    """A minimal sequence and what must come out.

    `lock_order`: what the graph says, having seen the tasks run one after the other, each as far as
    it gets; `every_schedule`: having seen all schedules, if that is not the same.
    """

    name: str
    tasks: Mapping[str, Script]
    locks_up: bool
    wait_for: Word
    lock_order: Word | ByKernel
    reason: str
    reclaim: str = ""
    every_schedule: Word | ByKernel | None = None

    def model(self) -> Model:
        """A fresh model."""
        return Bench(self.reclaim).model(self.tasks)


@dataclass(frozen=True)
class Evidence:
    """What the explorer and the player say about a row.

    `apart`: the run in which the tasks take turns, each to its end. `moments`: one trace for every
    state, however it came about as far as a detector can tell. `lockups`: the traces in which each
    lockup has shown itself.
    """

    locks_up: bool
    apart: Trace
    moments: tuple[Trace, ...]
    lockups: tuple[Trace, ...]


@dataclass(frozen=True)
class Found:
    """The verdicts on one row."""

    locks_up: bool
    wait_for: str
    lock_order: tuple[str, ...]
    every_schedule: tuple[str, ...]


@cache
def evidence(row: Row) -> Evidence:
    """Explore a row's model and play what was found."""
    model = row.model()
    graph = state_graph(model, "any", BUDGET)
    assert graph.complete, f"{row.name} has more than {BUDGET} states"
    verdict = judge(graph)
    ends = sorted({*verdict.stuck, *circling(graph, verdict)})
    return Evidence(
        verdict.word == "lockup",
        _trace(row, _apart(model)),
        tuple(_moments(row, model)),
        tuple(_trace(row, _go_on(_played(model, _way_to(graph, end)))) for end in ends),
    )


WaitForAlarm: TypeAlias = Callable[[Trace], bool]
OrderAlarm: TypeAlias = Callable[[Iterable[Trace], Annotation], bool]


def waits_in_a_circle(trace: Trace) -> bool:
    """The wait-for detector's answer about the end of a trace."""
    return bool(wait_for_graph(trace, trace.ended_at_us).cycle)


def orders_contradict(traces: Iterable[Trace], kernel: Annotation) -> bool:
    """The lock-order graph's answer about traces."""
    return bool(lock_order_graph(traces, kernel).cycles())


def found(
    row: Row,
    waits: WaitForAlarm = waits_in_a_circle,
    orders: OrderAlarm = orders_contradict,
) -> Found:
    """Ask the detectors, or stand-ins for them."""
    seen = evidence(row)
    if seen.locks_up:
        answers = {waits(trace) for trace in seen.lockups}
        waiting = _word(True, answers.pop()) if len(answers) == 1 else "sees some"
    else:
        waiting = _word(False, any(waits(trace) for trace in seen.moments))
    every = (seen.apart, *seen.moments)
    return Found(
        seen.locks_up,
        waiting,
        tuple(_word(seen.locks_up, orders([seen.apart], kernel)) for kernel in ANNOTATIONS),
        tuple(_word(seen.locks_up, orders(every, kernel)) for kernel in ANNOTATIONS),
    )


def expected(row: Row) -> Found:
    """What the row says must come out."""
    apart = _words(row.lock_order)
    every = apart if row.every_schedule is None else _words(row.every_schedule)
    return Found(row.locks_up, row.wait_for, apart, every)


def _words(said: Word | ByKernel) -> tuple[str, ...]:
    return said.words() if isinstance(said, ByKernel) else (said,) * len(ANNOTATIONS)


def _word(locks_up: bool, alarm: bool) -> Word:
    if locks_up:
        return "sees" if alarm else "misses"
    return "false alarm" if alarm else "quiet"


# --- playing ------------------------------------------------------------------------------------


def _moments(row: Row, model: Model) -> Iterator[Trace]:
    """Breadth first, by playing every schedule from the beginning.

    The state alone is not enough: that a task has just tried a lock in vain is in no state, but the
    wait-for detector takes it for waiting.
    """
    seen: set[Hashable] = set()
    queue: list[Schedule] = [()]
    for schedule in queue:
        player = _played(model, schedule)
        trace = _trace(row, player)
        last = {span.task: (span.state, span.on) for span in task_spans(trace)}
        key = (player.fingerprint(), tuple(last.items()))
        if key in seen:
            continue
        seen.add(key)
        assert len(seen) <= BUDGET, f"{row.name} has more than {BUDGET} states"
        yield trace
        if not player.ended:
            for task in player.ready():
                for outcome in range(len(player.options(task))):
                    queue.append((*schedule, ScheduledMove(task, outcome)))


def _way_to(graph: Graph, number: int) -> Schedule:
    return shortest_schedule(graph, [number])[0]


def _played(model: Model, schedule: Schedule) -> Player:
    player = Player(model)
    for choice in schedule:
        player.step(choice)
    return player


def _apart(model: Model) -> Player:
    """Each task runs as far as it gets, then the next, until nobody gets any further."""
    player = Player(model)
    rounds: set[Hashable] = set()
    while player.fingerprint() not in rounds:
        rounds.add(player.fingerprint())
        for actor in model.actors:
            seen: set[Hashable] = set()
            while player.options(actor.index) and player.fingerprint() not in seen:
                seen.add(player.fingerprint())
                player.step(ScheduledMove(actor.index))
    return player


def _go_on(player: Player) -> Player:
    """Let everybody who can move do so in turn, so that pollers are seen polling."""
    rounds: set[Hashable] = set()
    while player.fingerprint() not in rounds:
        rounds.add(player.fingerprint())
        for task in player.ready():
            if player.options(task):
                player.step(ScheduledMove(task))
    return player


def _trace(row: Row, player: Player) -> Trace:
    return Trace(
        row.name,
        "none",
        {"hz": 250},
        0,
        "schedule",
        player.model.hz,
        player.recorder.tasks(),
        player.recorder.slots(),
        tuple(player.recorder.events),
        "ended" if player.ended else "open" if player.ready() else "stuck",
        player.steps,
        player.waiting(),
    )
