"""The levels of the game: a machine, what is to be brought about there, and by which rule.

Whether it can be done, and with how few changes of task, is found by trying all there is.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from oomlab.checked import checked
from oomlab.engine.explorer.verdict import circling
from oomlab.errors import find
from oomlab.experiment import Exploration
from oomlab.registry import Registry
from oomlab.views import Scalar
from oomlab.widgets.game_moves import BoardMoves, kill_slots

GoalName = Literal["lockup", "a kill", "two kills"]

IsGoal = Callable[[int], bool]
"""Is the goal reached at this node?"""


@dataclass(frozen=True)
class Level:
    """`name`: in addresses, and what is kept on the reader's device. `delays`: None where any task
    may move at any time; else a task that was begun goes on until it cannot, and so often another
    one may make a single move in between. `task`: what is to be done, in a sentence or two.
    `won`: what it shows, when it is done; where it cannot be done, why.
    """

    name: str
    title: str
    scenario: str
    remedy: str
    goal: GoalName
    task: str
    won: str
    given: Mapping[str, Scalar] = field(default_factory=dict)
    delays: int | None = None


H1 = "h1-two-task-cycle"

LEVELS: Registry[str, Level] = Registry(
    "level",
    (
        Level(
            "circle",
            "Close the circle",
            H1,
            "mainline",
            "lockup",
            "Linux 4.13. Bring the machine to where nobody can move any more.",
            "Each of the two has a lock that the other needs.",
        ),
        Level(
            "delay",
            "Delay one task by one tick",
            H1,
            "mainline",
            "lockup",
            "Now a task that has begun goes on until it has to wait, and all ends well. Once, you"
            " may let the other task make one move in between.",
            "One tick at the wrong moment, in a machine that otherwise never fails.",
            delays=1,
        ),
        Level(
            "trylock",
            "Nobody is blocked",
            H1,
            "trylock",
            "lockup",
            "Here the callback gives up at once when balloon_lock is taken, so no circle of locks"
            " can close. Can you still bring the machine to where nobody gets anywhere?",
            "fs_task asks, is turned away, may not kill, and asks again: a livelock.",
        ),
        Level(
            "before",
            "Another lock",
            H1,
            "before-oom-lock",
            "lockup",
            "Here the callback runs before oom_lock is taken. Find the circle again.",
            "The circle has moved to another lock, and is as closed as before.",
        ),
        Level(
            "rfc",
            "A thread and five seconds",
            H1,
            "offload",
            "lockup",
            "The RFC: a thread runs the callback, and whoever waits for it gives up after a time."
            " You say when a time is up. Can this machine get nowhere for ever?",
            "Each time limit runs out, and the next one begins: nobody here may kill.",
        ),
        Level(
            "needless",
            "A kill for nothing",
            "h3a-virtqueue-add",
            "offload",
            "a kill",
            "One program asks for memory, and the balloon has some to give. Make the RFC kill the"
            " program.",
            "The thread had only not been run yet. No callback was stuck.",
        ),
        Level(
            "two",
            "Two victims",
            "r16-recursive-owner",
            "offload",
            "two kills",
            "A graphics driver in the balloon's place. In Linux 4.13 nobody dies here, in whatever"
            " order things happen. Make the RFC kill two.",
            "When a time is up nobody looks whether the first victim has left enough.",
            {"ghosts": 0},
        ),
        Level(
            "merged",
            "What was merged",
            H1,
            "allocate-outside",
            "lockup",
            "Now pages are allocated first, and balloon_lock is taken afterwards. Lock it up, or"
            " find out why you cannot.",
            "Every state was visited, in every order, and each has a way out. That is a proof: not"
            " that it is rare, but that it cannot be.",
        ),
    ),
)
"""By name, from the easiest to the one that cannot be won."""


@checked
def find_level(name: str) -> Level:
    """The level of this name. Raises InputError naming all levels."""
    return find("level", name, LEVELS)


def goal_of(level: Level, found: Exploration, moves: BoardMoves) -> IsGoal:
    """The goal of a level as a predicate on nodes."""
    if level.goal == "lockup":
        complete = set(found.verdict.stuck) | circling(found.graph, found.verdict)
        return lambda node: moves.states[node] in complete
    kills = kill_slots(found.graph.space.model)
    wanted = {"a kill": 1, "two kills": 2}[level.goal]
    return lambda node: sum(map(bool, map(moves.shared(node).__getitem__, kills))) >= wanted


class TurnTaking(NamedTuple):
    """Where a game under a rule stands: the task that moved `last` (-1: nobody), the one that has
    been interrupted and goes on next (-1: none), and the `delays` left."""

    last: int = -1
    interrupted: int = -1
    delays: int = 0


def after_turn(turn: TurnTaking, task: int, able: set[int]) -> TurnTaking | None:
    """The turn after a move of `task`, one of those `able` to move; None if the rule forbids it.

    game.js has the same rule, for the page.
    """
    if turn.interrupted in able:
        return TurnTaking(task, -1, turn.delays) if task == turn.interrupted else None
    if turn.last in able and task != turn.last:
        return TurnTaking(task, turn.last, turn.delays - 1) if turn.delays else None
    return TurnTaking(task, -1, turn.delays)


def fewest_switches(
    moves: BoardMoves, reached: IsGoal, delays: int | None
) -> tuple[int, int] | None:
    """(changes of task, moves) of the schedule to the goal with fewest changes, and of those with
    fewest moves; None if there is no way to it."""
    start = (0, 0, 0, TurnTaking(delays=delays or 0))
    heap: list[tuple[int, int, int, TurnTaking]] = [start]
    done: set[tuple[int, TurnTaking]] = set()
    while heap:
        changes, count, node, turn = heapq.heappop(heap)
        if (node, turn) in done:
            continue
        done.add((node, turn))
        if reached(node):
            return changes, count
        able = {move.task for move in moves.moves[node]}
        for move in moves.moves[node]:
            after = TurnTaking(move.task) if delays is None else after_turn(turn, move.task, able)
            if after is not None:
                changed = turn.last not in (-1, move.task)
                heapq.heappush(heap, (changes + changed, count + 1, move.target, after))
    return None
