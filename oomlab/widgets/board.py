"""The state graph of a small machine as a board to play on, in plain data that JSON carries.

The player is the scheduler: at each state she chooses which task moves. What the states look like
in words, which moves lead where and which states are the goal is all worked out here; whoever shows
the board only looks it up.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from oomlab.checked import checked
from oomlab.engine.explorer.counterexample import ScheduledMove, switches
from oomlab.engine.explorer.graph import Graph
from oomlab.engine.explorer.verdict import circling
from oomlab.engine.model import Layout
from oomlab.engine.ops import WORDS, Op, RwSemaphore
from oomlab.errors import InputError
from oomlab.experiment import Experiment, Exploration

MAX_STATES = 12_000
"""A board with more states than this is too heavy for a page (our choice)."""

_OPEN, _GOAL, _ENDED, _LOST = range(4)
"""What a state is: none of the others; a lockup that is complete; an end; a state from which only a
lockup can be reached."""


@checked
def board(scenario: str, remedy: str, given: Mapping[str, object] | None = None) -> dict[str, Any]:
    """The board of a scenario in its small scope under a remedy.

    Keys: `scenario`, `remedy`, `settings` (as in a replay string); `tasks`, the names of those that
    can ever move; `locks`, names; `says`, texts without repetition, each "status|words"; `held`,
    texts of who holds which lock, one list per situation; `states`, flat: per state its kind, its
    situation of locks, and per task an index into `says`; `moves`: how many moves each state has,
    one state after the other; of each move `task` and how many states `ahead` it leads; of some,
    by number, which `outcome` of the task's step it is (else 0) and how many `steps` of a replay
    string it makes (else 1); `late`: the numbers of moves that are a time limit running out;
    `goal`: is there a lockup to reach; `best`: the fewest context switches to it, null if there is
    none.

    Raises InputError as `explore` does, and for a machine of more than `MAX_STATES` states.
    """
    experiment = Experiment.of(scenario, remedy, given, engine="explorer")
    found = experiment.explore(budget=MAX_STATES)
    graph = found.graph
    if not graph.complete:
        raise InputError(
            f"{scenario} under {remedy} has more than {MAX_STATES} states; choose smaller sizes"
        )
    model = graph.space.model
    movers = sorted(set(graph.mover))
    speaker = _Speaker(experiment, found, movers)
    kinds = _kinds(found)
    locks = [slot for slot in model.layout.slots if slot.kind in ("mutex", "rwsem")]
    situations: dict[tuple[str, ...], int] = {}
    states: list[int] = []
    for number, state in enumerate(graph.states):
        shared = graph.space.shared(state)
        held = tuple(_holders(model.task_name, shared[slot.index]) for slot in locks)
        states += [kinds[number], situations.setdefault(held, len(situations))]
        states += [speaker.says(number, task) for task in movers]
    reached = found.verdict.word == "lockup"
    outcome, steps, late = _details(graph)
    return {
        "scenario": scenario,
        "remedy": remedy,
        # Written anew: where there is no lockup, there is no replay string to take them from.
        "settings": experiment.unusual,
        "tasks": [model.task_name(task) for task in movers],
        "locks": [slot.name for slot in locks],
        "says": speaker.texts,
        "held": [list(each) for each in situations],
        "states": states,
        "moves": [graph.first[i + 1] - graph.first[i] for i in range(len(graph))],
        "task": [movers.index(task) for task in graph.mover],
        "ahead": [
            graph.target[edge] - i
            for i in range(len(graph))
            for edge in range(graph.first[i], graph.first[i + 1])
        ],
        "outcome": {str(edge): value for edge, value in enumerate(outcome) if value},
        "steps": {str(edge): value for edge, value in enumerate(steps) if value > 1},
        "late": late,
        "goal": reached,
        "best": switches(found.schedule[: len(found.schedule) - found.circle]) if reached else None,
    }


def _kinds(found: Exploration) -> list[int]:
    graph, verdict = found.graph, found.verdict
    complete = set(verdict.stuck) or circling(graph, verdict)
    return [
        _ENDED if graph.goal[i] else _GOAL if i in complete else _LOST * verdict.lockups[i]
        for i in range(len(graph))
    ]


def _details(graph: Graph) -> tuple[list[int], list[int], list[int]]:
    """For every move: which of its outcomes it is, and how many steps of a schedule. Last, the
    numbers of the moves that are timeouts."""
    outcome, steps, late = [], [], []
    for number, state in enumerate(graph.states):
        for edge in range(graph.first[number], graph.first[number + 1]):
            task = graph.mover[edge]
            after = graph.states[graph.target[edge]]
            ways = graph.space.moves(state, task)
            outcome.append([delta for delta, _ in ways].index(after - state))
            steps.append(graph.space.steps_in(state, task, outcome[-1]))
            if ways[outcome[-1]][1]:
                late.append(edge)
    return outcome, steps, late


class _Speaker:
    """Says what each task does in each state, each text once."""

    def __init__(self, experiment: Experiment, found: Exploration, movers: list[int]) -> None:
        self.graph = found.graph
        self.space = found.graph.space
        self.texts: list[str] = []
        self._numbers: dict[str, int] = {}
        self._functions = _functions(experiment, found, movers)

    def says(self, number: int, task: int) -> int:
        """The number of the text "status|words" for a task in a state."""
        text = self._text(number, task)
        if text not in self._numbers:
            self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return self._numbers[text]

    def _text(self, number: int, task: int) -> str:
        state = self.graph.states[number]
        local = self.space.local(state, task)
        op = self.space.automata[task].nodes[local].op
        if op is None:
            return "done|has finished"
        function = self._functions[task, local]
        where = f" ({function})" if function else ""
        ready = any(mover == task for mover, _ in self.graph.moves(number))
        if ready and all(timeout for _, timeout in self.space.moves(state, task)):
            return (
                f"late|sleeps on {op.slots[0].name} until it is woken or its time runs out{where}"
            )
        if ready or self.graph.goal[number]:
            return f"ready|{_words(self.space.model.layout, op)}{where}"
        if op.kind in ("sleep_on", "wait_for"):
            return f"idle|sleeps until {op.slots[0].name} changes{where}"
        return f"blocked|waits for {op.slots[0].name}{where}"


def _words(layout: Layout, op: Op) -> str:
    """An op as an order to the task: in the words of its slot, or else in its own."""
    if not op.slots:
        return WORDS[op.kind].order
    slot = op.slots[0]
    said = layout.facts[slot.index].said(op.kind, op.args[0] if op.args else "", "order")
    return said or WORDS[op.kind].order.format(slot.name)


def _functions(
    experiment: Experiment, found: Exploration, movers: list[int]
) -> dict[tuple[int, int], str]:
    """Per task and local state the kernel function it is in: that of the first state in which it is
    met, found by playing the way there."""
    graph = found.graph
    wanted: dict[int, list[tuple[int, int]]] = {}
    seen: set[tuple[int, int]] = set()
    for number, state in enumerate(graph.states):
        for task in movers:
            key = (task, graph.space.local(state, task))
            if key not in seen:
                seen.add(key)
                wanted.setdefault(number, []).append(key)
    ways = _ways(graph)
    functions: dict[tuple[int, int], str] = {}
    for number, keys in wanted.items():
        player = experiment.player()
        for choice in _schedule(graph, ways, number):
            player.step(choice)
        for key in keys:
            functions[key] = player.function(key[0])
    return functions


def _ways(graph: Graph) -> list[int]:
    """For every state the move by which a shortest way reaches it; -1 for the start."""
    came = [-2] * len(graph)
    came[0] = -1
    queue = deque([0])
    while queue:
        number = queue.popleft()
        for edge in range(graph.first[number], graph.first[number + 1]):
            if came[graph.target[edge]] == -2:
                came[graph.target[edge]] = edge
                queue.append(graph.target[edge])
    return came


def _schedule(graph: Graph, came: list[int], number: int) -> list[ScheduledMove]:
    source = [0] * graph.transitions
    for i in range(len(graph)):
        for edge in range(graph.first[i], graph.first[i + 1]):
            source[edge] = i
    path: list[int] = []
    while came[number] >= 0:
        path.append(came[number])
        number = source[path[-1]]
    choices: list[ScheduledMove] = []
    for edge in reversed(path):
        state, task = graph.states[source[edge]], graph.mover[edge]
        deltas = [delta for delta, _ in graph.space.moves(state, task)]
        outcome = deltas.index(graph.states[graph.target[edge]] - state)
        choices.append(ScheduledMove(task, outcome))
        choices += [ScheduledMove(task)] * (graph.space.steps_in(state, task, outcome) - 1)
    return choices


def _holders(name: Any, value: object) -> str:
    if isinstance(value, RwSemaphore):
        readers = ", ".join(name(task) for task in value.readers)
        return name(value.writer) or (f"read by {readers}" if readers else "")
    return str(name(value))
