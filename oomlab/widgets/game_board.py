"""A level of the game as a board to play on, in plain data that JSON carries.

The player is the scheduler: at each node she chooses which task moves. What the nodes look like in
words, which moves lead where and which nodes are the goal is all worked out here; whoever shows the
board only looks it up.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from oomlab.checked import checked
from oomlab.errors import InputError
from oomlab.experiment import Experiment, Exploration
from oomlab.widgets.game_levels import IsGoal, Level, fewest_switches, find_level, goal_of
from oomlab.widgets.game_moves import BoardMoves, moves_of
from oomlab.widgets.game_stage import GameStage, stage_of
from oomlab.widgets.game_words import Speaker

MAX_STATES = 40_000
"""An exploration of more states than this takes too long for a book (our choice)."""

_OPEN, _GOAL, _ENDED, _LOST = range(4)
"""What a node is: none of the others; the goal; an end; a state from which only a lockup can be
reached. A goal is no end: a machine may go on after a kill."""


class BoardAndStage(NamedTuple):
    """A board, and what is to be seen at its nodes."""

    board: dict[str, Any]
    stage: GameStage


@checked
def board(level: str | Level) -> dict[str, Any]:
    """The board of a level, given by name or as it is.

    Keys: `level`, its name; `scenario`, `remedy`, `settings` (as in a replay string); `space`, how
    many states the explorer has seen, which are all there are; `tasks`, the names of those that can
    ever move; `texts`, without repetition. `kinds`: what each node is; `parts`: how a task can
    stand, each [status, text]; `stands`, flat: per node and task an index into `parts`. `moves`:
    how many moves each node has, one node after the other; of each move its `task`, how many nodes
    `ahead` it leads, and in `told` the text about it; of some, by number, in which `outcome` of its
    task's first step it begins (else 0) and how many `steps` of a replay string it makes (else 1);
    `late`: the numbers of moves that begin with a time limit running out. `best`: the fewest
    changes of task to the goal and the moves that takes, null if it cannot be reached by the
    level's rule. What there is to see at each node is the stage's (`stage_of`).

    Raises InputError for an unknown level, for settings that are not valid, and for a machine of
    more than `MAX_STATES` states.
    """
    return played_on(find_level(level) if isinstance(level, str) else level).board


def played_on(chosen: Level) -> BoardAndStage:
    """The board of a level and its stage, which have the same nodes."""
    experiment = Experiment.of(chosen.scenario, chosen.remedy, chosen.given, engine="explorer")
    found = experiment.explore(budget=MAX_STATES)
    graph = found.graph
    if not graph.complete:
        raise InputError(
            f"{chosen.scenario} under {chosen.remedy} has more than {MAX_STATES} states; choose "
            "smaller sizes"
        )
    moves = moves_of(graph)
    reached = goal_of(chosen, found, moves)
    movers = sorted({move.task for row in moves.moves for move in row})
    speaker = Speaker(experiment, moves)
    flat = [(node, move) for node, row in enumerate(moves.moves) for move in row]
    stored = {
        "level": chosen.name,
        "scenario": chosen.scenario,
        "remedy": chosen.remedy,
        # Written anew: where there is no lockup, there is no replay string to take them from.
        "settings": experiment.unusual,
        "space": len(graph),
        "tasks": [graph.space.model.task_name(task) for task in movers],
        "kinds": _kinds(found, moves, reached),
        **_stands(speaker, movers, len(moves.states)),
        "moves": [len(row) for row in moves.moves],
        "task": [movers.index(move.task) for _, move in flat],
        "ahead": [move.target - node for node, move in flat],
        "told": [speaker.number(speaker.told(node, move)) for node, move in flat],
        "outcome": {str(i): move.outcome for i, (_, move) in enumerate(flat) if move.outcome},
        "steps": {str(i): move.steps for i, (_, move) in enumerate(flat) if move.steps > 1},
        "late": [i for i, (_, move) in enumerate(flat) if move.late],
        "texts": speaker.texts,
        "best": fewest_switches(moves, reached, chosen.delays),
    }
    return BoardAndStage(stored, stage_of(experiment, moves, speaker, movers))


def _kinds(found: Exploration, moves: BoardMoves, reached: IsGoal) -> list[int]:
    graph, lockups = found.graph, found.verdict.lockups
    return [
        _GOAL
        if reached(node)
        else _ENDED
        if graph.goal[state]
        else _LOST
        if lockups[state]
        else _OPEN
        for node, state in enumerate(moves.states)
    ]


def _stands(speaker: Speaker, movers: list[int], nodes: int) -> dict[str, Any]:
    """How each task stands at each node, every way once."""
    parts: dict[tuple[str, int], int] = {}
    stands = []
    for node in range(nodes):
        for task in movers:
            status, words = speaker.status(node, task)
            stands.append(parts.setdefault((status, speaker.number(words)), len(parts)))
    return {"parts": [list(part) for part in parts], "stands": stands}
