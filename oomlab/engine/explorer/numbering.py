"""Numbers for whole arrays of keys at once: a hash table in flat arrays."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

Keys = list[Integers]
"""Keys of one or more words each, as one array for every word; words are 0 to 2**63 - 1."""

_START = 1 << 10
_TOGETHER = 1 << 16
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""2**64 over the golden ratio: multiplying by it moves low bits up (Knuth, volume 3, 6.4)."""


class Numbering:
    """Numbers keys from 0 up, in the order in which they first appear.

    The keys are in `columns`, an array for each of their words, to which new ones are added; those
    that are there already have their numbers. An open-addressing table with linear probing, at most
    two thirds full. All keys of a call are looked up together: the processor then waits for many
    memory reads at once, not for one after the other, which is most of the time that a dict with a
    million integers takes.
    """

    def __init__(self, columns: list[array[int]]) -> None:
        self._columns = columns
        self._slots = np.full(_START, -1, np.int32)
        self._make_room(len(self))
        self._enter_all()

    def __len__(self) -> int:
        return len(self._columns[0])

    def keys(self, begin: int, end: int) -> Keys:
        """The keys numbered from `begin` to `end - 1`, or to the last."""
        return [np.array(column[begin:end], np.int64) for column in self._columns]

    def find(self, keys: Keys) -> Integers:
        """The numbers of `keys`, -1 where the table has them in no slot that is looked at."""
        slot = self._home(keys)
        left, found = np.arange(len(slot)), np.full(len(slot), -1, np.int64)
        columns = [np.frombuffer(column, np.int64) for column in self._columns]
        while len(left) and len(self):
            there = self._slots.take(slot)
            same = self._same(columns, there, keys)
            found[left[same]] = there[same]
            further = np.flatnonzero(~same & (there >= 0))
            left, keys = left[further], [words[further] for words in keys]
            slot = (slot[further] + 1) & (len(self._slots) - 1)
        return found

    def number(self, keys: Keys) -> tuple[Integers, Integers]:
        """Number `keys`. Result: their numbers, and the places in `keys` where new ones first
        appear."""
        begin, many = len(self), len(keys[0])
        if not many:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        self._make_room(begin + many)
        # Most keys are known and in the first slot that is looked at.
        found = self._slots.take(self._home(keys)).astype(np.int64)
        if begin:
            columns = [np.frombuffer(column, np.int64) for column in self._columns]
            left = np.flatnonzero(~self._same(columns, found, keys))
            del columns  # an array that is looked at cannot grow
            rest = [words.take(left) for words in keys]
        else:
            left, rest = np.arange(many), keys
        found[left], new = self._number(rest, begin)
        return found, left[new]

    def _same(self, columns: Keys, there: npt.NDArray[Any], keys: Keys) -> npt.NDArray[np.bool_]:
        """Are the keys those of these numbers? Where a number is -1, for no key, it is not."""
        same: npt.NDArray[np.bool_] = columns[0].take(there) == keys[0]
        for column, words in zip(columns[1:], keys[1:], strict=True):
            same &= column.take(there) == words
        same &= there >= 0
        return same

    def _number(self, keys: Keys, begin: int) -> tuple[Integers, Integers]:
        """As `number`, for keys of which few are known."""
        many = len(keys[0])
        # For now each key is given the number that it would have if all were new.
        for column, words in zip(self._columns, keys, strict=True):
            column.frombytes(words.tobytes())
        given = np.arange(begin, begin + many)
        found, slots = self._find(given, keys)
        new = np.flatnonzero(found == given)
        for column, words in zip(self._columns, keys, strict=True):
            del column[begin:]
            column.frombytes(words[new].tobytes())
        final = np.empty(many, np.int64)
        final[new] = np.arange(begin, begin + len(new))
        self._slots[slots[new]] = final[new]
        fresh = np.flatnonzero(found >= begin)
        found[fresh] = final[found[fresh] - begin]
        return found, new

    def _find(self, given: Integers, keys: Keys) -> tuple[Integers, Integers]:
        """For each key under a given number: the number that the first equal key has in the table,
        and in which slot it stands. Keys that the table lacks are put there."""
        columns = [np.frombuffer(column, np.int64) for column in self._columns]
        found, slots = np.empty_like(given), np.empty_like(given)
        left, slot = np.arange(len(given)), self._home(keys)
        while len(left):
            there = self._slots.take(slot)
            # Of several keys that want the same slot the first must get it: it is written last.
            empty = np.flatnonzero(there < 0)[::-1]
            if len(empty):
                self._slots[slot[empty]] = given[left[empty]]
                there[empty] = self._slots[slot[empty]]
            same = columns[0].take(there) == keys[0]
            for column, words in zip(columns[1:], keys[1:], strict=True):
                same &= column.take(there) == words
            here = np.flatnonzero(same)
            found[left[here]], slots[left[here]] = there[here], slot[here]
            further = np.flatnonzero(~same)
            left, keys = left[further], [words[further] for words in keys]
            slot = (slot[further] + 1) & (len(self._slots) - 1)
        return found, slots

    def _home(self, keys: Keys) -> Integers:
        """The slots where the search for some keys begins."""
        mixed = keys[0].view(np.uint64) * _SPREAD
        for words in keys[1:]:
            mixed = (mixed ^ mixed >> np.uint64(32) ^ words.view(np.uint64)) * _SPREAD
        mixed >>= np.uint64(65 - len(self._slots).bit_length())
        return mixed.view(np.int64)

    def _make_room(self, count: int) -> None:
        """Have slots for `count` keys."""
        size = len(self._slots)
        while 2 * size < 3 * count:
            size *= 2
        if size > len(self._slots):
            self._slots = np.full(size, -1, np.int32)
            self._enter_all()

    def _enter_all(self) -> None:
        """Put all keys into an empty table, some at a time: the arrays for this are large."""
        for begin in range(0, len(self), _TOGETHER):
            end = min(begin + _TOGETHER, len(self))
            self._find(np.arange(begin, end), self.keys(begin, end))
