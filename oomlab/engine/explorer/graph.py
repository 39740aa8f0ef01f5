"""The reachable states and the moves between them, kept in flat arrays."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from oomlab.brief import brief
from oomlab.engine.explorer.space import WORD_BITS, Space
from oomlab.engine.ops import State
from oomlab.errors import InputError, find

Timeouts = Literal["any", "idle"]
"""When a timeout may run out. "any": at any moment, which is sound but hides lost wake-ups.
"idle": only where nothing else can lead anywhere new, that is, where all tasks are blocked or run
in circles."""

TIMEOUT_RULES: tuple[Timeouts, ...] = ("any", "idle")


MOST_STATES = 1 << 30
"""More states than this have no numbers of 31 bits."""

MOST_MOVES = 1 << 32
"""From this many moves on a search counts as out of memory: their numbers have 32 bits."""

Watch: TypeAlias = Callable[[int, int], object]
"""Is told now and then how many states and moves are known; what it returns, if true, ends the
search."""


def check_search(timeouts: str, budget: int) -> Timeouts:
    """The rule of this name. Raises InputError for one that is not in TIMEOUT_RULES, and for a
    budget outside 1 to MOST_STATES."""
    if not 1 <= budget <= MOST_STATES:
        raise InputError(
            f"the budget cannot be {budget} states; valid: a whole number from 1 up, "
            f"at most {MOST_STATES}"
        )
    return find("timeout rule", timeouts, {rule: rule for rule in TIMEOUT_RULES})


StateKey: TypeAlias = tuple[State, tuple[Hashable, ...]]
"""A state spelled out: the shared state, and where each task stands (None: it has finished)."""

SpelledMoves: TypeAlias = dict[StateKey, set[tuple[int, StateKey]]]
"""By state: (number of the task that moves, state after it)."""


class Rows(Sequence["array[int]"]):
    """Arrays of different lengths, kept one after the other in a single one."""

    def __init__(self, first: array[int], values: array[int], begin: int = 0) -> None:
        self._first = first if begin == 0 else first[begin:]
        self._values = values

    def __len__(self) -> int:
        return len(self._first) - 1

    def __getitem__(self, row):  # type: ignore[no-untyped-def]
        return self._values[self._first[row] : self._first[row + 1]]


class States(Sequence[int]):
    """States by their numbers; each word of all of them is in an array of its own (`columns`)."""

    def __init__(self, words: int = 1, states: Iterable[int] = ()) -> None:
        self.columns = [array("q") for _ in range(words)]
        for state in states:
            self.append(state)

    def append(self, state: int) -> None:
        """Give a state the next number."""
        for column in self.columns:
            column.append(state & (1 << WORD_BITS) - 1)
            state >>= WORD_BITS

    def cut_back(self, count: int) -> None:
        """Keep the first `count` states only."""
        for column in self.columns:
            del column[count:]

    def __len__(self) -> int:
        return len(self.columns[0])

    def __getitem__(self, which):  # type: ignore[no-untyped-def]
        if isinstance(which, slice):
            return [self[number] for number in range(len(self))[which]]
        state = 0
        for column in reversed(self.columns):
            state = state << WORD_BITS | column[which]
        return state

    def __iter__(self) -> Iterator[int]:
        if len(self.columns) == 1:
            return iter(self.columns[0])
        return map(self.__getitem__, range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, States) and self.columns == other.columns

    __hash__ = None  # type: ignore[assignment]  # it grows


@brief
@dataclass
class Graph:
    """States numbered in the order of discovery (0 is the start).

    The moves of state i are entries `first[i]` to `first[i + 1]` of `target` (state numbers) and
    `mover` (task numbers). `goal[i]` is 1 where the run may end. `complete` is False when the
    search was `stopped_by` the budget, by the end of memory or by whoever watched; then the moves
    of the last states are not known.
    """

    space: Space
    states: States
    first: array[int] = field(default_factory=lambda: array("I", [0]))
    target: array[int] = field(default_factory=lambda: array("I"))
    mover: array[int] = field(default_factory=lambda: array("B"))
    goal: bytearray = field(default_factory=bytearray)
    stopped_by: Literal["", "budget", "memory", "watch"] = ""

    @classmethod
    def empty(cls, space: Space) -> Graph:
        """The graph of a search that has not begun."""
        wide = len(space.masks) > 1 << 8
        return cls(space, States(space.words), mover=array("H" if wide else "B"))

    @property
    def complete(self) -> bool:
        """Was every reachable state seen?"""
        return not self.stopped_by

    def __len__(self) -> int:
        return len(self.states)

    @property
    def transitions(self) -> int:
        """How many moves there are."""
        return len(self.target)

    def successors(self, number: int) -> array[int]:
        """The states one move away; none where the moves are not known."""
        if number >= self.expanded():
            return array("I")
        return self.target[self.first[number] : self.first[number + 1]]

    def rows(self, begin: int = 0) -> Rows:
        """`successors` of every state from number `begin` on whose moves are known, in a row."""
        return Rows(self.first, self.target, begin)

    def moves(self, number: int) -> Iterator[tuple[int, int]]:
        """(task, state one move away), in task order; none where the moves are not known."""
        if number >= self.expanded():
            return
        for edge in range(self.first[number], self.first[number + 1]):
            yield self.mover[edge], self.target[edge]

    def sizes(self) -> tuple[int, int, int]:
        """How many states, states with known moves and moves there are."""
        return len(self.states), self.expanded(), self.transitions

    def cut_back(self, sizes: tuple[int, int, int]) -> None:
        """Forget what was recorded after `sizes` was asked for, if in part only."""
        states, expanded, moves = sizes
        self.states.cut_back(states)
        del self.goal[states:]
        del self.first[expanded + 1 :], self.target[moves:], self.mover[moves:]

    def expanded(self) -> int:
        """How many states have their moves recorded."""
        return len(self.first) - 1

    def spelled_out(self) -> SpelledMoves:
        """The states and moves without numbers, as `explore_plainly` has them; the states whose
        moves are not known are left out."""
        keys = [self.space.spelled_out(state) for state in self.states]
        return {
            keys[number]: {(task, keys[after]) for task, after in self.moves(number)}
            for number in range(self.expanded())
        }
