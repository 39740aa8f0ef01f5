"""What the words of a text do: ops and routines of the model, with every argument looked at.

A step knows where it stands in the text, so that an error of the model can be told at its line.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable
from typing import Any

from oomlab.engine import ops
from oomlab.engine.explorer.folding import FOLDED_AT_MOST
from oomlab.engine.model import Layout
from oomlab.engine.ops import Op, Routine, Slot
from oomlab.engine.slots import Answerer, Says
from oomlab.gfp import flags
from oomlab.kernel import slab, wait
from oomlab.kernel.machine import Machine
from oomlab.kernel.notifier import add_freed
from oomlab.kernel.oom_notify import notify_in_context
from oomlab.kernel.page_alloc import alloc_page
from oomlab.kernel.task import Task
from oomlab.listeners.virtio_ring import virtqueue_add_outbuf
from oomlab.workbench.errors import BenchError
from oomlab.workbench.language import (
    LARGEST,
    NUMBERS,
    VERBS,
    ArgumentKind,
    Verb,
    Where,
    fits,
    needs,
)
from oomlab.workbench.reading import ReadText

DEVICE = "device"
"""Who answers the driver, as a task."""

_ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "FloorDiv": operator.floordiv,
    "Mod": operator.mod,
    "BitAnd": operator.and_,
    "BitOr": operator.or_,
    "BitXor": operator.xor,
    "USub": lambda value, _: -value,
    "Invert": lambda value, _: ~value,
}


class PlacedOp(Op):
    """An op that knows the line by which it was made; equal to one from another line."""

    where: Where


class Used:
    """What the routines of a text were seen to do, by whoever tried them: masks asked for, locks
    waited for, and what was waited for besides, each with its line."""

    def __init__(self) -> None:
        self.masks: set[tuple[Where, int]] = set()
        self.locks: set[tuple[Where, str, str]] = set()
        self.waits: set[tuple[Where, str, str]] = set()


class BenchWords:
    """The words of one machine. `machine` is known only once it has booted."""

    def __init__(self, layout: Layout, used: Used) -> None:
        self._layout, self._used = layout, used
        self._counted = 0
        self.machine: Machine | None = None
        self.lent: list[Slot] = []

    def run(self, reading: ReadText, namespace: dict[str, Any]) -> dict[str, Any]:
        """Declare what a text declares, in order, and give its routines; `namespace` has what other
        texts declared and gets the rest."""
        polled = reading.polled

        def declares(verb: Verb) -> Callable[..., Slot]:
            def declare(where: Where, *given: Any) -> Slot:
                return self._declare(reading, where, verb, given, polled)

            return declare

        words: dict[str, Any] = dict(NUMBERS)
        for verb in VERBS.values():
            if verb.how == "declares":
                words[verb.name] = declares(verb)
            else:
                words[verb.name] = self._step(verb) if verb.how == "step" else self._routine(verb)
        words |= {"_count": self._count, "_number": self._number, "__builtins__": {}} | namespace
        exec(reading.code, words)  # nothing but the words above can be named in it (see reading)
        for name in reading.declared:
            namespace[name] = words[name]
        return {name: words[name] for name in reading.routines}

    def _declare(
        self,
        reading: ReadText,
        where: Where,
        verb: Verb,
        given: tuple[Any, ...],
        polled: frozenset[str],
    ) -> Slot:
        texts = [one for one in given if isinstance(one, str)]
        own = reading.text.splitlines()[where[1] - 1].partition("=")[0].strip()
        name = texts[-1] if texts and verb.takes[-1] == "text" else own
        if any(slot.name == name for slot in self._layout.slots):
            raise BenchError(*where, f"there is something named {name!r} on the machine already")
        match verb.name:
            case "mutex":
                return self._layout.mutex(name, polled=own in polled)
            case "rwsem":
                return self._layout.rwsem(name)
            case "word":
                return self._layout.word(name, given[0] if given else 0)
            case "queue":
                return self._layout.queue(name, Answerer(DEVICE, "an answer"))
        pages = given[0] if given and isinstance(given[0], int) else 1
        if not 0 <= pages <= 1 << 20:
            raise BenchError(*where, f"a pool cannot hold {pages} pages")
        says = {"move": Says(told=f"{{pages}} come back from {name} ({{task}})")}
        self.lent.append(self._layout.pool(name, pages, role="lent", says=says))
        return self.lent[-1]

    def _check(self, where: Where, verb: Verb, given: tuple[Any, ...]) -> None:
        self._counted = 0
        for value, kind in zip(given, verb.takes, strict=False):
            found = kind_of(value)
            if not fits(found, kind):
                raise BenchError(*where, needs(verb.name, kind, found))

    def _step(self, verb: Verb) -> Callable[..., Op]:
        make: Callable[..., Op] = getattr(ops, verb.name)
        used = self._used

        def step(where: Where, *given: Any) -> Op:
            self._check(where, verb, given)
            if verb.name in ("mutex_lock", "spin_lock", "down_read"):
                used.locks.add((where, verb.name, given[0].name))
            elif verb.name in ("wait_for", "sleep", "io"):
                used.waits.add((where, verb.name, getattr(given[0], "name", "")))
            if verb.name == "choose":
                given = (given[0], given[1] if len(given) > 1 else "which way")
            if verb.name in ("choose", "sleep", "io") and not all(
                1 <= one <= LARGEST for one in given if isinstance(one, int)
            ):
                raise BenchError(*where, f"`{verb.name}` needs a number from 1 up")
            op = PlacedOp(*make(*given))
            op.where = where
            return op

        return step

    def _routine(self, verb: Verb) -> Callable[..., Routine]:
        start: Callable[..., Routine] = getattr(self, f"_{verb.name}")

        def routine(current: Task, where: Where, *given: Any) -> Routine:
            self._check(where, verb, given)
            return start(current, where, *given)

        return routine

    def _count(self, where: Where) -> None:
        self._counted += 1
        if self._counted > FOLDED_AT_MOST:
            raise BenchError(*where, "this goes round for ever without a step")

    def _number(self, where: Where, kind: str, left: object, right: object) -> int:
        if not isinstance(left, int) or not isinstance(right, int):
            wrong = right if isinstance(left, int) else left
            raise BenchError(*where, f"one can reckon with numbers only, not with {told(wrong)}")
        if kind in ("FloorDiv", "Mod") and not right:
            raise BenchError(*where, "this divides by 0")
        result = _ARITHMETIC[kind](left, right)
        if abs(result) > LARGEST:
            raise BenchError(*where, f"this gives a number above {LARGEST}")
        return result

    @property
    def _machine(self) -> Machine:
        assert self.machine is not None
        return self.machine

    def _down_write(self, current: Task, where: Where, semaphore: Slot) -> Routine:
        self._used.locks.add((where, "down_write", semaphore.name))
        return take_for_writing(semaphore)

    def _wait_event(
        self, current: Task, where: Where, queue: Slot, word: Slot, value: Hashable
    ) -> Routine:
        self._used.waits.add((where, "wait_event", queue.name))
        return wait.wait_event(queue, word, value)

    def _wait_event_timeout(
        self, current: Task, where: Where, queue: Slot, word: Slot, value: Hashable, jiffies: int
    ) -> Routine:
        self._used.waits.add((where, "wait_event_timeout", queue.name))
        return wait.wait_event_timeout(queue, word, value, jiffies)

    def _alloc_page(self, current: Task, where: Where, gfp: int) -> Routine:
        self._used.masks.add((where, gfp))
        return alloc_page(self._machine, current, gfp)

    def _kmalloc(self, current: Task, where: Where, gfp: int) -> Routine:
        self._used.masks.add((where, gfp))
        return slab.kmalloc(self._machine, current, gfp)

    def _virtqueue_add_outbuf(self, current: Task, where: Where, entries: int, gfp: int) -> Routine:
        if entries > 1:
            self._used.masks.add((where, gfp))
        return virtqueue_add_outbuf(self._machine, current, entries, gfp)

    def _free_page(self, current: Task, where: Where) -> Routine:
        return move_all(current.hand, self._machine.zone.free)

    def _lend_page(self, current: Task, where: Where, pool: Slot) -> Routine:
        return move_all(current.hand, pool)

    def _give_back(
        self, current: Task, where: Where, pool: Slot, most: int = ops.ANY_AMOUNT
    ) -> Routine:
        return give_pages_back(pool, self._machine.zone.free, most)

    def _add_freed(self, current: Task, where: Where, freed: Slot, pages: int) -> Routine:
        if not isinstance(freed, Slot):
            raise BenchError(*where, "`add_freed` needs `freed`, which the callback is given")
        return add_freed(freed, pages)

    def _call_chain(self, current: Task, where: Where) -> Routine:
        return notify_in_context(self._machine, current)


def take_for_writing(semaphore: Slot) -> Routine:
    """Take a semaphore for writing: new readers are kept away from the moment of asking on."""
    yield ops.announce_write(semaphore)
    yield ops.down_write(semaphore)


def move_all(source: Slot, target: Slot) -> Routine:
    """Move all pages from one place to another."""
    yield ops.move(source, target, ops.ANY_AMOUNT)


def give_pages_back(pool: Slot, free: Slot, most: int) -> Routine:
    """Make pages of a driver free, at most so many. Result: how many."""
    pages = yield ops.move(pool, free, most)
    return pages


def kind_of(value: object) -> ArgumentKind:
    """What a value is, in the kinds of the language."""
    if isinstance(value, Slot):
        return value.kind
    if isinstance(value, str):
        return "text"
    return "number" if isinstance(value, int) else "value"


def told(value: object) -> str:
    """A value in a few words."""
    return value.name if isinstance(value, Slot) else repr(value)


def may_wait(gfp: int) -> bool:
    """May a request with this mask wait, and so reclaim or ask the OOM killer?"""
    return flags.gfpflags_allow_blocking(gfp)
