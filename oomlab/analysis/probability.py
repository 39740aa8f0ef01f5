"""How likely a lockup is, worked out from the state graph and not from runs.

The graph says what can happen, not how often. Here each task that can move is equally likely to be
the next, and so is each way in which it can (our choice): a Markov chain. What is counted is that
the end can no longer be reached, which comes before anybody notices.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from oomlab.checked import checked
from oomlab.engine.explorer import Exploration
from oomlab.engine.explorer.reach import can_reach
from oomlab.errors import InputError

TAIL = 1e-12
"""How much probability may be left out where a sum has no end (our choice)."""

_NOTHING = 1e-18
"""A state that is less likely is not followed: there are far fewer than a million of them."""


@checked
def lockup_by_step(found: Exploration, steps: int) -> tuple[float, ...]:
    """The probability that a lockup is certain after 0, 1, ... `steps` moves. A run that has ended
    stands still.

    Raises InputError for an exploration that has not seen all states, and for fewer than 0 steps.
    """
    if steps < 0:
        raise InputError(f"steps cannot be {steps}; valid: 0 or more")
    after = _after_each_move(found, always=False)
    return tuple(next(after) for _ in range(steps + 1))


@checked
def lockup_by_time(found: Exploration, times_s: Sequence[float], move_s: float) -> list[float]:
    """The probability that a lockup is certain at these times, in seconds, if each task that can
    move takes an exponentially distributed time for it, `move_s` seconds on average.

    Exact by uniformisation: the moves until then are as many as a Poisson process has, of which
    those of a task that cannot move do nothing. Raises InputError as `lockup_by_step` does, and for
    a time that is negative or `move_s` that is not above 0.
    """
    if move_s <= 0 or any(time_s < 0 for time_s in times_s):
        raise InputError("times cannot be negative, and a move must take some time")
    tasks = _most_movers(found) or 1
    means = [time_s * tasks / move_s for time_s in times_s]
    most = max(map(_most_moves, means), default=0)
    after = _after_each_move(found, always=True)
    by_move = [next(after) for _ in range(most + 1)]
    return [
        sum(_poisson(mean, count) * by_move[count] for count in range(_most_moves(mean) + 1))
        for mean in means
    ]


def _most_movers(found: Exploration) -> int:
    """How many tasks can move at once, at most."""
    graph = found.graph
    return max((len({task for task, _ in graph.moves(n)}) for n in range(len(graph))), default=0)


def _after_each_move(found: Exploration, *, always: bool) -> Iterator[float]:
    """The probability that the lockup is certain, move by move. `always`: a move is offered to each
    of as many tasks as can ever move at once, and most of the time some cannot."""
    graph = found.graph
    if not graph.complete:
        raise InputError("the exploration was stopped before it had seen all states")
    ends = can_reach(graph, [n for n, goal in enumerate(graph.goal) if goal])
    most = _most_movers(found) if always else 0

    @cache
    def ways(state: int) -> tuple[tuple[int, float], ...]:
        """What one move leads to, and how likely."""
        moves = [*graph.moves(state)]
        each = Counter(task for task, _ in moves)
        offered = most if always else len(each)
        rests = 1 - len(each) / offered if each else 1.0
        found = [(after, 1 / offered / each[task]) for task, after in moves]
        return (*found, (state, rests)) if rests else tuple(found)

    here = {0: 1.0}
    certain = 0.0
    while True:
        certain += sum([here.pop(state) for state in list(here) if not ends[state]])
        yield certain
        there: dict[int, float] = {}
        for state, weight in here.items():
            if weight > _NOTHING:
                for after, share in ways(state):
                    there[after] = there.get(after, 0.0) + weight * share
        here = there


def _most_moves(mean: float) -> int:
    """So many moves that more of them are next to impossible."""
    return math.ceil(mean + 8 * math.sqrt(mean) - math.log10(TAIL))


def _poisson(mean: float, count: int) -> float:
    """The probability of so many events where `mean` are expected."""
    if mean == 0:
        return float(count == 0)
    return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
