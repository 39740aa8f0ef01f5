"""The kernel's timer wheel (kernel/time/timer.c, since 4.8): when a timer set in jiffies fires.

The wheel has levels of 64 slots each. A slot of the lowest level is one jiffy wide, one of each
further level eight times as wide as one of the level before. How far ahead a timer expires decides
its level, and it fires when the slot after the one that it expires in begins: never early, and the
later the longer it was. What the kernel times with hrtimers instead (nanosleep, a device's own
time) does not come by here.
"""

from __future__ import annotations

SLOTS = 64
"""Slots of a level."""

STEP = 8
"""How much wider the slots of the next level are."""

LEVELS = 9
"""Levels of the wheel for HZ above 100. With HZ 100 there are 8: no difference below 15 days."""

WIDEST = STEP ** (LEVELS - 1)
"""Jiffies in a slot of the last level: the moments of this period are all that the wheel knows."""


def slot_width(jiffies: int) -> int:
    """Jiffies in a slot of the level in which a timer waits that expires in `jiffies`.

    The kernel counts from the next tick, as on a processor that does not skip any; 63 slots of each
    level are used, because the timer fires with the one after its own.
    """
    width = 1
    while jiffies - 1 >= (SLOTS - 1) * width and width < WIDEST:
        width *= STEP
    return width


def fires_at(now: int, jiffies: int) -> int:
    """The tick, counted as `now` is, with which a timer fires that is set during tick `now` and
    expires in `jiffies`.

    That is 1 to `slot_width(jiffies)` ticks after `now + jiffies`, a width of 1 up to 63 jiffies
    and of at most 8/63 of `jiffies` beyond.
    """
    width = slot_width(jiffies)
    return ((now + jiffies) // width + 1) * width
