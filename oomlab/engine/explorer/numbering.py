"""Numbers for whole arrays of keys at once: a hash table in flat arrays."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

Keys = list[Integers]
"""Keys of one or more words each, as one array for every word; words are 0 to 2**63 - 1."""

_START = 1 << 10
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""2**64 over the golden ratio: multiplying by it moves low bits up (Knuth, volume 3, 6.4)."""


class Numbering:
    """Numbers keys of `words` words from 0 up, in the order in which they first appear.

    An open-addressing table with linear probing, at most half full. All keys of a call are looked
    up together: the processor then waits for many memory reads at once, not for one after the
    other, which is most of the time that a dict with a million integers takes.
    """

    def __init__(self, words: int) -> None:
        self._count = 0
        self._keys = [np.empty(_START // 2, np.int64) for _ in range(words)]
        self._slots = np.full(_START, -1, np.int32)

    def __len__(self) -> int:
        return self._count

    def keys(self, begin: int, end: int) -> Keys:
        """The keys numbered from `begin` to `end - 1`, or to the last."""
        return [words[begin : min(end, self._count)] for words in self._keys]

    def number(self, keys: Keys) -> tuple[Integers, Integers]:
        """Number `keys`. Result: their numbers, and the places in `keys` where new ones first
        appear."""
        begin, many = self._count, len(keys[0])
        if not many:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        self._make_room(begin + many)
        # For now each key is given the number that it would have if all were new.
        for known, words in zip(self._keys, keys, strict=True):
            known[begin : begin + many] = words
        given = np.arange(begin, begin + many)
        found, slots = self._find(given)
        new = np.flatnonzero(found == given)
        self._count = end = begin + len(new)
        for known, words in zip(self._keys, keys, strict=True):
            known[begin:end] = words[new]
        final = np.empty(many, np.int64)
        final[new] = np.arange(begin, end)
        self._slots[slots[new]] = final[new]
        fresh = np.flatnonzero(found >= begin)
        found[fresh] = final[found[fresh] - begin]
        return found, new

    def _find(self, given: Integers) -> tuple[Integers, Integers]:
        """For each key under a given number: the number that the first equal key has in the table,
        and in which slot it stands. Keys that the table lacks are put there."""
        found, slots = np.empty_like(given), np.empty_like(given)
        keys = [known[given[0] : given[0] + len(given)] for known in self._keys]
        left, slot = given - given[0], self._home(keys)
        while len(left):
            there = self._slots.take(slot)
            # Of several keys that want the same slot the first must get it: it is written last.
            empty = np.flatnonzero(there < 0)[::-1]
            if len(empty):
                self._slots[slot[empty]] = given[left[empty]]
                there[empty] = self._slots[slot[empty]]
            same = self._keys[0].take(there) == keys[0]
            for known, words in zip(self._keys[1:], keys[1:], strict=True):
                same &= known.take(there) == words
            here = np.flatnonzero(same)
            found[left[here]], slots[left[here]] = there[here], slot[here]
            further = np.flatnonzero(~same)
            left, keys = left[further], [words[further] for words in keys]
            slot = (slot[further] + 1) & (len(self._slots) - 1)
        return found, slots

    def _home(self, keys: Keys) -> Integers:
        """The slots where the search for some keys begins."""
        mixed = np.zeros(len(keys[0]), np.uint64)
        for words in keys:
            mixed = (mixed ^ words.view(np.uint64)) * _SPREAD
            mixed ^= mixed >> np.uint64(32)
        return (mixed & np.uint64(len(self._slots) - 1)).view(np.int64)

    def _make_room(self, count: int) -> None:
        """Have slots and room for `count` keys."""
        size = len(self._slots)
        while size < 2 * count:
            size *= 2
        if size > len(self._slots):
            self._keys = [np.resize(known, size // 2) for known in self._keys]
            self._slots = np.full(size, -1, np.int32)
            if self._count:
                self._find(np.arange(self._count))
