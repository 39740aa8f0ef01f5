"""What the game says: what a task is about to do, and what a move was."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from oomlab.engine.explorer.schedules import schedule_trace
from oomlab.engine.model import Layout
from oomlab.engine.ops import WORDS, Op
from oomlab.engine.trace import Event, Trace
from oomlab.engine.trace.narration import explain, tell
from oomlab.experiment import Experiment
from oomlab.widgets.game_moves import BEFORE, BoardMove, BoardMoves

_AT_MOST = 3
"""A move has no more clauses than this; of longer ones the last are told (our choice)."""

_ASKS = ("take_page", "take_block")


class Speaker:
    """Says what each task does at each node, and what each move was, every text once."""

    def __init__(self, experiment: Experiment, moves: BoardMoves) -> None:
        self.experiment = experiment
        self.moves = moves
        self.texts: list[str] = []
        self._numbers: dict[str, int] = {}
        self._ways = _ways(moves)
        self._told: dict[tuple[int, int, int, bool], str] = {}

    def number(self, text: str) -> int:
        """The number of a text."""
        if text not in self._numbers:
            self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return self._numbers[text]

    def status(self, node: int, task: int) -> tuple[str, str]:
        """How a task stands at a node (`ready`, `late`, `idle`, `blocked` or `done`), and what it
        is about to do or waits for."""
        graph = self.moves.graph
        op = self.op(node, task)
        if op is None:
            return "done", "has finished"
        able = [move for move in self.moves.moves[node] if move.task == task]
        if able and all(move.late for move in able):
            return "late", f"sleeps on {op.slots[0].name} until it is woken or its time is up"
        if able or graph.goal[self.moves.states[node]]:
            return "ready", as_order(graph.space.model.layout, op)
        if op.kind in ("sleep_on", "wait_for"):
            return "idle", f"sleeps until {op.slots[0].name} changes"
        return "blocked", f"waits for {op.slots[0].name}"

    def op(self, node: int, task: int) -> Op | None:
        """What a task is about to do at a node; None if it has finished."""
        automaton = self.moves.graph.space.automata[task]
        return automaton.nodes[self.moves.local(node, task)].op

    def stack(self, node: int, task: int) -> tuple[str, ...]:
        """Names of the functions that a task is in at a node, outermost first."""
        place = self.moves.graph.space.automata[task].places[self.moves.local(node, task)]
        return () if place is None else tuple(frame[0].code.co_name for frame in place[2:])  # type: ignore[index]

    def told(self, node: int, move: BoardMove) -> str:
        """What a move from a node was, in a sentence that begins with its task."""
        local = self.moves.local
        key = (move.task, local(node, move.task), local(move.target, move.task), move.late)
        if key not in self._told:
            self._told[key] = self._sentence(node, move)
        return self._told[key]

    def _sentence(self, node: int, move: BoardMove) -> str:
        player = self.experiment.player()
        for choice in self.moves.schedule(self._ways[node]):
            player.step(choice)
        begin = len(player.recorder.events)
        for choice in self.moves.schedule([move]):
            player.step(choice)
        name = player.model.task_name(move.task)
        trace = schedule_trace(player, "", "", {})
        events = [event for event in trace.events[begin:] if event.task == name]
        needed = player.pending[move.task]
        clauses = list(dict.fromkeys(_clauses(trace, name, events)))
        if needed is not None and needed.kind in BEFORE and "lock" in needed.kind:
            verb = "comes to" if "trylock" in needed.kind else "needs"
            clauses.append(f"{verb} {needed.slots[0].name}")
        if not clauses:
            done = [event for event in events if event.condition != "blocked"]
            clauses = [_bare(explain(trace, done[-1]), name)]
        return f"{name} {', then '.join(clauses[-_AT_MOST:])}."


def as_order(layout: Layout, op: Op) -> str:
    """An op as an order to the task: in the words of its slot, or else in its own."""
    if not op.slots:
        return WORDS[op.kind].order
    slot = op.slots[0]
    said = layout.facts[slot.index].said(op.kind, op.args[0] if op.args else "", "order")
    return said or WORDS[op.kind].order.format(slot.name)


def _clauses(trace: Trace, name: str, events: list[Event]) -> Iterator[str]:
    """What a task did, without its name; of what it wrote to the log, the last line."""
    logged = [event for event in events if event.op == "log"]
    for event in events:
        if event in logged[:-1]:
            continue
        if event.op in _ASKS and event.result is False:
            yield "asks for a page and finds none"
            continue
        said = tell(trace, event)
        if said and event.condition != "blocked":
            yield _bare(said, name)


def _bare(said: str, name: str) -> str:
    """A sentence about a task as a clause without the task, and without the function, which the
    picture has."""
    said = re.sub(r" \(\w+\)$", "", said)
    if said.startswith("kernel log: "):
        return f"writes to the log: “{said.removeprefix('kernel log: ')}”"
    return said.removeprefix(f"{name} ") if said.startswith(f"{name} ") else f"sees that {said}"


def _ways(moves: BoardMoves) -> list[list[BoardMove]]:
    """For every node a shortest way to it."""
    found: dict[int, list[BoardMove]] = {0: []}
    queue = deque([0])
    while queue:
        node = queue.popleft()
        for move in moves.moves[node]:
            if move.target not in found:
                found[move.target] = [*found[node], move]
                queue.append(move.target)
    return [found[node] for node in range(len(moves.states))]
