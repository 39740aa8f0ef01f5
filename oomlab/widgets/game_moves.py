"""The moves of the game: a state graph in which a task runs until just after its next step that
matters.

The explorer's steps are small, and most of them nobody else can use. Here a move ends when its
task has taken a lock or has had somebody killed, is about to ask for a lock or to go to sleep, has
several ways to go on, or has finished (our choice). So the moves are some of the schedules that the
explorer knows, and every state they lead to is one of the explorer's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from oomlab.engine.explorer.counterexample import ScheduledMove
from oomlab.engine.explorer.graph import Graph
from oomlab.engine.model import Model
from oomlab.engine.ops import State

BEFORE = frozenset(
    {
        "mutex_lock",
        "mutex_lock_killable",
        "mutex_trylock",
        "mutex_trylock_recursive",
        "spin_lock",
        "down_write",
        "sleep_on",
        "wait_for",
    }
)
"""Ops before which a move ends."""


def kill_slots(model: Model) -> list[int]:
    """The numbers of the slots that say of a process that it was killed."""
    return [index for index, facts in enumerate(model.layout.facts) if facts.role == "kill"]


class BoardMove(NamedTuple):
    """A move of `task` to the node `target`: in the first of its `steps` it takes this `outcome`,
    in the others there is no choice. `late`: it begins with a time limit that runs out."""

    task: int
    target: int
    outcome: int
    steps: int
    late: bool


@dataclass
class BoardMoves:
    """The nodes that moves lead to, numbered from the start (0): `states[i]` is the number of a
    state of `graph`, `moves[i]` what can be done there, nothing where the run may end."""

    graph: Graph
    states: list[int] = field(default_factory=lambda: [0])
    moves: list[tuple[BoardMove, ...]] = field(default_factory=list)

    def shared(self, node: int) -> State:
        """The shared state at a node."""
        return self.graph.space.shared(self.graph.states[self.states[node]])

    def local(self, node: int, task: int) -> int:
        """The number of a task's local state at a node."""
        return self.graph.space.local(self.graph.states[self.states[node]], task)

    def schedule(self, path: list[BoardMove]) -> list[ScheduledMove]:
        """The steps that a path of moves makes."""
        return [
            ScheduledMove(move.task, move.outcome if step == 0 else 0)
            for move in path
            for step in range(move.steps)
        ]


def moves_of(graph: Graph) -> BoardMoves:
    """The moves on a graph whose states were all seen."""
    found = BoardMoves(graph)
    numbers = {0: 0}
    walker = _Walker(graph)
    for state in found.states:
        row = []
        for way in walker.ways(state):
            target, steps = walker.follow(state, way)
            if target not in numbers:
                numbers[target] = len(found.states)
                found.states.append(target)
            row.append(BoardMove(way.task, numbers[target], way.outcome, steps, way.late))
        found.moves.append(tuple(row))
    return found


class _Way(NamedTuple):
    """A single step."""

    task: int
    target: int
    outcome: int
    late: bool


class _Walker:
    """Makes steps on a graph, one after the other."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.space = graph.space
        self.locks = [slot.index for slot in self.space.model.layout.slots if slot.kind == "mutex"]
        self.kills = kill_slots(self.space.model)

    def ways(self, state: int) -> Iterator[_Way]:
        """The steps that can be made in a state; none where the run may end."""
        if self.graph.goal[state]:
            return
        at = self.graph.states[state]
        for task, target in self.graph.moves(state):
            options = self.space.moves(at, task)
            outcome = [delta for delta, _ in options].index(self.graph.states[target] - at)
            yield _Way(task, target, outcome, options[outcome][1])

    def follow(self, state: int, way: _Way) -> tuple[int, int]:
        """The state where the move that begins with this step ends, and how many steps it has."""
        steps = self._steps(state, way)
        seen = {state}
        while way.target not in seen and not self._ends(state, way):
            after = [next_ for next_ in self.ways(way.target) if next_.task == way.task]
            if len(after) != 1 or after[0].late:
                break
            seen.add(way.target)
            state, way = way.target, after[0]
            steps += self._steps(state, way)
        return way.target, steps

    def _steps(self, state: int, way: _Way) -> int:
        return self.space.steps_in(self.graph.states[state], way.task, way.outcome)

    def _ends(self, state: int, way: _Way) -> bool:
        before = self.space.shared(self.graph.states[state])
        at = self.graph.states[way.target]
        after = self.space.shared(at)
        op = self.space.automata[way.task].nodes[self.space.local(at, way.task)].op
        return (
            op is None
            or op.kind in BEFORE
            or any(before[lock] != after[lock] == way.task for lock in self.locks)
            or any(before[kill] != after[kill] for kill in self.kills)
        )
