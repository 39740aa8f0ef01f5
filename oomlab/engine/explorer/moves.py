"""What all tasks can do in many states at once."""

from __future__ import annotations

from array import array

import numpy as np
import numpy.typing as npt

from oomlab.engine.explorer.automaton import FINISHED
from oomlab.engine.explorer.numbering import Integers, Keys, Numbering
from oomlab.engine.explorer.space import SHARED_BITS, WORD_BITS, Space

_SHARED = (1 << SHARED_BITS) - 1

_WIDEST = 1 << 22
"""Entries of a task's table, at most: beyond that its rows are looked up by hashing."""


def split(space: Space, state: int) -> list[int]:
    """A state of `space` as words, the lowest first."""
    return [state >> WORD_BITS * word & (1 << WORD_BITS) - 1 for word in range(space.words)]


class Moves:
    """The moves of a space's tasks, learned when a state first needs them.

    What a task can do depends on its local state and on the shared state. The moves in each such
    pair are a row; row 0 is empty. With `timeouts` False the moves that a timeout makes are left
    out.
    """

    def __init__(self, space: Space, *, timeouts: bool) -> None:
        self.space = space
        self._timeouts = timeouts
        # The moves of row i are entries _first[i] to _first[i + 1] of each array in _deltas.
        self._first = np.zeros(2, np.int32)
        self._count = np.zeros(1, np.int32)
        self._deltas = [np.empty(0, np.int64)] * space.words
        self._word, self._shift = np.divmod(np.array(space.shifts, np.int64), WORD_BITS)
        self._tables = [_Table() for _ in space.shifts]

    def of(self, states: Keys) -> tuple[Integers, npt.NDArray[np.uint16], Keys]:
        """All moves in `states`, in the order of the states, then of the tasks.

        Result: how many moves each state has; for each move its task; for each move the state that
        it leads to.
        """
        rows = self._rows(states)
        tasks = rows.shape[1]
        flat = rows.ravel()
        counts = self._count.take(flat)
        of_state = counts.reshape(rows.shape).sum(axis=1, dtype=np.int64)
        going = np.flatnonzero(counts)
        edge = self._first.take(flat[going])
        if len(going) and counts.max() > 1:
            many = counts[going]
            end = np.cumsum(many)
            edge = np.arange(end[-1]) + np.repeat(edge - end + many, many)
            going = np.repeat(going, many)
        state = going // tasks if tasks else going
        after = [
            words.take(state) + deltas.take(edge)
            for words, deltas in zip(states, self._deltas, strict=True)
        ]
        return of_state, (going - state * tasks).astype(np.uint16), after

    def _rows(self, states: Keys) -> npt.NDArray[np.int32]:
        """The row of every task in every state, learned where it is new."""
        shared = states[0] & _SHARED
        rows = np.zeros((len(shared), len(self._tables)), np.int32)
        missing: list[tuple[int, int, int, int]] = []
        for task, table in enumerate(self._tables):
            local = states[self._word[task]] >> self._shift[task]
            local &= self.space.local_masks[task]
            found = table.rows(local, shared)
            found[local == FINISHED] = 0
            rows[:, task] = found
            if found.min(initial=0) < 0:
                new = np.flatnonzero(found < 0)
                # Each pair once, where it comes first.
                _, first = np.unique(local[new] << SHARED_BITS | shared[new], return_index=True)
                new = new[first]
                missing += zip(
                    new.tolist(),
                    [task] * len(new),
                    local[new].tolist(),
                    shared[new].tolist(),
                    strict=True,
                )
        if missing:
            self._learn(sorted(missing))
            return self._rows(states)
        return rows

    def _learn(self, missing: list[tuple[int, int, int, int]]) -> None:
        """Ask the space for the moves of each (state, task, local state, shared state), and enter
        them as rows.

        It is asked in the order of the states, then of the tasks: the numbers that it gives are
        then those that a search of one state after the other would have seen it give.
        """
        counts: list[int] = []
        movers: list[int] = []
        shared_deltas: list[int] = []
        local_deltas: list[int] = []
        entered: list[tuple[list[int], list[int], list[int]]] = [([], [], []) for _ in self._tables]
        find, known, timeouts = self.space.find_moves, len(self._count), self._timeouts
        for _, task, local, shared in missing:
            moves = find(shared, local, task)
            if not timeouts:
                moves = [move for move in moves if not move[2]]
            row = 0
            if moves:
                row = known + len(counts)
                counts.append(len(moves))
            for shared_delta, local_delta, _ in moves:
                movers.append(task)
                shared_deltas.append(shared_delta)
                local_deltas.append(local_delta)
            for column, value in zip(entered[task], (local, shared, row), strict=True):
                column.append(value)
        for table, columns in zip(self._tables, entered, strict=True):
            table.enter(*(np.array(column, np.int64) for column in columns))
        self._first = np.concatenate(
            [self._first, np.cumsum(counts, dtype=np.int32) + self._first[-1]]
        )
        self._count = np.concatenate([self._count, np.array(counts, np.int32)])
        mover = np.array(movers, np.int64)
        moved = np.array(local_deltas, np.int64) << self._shift[mover]
        words = range(len(self._deltas))
        added = [np.where(self._word[mover] == word, moved, 0) for word in words]
        added[0] += np.array(shared_deltas, np.int64)
        self._deltas = [np.concatenate(both) for both in zip(self._deltas, added, strict=True)]


class _Table:
    """The rows of one task, by its local state and the shared state: in a table with a place for
    each pair, or by hashing where that would be large."""

    def __init__(self) -> None:
        self._locals, self._shareds = 16, 256
        self._places = np.full((self._locals, self._shareds), -1, np.int32)
        self._hashed: Numbering | None = None
        self._row_of = np.empty(0, np.int32)

    def rows(self, local: Integers, shared: Integers) -> npt.NDArray[np.int32]:
        """The row of each pair, -1 where there is none."""
        if len(local) and self._hashed is None:
            self._make_room(int(local.max()), int(shared.max()))
        if self._hashed is None:
            return self._places.ravel().take(local * self._shareds + shared)
        numbers = self._hashed.find([local << SHARED_BITS | shared])
        return np.append(self._row_of, np.int32(-1)).take(numbers)

    def enter(self, local: Integers, shared: Integers, row: Integers) -> None:
        """Give pairs that have none their rows; each pair is there once."""
        if self._hashed is None:
            self._places[local, shared] = row
        else:
            self._hashed.number([local << SHARED_BITS | shared])
            self._row_of = np.concatenate([self._row_of, row.astype(np.int32)])

    def _make_room(self, local: int, shared: int) -> None:
        locals_, shareds = self._locals, self._shareds
        while locals_ <= local:
            locals_ *= 2
        while shareds <= shared:
            shareds *= 2
        if locals_ * shareds > _WIDEST:
            self._hash()
        elif (locals_, shareds) != (self._locals, self._shareds):
            places = np.full((locals_, shareds), -1, np.int32)
            places[: self._locals, : self._shareds] = self._places
            self._places, self._locals, self._shareds = places, locals_, shareds

    def _hash(self) -> None:
        local, shared = np.nonzero(self._places >= 0)
        self._hashed = Numbering([array("q")])
        self._hashed.number([local << SHARED_BITS | shared])
        self._row_of = self._places[local, shared]
        self._places = np.empty((0, 0), np.int32)
