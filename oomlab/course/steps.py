"""The steps that a student's routine may take, each checked where it is written.

They are the model's own ops (`oomlab.engine.ops`) and two of the kernel's routines, under their own
names. What is added is a sentence for whoever gives them the wrong thing.
"""

from __future__ import annotations

from collections.abc import Hashable

from oomlab.engine import ops
from oomlab.engine.ops import ANY_AMOUNT, Op, Routine, Slot, SlotKind
from oomlab.errors import InputError, shown
from oomlab.gfp import flags
from oomlab.kernel import wait

LOCK: tuple[SlotKind, ...] = ("mutex",)
WORD: tuple[SlotKind, ...] = ("word",)
POOL: tuple[SlotKind, ...] = ("pool",)
QUEUE: tuple[SlotKind, ...] = ("queue",)

KINDS = {"mutex": "a lock", "word": "a word", "pool": "a place with pages", "queue": "a queue"}

LONGEST_JIFFIES = 1_000_000
"""More than an hour (our choice)."""


def mutex_lock(lock: Slot) -> Op:
    """Take `lock`; wait as long as somebody else has it."""
    return ops.mutex_lock(_slot("mutex_lock", lock, LOCK))


def mutex_trylock(lock: Slot) -> Op:
    """Take `lock` if it is free. Result: True or False."""
    return ops.mutex_trylock(_slot("mutex_trylock", lock, LOCK))


def mutex_unlock(lock: Slot) -> Op:
    """Let go of `lock`."""
    return ops.mutex_unlock(_slot("mutex_unlock", lock, LOCK))


def move(source: Slot, target: Slot, pages: int = ANY_AMOUNT) -> Op:
    """Move up to `pages` pages, all of them unless told otherwise. Result: how many moved."""
    _slot("move", source, POOL)
    _slot("move", target, POOL)
    return ops.move(source, target, _number("move", pages, ANY_AMOUNT))


def holds_more(pool: Slot, pages: int) -> Op:
    """Result: are there more than so many pages?"""
    return ops.holds_more((_slot("holds_more", pool, POOL),), _number("holds_more", pages, 1 << 40))


def read(word: Slot) -> Op:
    """Result: the value of `word`."""
    return ops.read(_slot("read", word, WORD))


def write(word: Slot, value: Hashable) -> Op:
    """Set `word` to `value`."""
    return ops.write(_slot("write", word, WORD), _value("write", value))


def swap(word: Slot, value: Hashable) -> Op:
    """Set `word` to `value`. Result: what it was before. One step, so that nobody comes between."""
    return ops.swap(_slot("swap", word, WORD), _value("swap", value))


def wake(queue: Slot) -> Op:
    """Wake everybody who sleeps on `queue`."""
    return ops.wake(_slot("wake", queue, QUEUE))


def sleep(jiffies: int) -> Op:
    """Let so many ticks of the clock pass."""
    return ops.sleep(_number("sleep", jiffies, LONGEST_JIFFIES))


def wait_event(queue: Slot, word: Slot, value: Hashable, *, equal: bool = True) -> Routine:
    """`yield from` it: sleep on `queue` until `word` is `value` (or is not, if not `equal`)."""
    _slot("wait_event", queue, QUEUE)
    _slot("wait_event", word, WORD)
    return wait.wait_event(queue, word, _value("wait_event", value), equal=bool(equal))


def wait_event_timeout(
    queue: Slot, word: Slot, value: Hashable, jiffies: int, *, equal: bool = True
) -> Routine:
    """`yield from` it: the same for so many ticks at most. Result: 0 if the time ran out."""
    _slot("wait_event_timeout", queue, QUEUE)
    _slot("wait_event_timeout", word, WORD)
    most = _number("wait_event_timeout", jiffies, LONGEST_JIFFIES)
    wanted = _value("wait_event_timeout", value)
    return wait.wait_event_timeout(queue, word, wanted, most, equal=bool(equal))


STEPS = {
    "mutex_lock": mutex_lock,
    "mutex_trylock": mutex_trylock,
    "mutex_unlock": mutex_unlock,
    "move": move,
    "holds_more": holds_more,
    "read": read,
    "write": write,
    "swap": swap,
    "wake": wake,
    "sleep": sleep,
    "wait_event": wait_event,
    "wait_event_timeout": wait_event_timeout,
}
"""By name, what every routine of a problem set may use."""

GFP_KERNEL = flags.GFP_KERNEL
GFP_NOFS = flags.GFP_NOFS
GFP_NOWAIT = flags.GFP_NOWAIT
GFP_ATOMIC = flags.GFP_ATOMIC

MASKS = {
    "GFP_KERNEL": GFP_KERNEL,
    "GFP_NOFS": GFP_NOFS,
    "GFP_NOWAIT": GFP_NOWAIT,
    "GFP_ATOMIC": GFP_ATOMIC,
}
"""By name, the masks that a routine may ask for a page with."""


def _slot(step: str, value: object, kinds: tuple[SlotKind, ...]) -> Slot:
    if isinstance(value, Slot) and value.kind in kinds:
        return value
    wanted = " or ".join(KINDS[kind] for kind in kinds)
    if isinstance(value, Slot):
        given = f"{value.name!r} is {KINDS.get(value.kind, 'something else')}"
    else:
        given = f"not {shown(value)}"
    raise InputError(f"{step} needs {wanted}; {given}")


def _number(step: str, value: object, most: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most:
        return value
    raise InputError(f"{step} needs a whole number from 0 to {most}, not {shown(value)}")


def _value(step: str, value: object) -> Hashable:
    if isinstance(value, bool | int | str | type(None)) and len(str(value)) <= 100:
        return value
    if isinstance(value, tuple) and len(value) <= 4:
        return tuple(_value(step, each) for each in value)
    raise InputError(f"{step} can store a number, a short text or a tuple, not {shown(value)}")
