"""A time axis on which a millisecond and five seconds can both be read.

Nothing happens during most of a run. Between two moments at which something happens, the width
grows with the logarithm of the time that passes: five quiet seconds are a few times as wide as half
a busy millisecond, and the fifth second round is as wide as the first. A replayed schedule has
steps instead of times; there all steps are equally wide.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable

KNEE_US = 50
"""Below this many microseconds the width is about proportional to time (our choice)."""

FOR_EVER = 3.0
"""The stretch for all the time to come is as wide as 50 ms (our choice) ..."""

FOR_EVER_AT_LEAST = 112.0
"""... but never narrower than this, in units of the picture: its name must fit below."""


class TimeScale:
    """Maps moments to x between `left` and `right`.

    `moments`: when something happens; 0 and the end among them. `goes_on`: the picture ends with a
    stretch beyond the last moment, from `end` to `right`. `equal`: all steps equally wide.
    """

    def __init__(
        self,
        moments: Iterable[int],
        left: float,
        right: float,
        *,
        goes_on: bool = False,
        equal: bool = False,
    ) -> None:
        self.moments = sorted(set(moments))
        self.left, self.right = left, right
        self._equal = equal
        self._at = [0.0]
        for earlier, later in zip(self.moments, self.moments[1:], strict=False):
            self._at.append(self._at[-1] + self._weight(later - earlier))
        width = right - left
        if goes_on:
            share = FOR_EVER / (FOR_EVER + self._at[-1])
            width -= max(FOR_EVER_AT_LEAST, share * width)
        self._unit = width / (self._at[-1] or 1.0)

    @property
    def end(self) -> float:
        """The x of the last moment."""
        return self.x(self.moments[-1])

    def x(self, at_us: int) -> float:
        """Where `at_us` is; moments outside the run are at its ends."""
        place = bisect_right(self.moments, at_us) - 1
        if place < 0:
            return self.left
        inside = 0.0
        if place + 1 < len(self.moments):
            inside = self._weight(at_us - self.moments[place])
        return self.left + (self._at[place] + inside) * self._unit

    def gaps(self) -> list[tuple[int, int]]:
        """The stretches between neighbouring moments."""
        return list(zip(self.moments, self.moments[1:], strict=False))

    def ticks(self) -> list[int]:
        """All moments, the most telling ones for an axis first.

        First the two ends, then the beginnings and ends of the longest quiet stretches.
        """
        quiet = dict.fromkeys(self.moments, 0)
        for earlier, later in self.gaps():
            quiet[earlier] = max(quiet[earlier], later - earlier)
            quiet[later] = max(quiet[later], later - earlier)
        ends = [self.moments[0], self.moments[-1]]
        inner = sorted(self.moments[1:-1], key=lambda moment: (-quiet[moment], moment))
        return [*dict.fromkeys(ends), *inner]

    def _weight(self, us: int) -> float:
        return float(us) if self._equal else math.log10(1 + us / KNEE_US)
