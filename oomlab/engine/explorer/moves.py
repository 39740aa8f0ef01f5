"""What all tasks can do in many states at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oomlab.engine.explorer.numbering import Integers, Keys, Numbering
from oomlab.engine.explorer.space import LOCAL_BITS, SHARED_BITS, WORD_BITS, Space

_SHARED = (1 << SHARED_BITS) - 1
_LOCAL = (1 << LOCAL_BITS) - 1


def split(space: Space, state: int) -> list[int]:
    """A state of `space` as words, the lowest first."""
    words = space.shifts[-1] // WORD_BITS + 1 if space.shifts else 1
    return [state >> WORD_BITS * word & (1 << WORD_BITS) - 1 for word in range(words)]


def join(states: Keys) -> list[int]:
    """States given as words, the lowest first, as integers."""
    joined: list[int] = states[0].tolist()
    for word, words in enumerate(states[1:], start=1):
        joined = [
            low + (high << WORD_BITS * word)
            for low, high in zip(joined, words.tolist(), strict=True)
        ]
    return joined


class Moves:
    """The moves of a space's tasks, learned when a state first needs them.

    What a task can do depends on its local state and on the shared state, so it is kept under
    these three numbers in one table for all tasks. With `timeouts` False the moves that a timeout
    makes are left out.
    """

    def __init__(self, space: Space, *, timeouts: bool) -> None:
        self.space = space
        self._timeouts = timeouts
        self._rows = Numbering(1)
        # The moves of row i are entries _first[i] to _first[i + 1] of each array in _deltas.
        self._first = np.zeros(1, np.int64)
        self._words = len(split(space, 0))
        self._deltas = [np.empty(0, np.int64)] * self._words
        self._word, self._shift = np.divmod(np.array(space.shifts, np.int64), WORD_BITS)
        self._task_bits = np.arange(len(space.shifts)) << SHARED_BITS + LOCAL_BITS

    def of(self, states: Keys) -> tuple[Integers, npt.NDArray[np.uint16], Keys]:
        """All moves in `states`, in the order of the states, then of the tasks.

        Result: how many moves each state has; for each move its task; for each move the state that
        it leads to.
        """
        tasks = len(self._shift)
        keys = np.empty((len(states[0]), tasks), np.int64)
        for task in range(tasks):
            keys[:, task] = states[self._word[task]] >> self._shift[task]
        keys &= _LOCAL
        keys <<= SHARED_BITS
        keys |= (states[0] & _SHARED)[:, None]
        keys |= self._task_bits
        rows, new = self._rows.number([keys.ravel()])
        if len(new):
            self._learn(keys.ravel()[new])
        begin = self._first[rows]
        count = self._first[rows + 1] - begin
        edge = ranges(begin, count)
        of_state = count.reshape(keys.shape).sum(axis=1)
        after = [
            np.repeat(words, of_state) + deltas[edge]
            for words, deltas in zip(states, self._deltas, strict=True)
        ]
        mover = np.repeat(np.tile(np.arange(tasks, dtype=np.uint16), len(of_state)), count)
        return of_state, mover, after

    def _learn(self, keys: Integers) -> None:
        """Ask the space for the moves in what these keys stand for, and keep them as rows."""
        find = self.space.find_moves
        counts, movers, shared_deltas, local_deltas = [], [], [], []
        for key in keys.tolist():
            task = key >> SHARED_BITS + LOCAL_BITS
            moves = find(key & _SHARED, key >> SHARED_BITS & _LOCAL, task)
            if not self._timeouts:
                moves = [move for move in moves if not move[2]]
            counts.append(len(moves))
            for shared_delta, local_delta, _ in moves:
                movers.append(task)
                shared_deltas.append(shared_delta)
                local_deltas.append(local_delta)
        ends = np.cumsum(counts) + self._first[-1]
        self._first = np.concatenate([self._first, ends])
        mover = np.array(movers, np.int64)
        moved = np.array(local_deltas, np.int64) << self._shift[mover]
        added = [np.where(self._word[mover] == word, moved, 0) for word in range(self._words)]
        added[0] += np.array(shared_deltas, np.int64)
        self._deltas = [np.concatenate(both) for both in zip(self._deltas, added, strict=True)]


def ranges(begin: Integers, count: Integers) -> Integers:
    """The integers from each `begin` on, `count` of them, one range after the other."""
    end = np.cumsum(count)
    return np.arange(end[-1] if len(end) else 0) + np.repeat(begin - end + count, count)
