"""The one seam for everything undecided in a timed run: how long a device takes, which way an open
choice goes. Which of two tasks goes first at the same instant is not random; see `clock`."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random


class Chooser:
    """Draws from one seeded generator per run; `draws` counts what was really undecided."""

    def __init__(self, seed: int, parameters: Mapping[str, object]) -> None:
        self._random = Random(f"{seed}/{sorted(parameters.items())}")
        self._seed = seed
        self.draws = 0

    def microseconds(self, low: int, high: int) -> int:
        """A whole number of microseconds from `low` to `high`."""
        if low == high:
            return low
        self.draws += 1
        return self._random.randint(low, high)

    def boot_jiffies(self, period: int) -> int:
        """How many jiffies, of a period of so many, the machine has counted when the run begins.

        By the seed alone, and not among `draws`: runs that differ in a setting begin at the same
        moment, so that what differs between them is the setting's doing. An even number: see the
        limits of `timer`. Both are our choice.
        """
        return 2 * Random(f"{self._seed}/jiffies").randrange(period // 2)

    def option(self, options: int) -> int:
        """A number below `options`."""
        if options == 1:
            return 0
        self.draws += 1
        return self._random.randrange(options)
