"""Builds the tiny models of the self-test table from scripts.

A script is what one task does, as words:

    A   -A          take and release mutex A (any capital letter but R and S)
    A?              poll A: try it, nap a jiffy, try again
    A~              try A once; if that worked, release it
    spin:A -spin:A  take and release spinlock A
    r:S w:S         take rwsem S (or R) for reading, for writing
    -r:S -w:S       release it
    r~:S            try to read S once; if that worked, release it
    wait:q wake:q   sleep on queue q until its word is set; set it and wake the queue
    timed:q         as wait:q, for at most 5 jiffies
    mark:q          set the word of queue q and wake nobody
    until:x set:x   wait until word x is set, not on a queue; set it
    nap             sleep a jiffy
    short           from here on memory is short
    kernel nofs nowait inflate
                    ask for a page with GFP_KERNEL, GFP_NOFS, GFP_NOWAIT, or as the balloon does
    inner-kernel inner-inflate
                    the same inside reclaim, where a request cannot reclaim in turn

While memory is short, a request that may enter filesystem reclaim runs the model's reclaim script.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from oomlab.engine.model import Actor, Layout, Model
from oomlab.engine.ops import (
    Op,
    Routine,
    Slot,
    announce_write,
    cost,
    down_read,
    down_read_trylock,
    down_write,
    mutex_lock,
    mutex_trylock,
    mutex_unlock,
    note,
    read,
    sleep,
    spin_lock,
    spin_unlock,
    up_read,
    up_write,
    wait_for,
    wake,
    write,
)
from oomlab.engine.slots import Answerer
from oomlab.gfp import flags
from oomlab.kernel.wait import wait_event, wait_event_timeout

Step: TypeAlias = Op | Callable[[], Routine]
Steps: TypeAlias = tuple[Step, ...]
Script: TypeAlias = "str | Callable[[Bench], Callable[[], Routine]]"
"""Words, or for what words cannot say a function that makes a routine on a bench."""


class Bench:
    """One model while it is being built; `reclaim` is the script of filesystem reclaim."""

    def __init__(self, reclaim: str = "") -> None:
        self.layout = Layout()
        self.slots: dict[str, Slot] = {}
        self.panic = self.layout.word("panic", 0)
        self.short = self.layout.word("memory is short", 0)
        self.reclaim = self.steps(reclaim)

    def model(self, tasks: Mapping[str, Script]) -> Model:
        """The finished model, one foreground task per script."""
        bodies = [self._body(script) for script in tasks.values()]
        actors = [
            Actor(i, name, "plays its part", body, True, False, 0)
            for i, (name, body) in enumerate(zip(tasks, bodies, strict=True))
        ]
        return Model(self.layout, actors, self.panic, 250)

    def mutex(self, name: str) -> Slot:
        """The mutex called `name`; the same one every time."""
        if name not in self.slots:
            self.slots[name] = self.layout.mutex(name, polled=True)
        return self.slots[name]

    def rwsem(self, name: str) -> Slot:
        """The rwsem called `name`."""
        if name not in self.slots:
            self.slots[name] = self.layout.rwsem(name)
        return self.slots[name]

    def word(self, name: str) -> Slot:
        """The variable called `name`, 0 at first."""
        if name not in self.slots:
            self.slots[name] = self.layout.word(name, 0)
        return self.slots[name]

    def queue(self, name: str) -> tuple[Slot, Slot]:
        """The wait queue called `name` and the word that its sleepers wait for."""
        if name not in self.slots:
            self.slots[name] = self.layout.queue(
                name, Answerer("host", "its buffer back") if name == "acked" else "anybody"
            )
        return self.slots[name], self.word(f"{name} is done")

    def steps(self, script: str) -> Steps:
        """The steps that the words of a script stand for."""
        return tuple(step for word in script.split() for step in self._steps(word))

    def _body(self, script: Script) -> Callable[[], Routine]:
        if not isinstance(script, str):
            return script(self)
        steps = self.steps(script)
        return lambda: perform(steps)

    def _steps(self, word: str) -> Steps:
        if word in ASKING:
            ask, gfp = ASKING[word]
            return (lambda: ask(self, gfp),)
        if word == "nap":
            return (sleep(1),)
        if word == "short":
            return (write(self.short, 1),)
        verb, _, name = word.partition(":")
        if name:
            return self._steps_on(verb, name)
        if word.endswith("?"):
            polled = self.mutex(word[:-1])
            return (lambda: polls(polled),)
        if word.endswith("~"):
            tried = self.mutex(word[:-1])
            return (lambda: tries(tried),)
        if word.startswith("-"):
            return (mutex_unlock(self.mutex(word[1:])),)
        return (mutex_lock(self.mutex(word)),)

    def _steps_on(self, verb: str, name: str) -> Steps:
        if verb in SEMAPHORE_OPS:
            return tuple(make(self.rwsem(name)) for make in SEMAPHORE_OPS[verb])
        if verb in SPINLOCK_OPS:
            return (SPINLOCK_OPS[verb](self.mutex(name)),)
        if verb == "r~":
            semaphore = self.rwsem(name)
            return (lambda: tries_to_read(semaphore),)
        if verb == "until":
            return (wait_for(self.word(name), 1),)
        if verb == "set":
            return (write(self.word(name), 1),)
        queue, done = self.queue(name)
        found: dict[str, Steps] = {
            "wait": (lambda: wait_event(queue, done, 1),),
            "timed": (lambda: wait_event_timeout(queue, done, 1, 5),),
            "wake": (write(done, 1), wake(queue)),
            "mark": (write(done, 1),),
        }
        return found[verb]


SEMAPHORE_OPS: Mapping[str, tuple[Callable[[Slot], Op], ...]] = {
    "r": (down_read,),
    "-r": (up_read,),
    "w": (announce_write, down_write),
    "-w": (up_write,),
}

SPINLOCK_OPS: Mapping[str, Callable[[Slot], Op]] = {"spin": spin_lock, "-spin": spin_unlock}


def perform(steps: Steps) -> Routine:
    """Do the steps, one after the other."""
    for i in range(len(steps)):
        step = steps[i]
        if isinstance(step, Op):
            yield step
        else:
            yield from step()


def polls(lock: Slot) -> Routine:
    """Try until it works, with a nap in between, whatever else is held."""
    while True:
        got = yield mutex_trylock(lock)
        if got:
            return
        yield sleep(1)


def tries(lock: Slot) -> Routine:
    """Try once, and do without it if need be."""
    got = yield mutex_trylock(lock)
    if got:
        yield mutex_unlock(lock)


def tries_to_read(semaphore: Slot) -> Routine:
    """Try once to read, and do without it if need be."""
    got = yield down_read_trylock(semaphore)
    if got:
        yield up_read(semaphore)


# --- memory: what the lock-order graph looks for, and no more -----------------------------------


def alloc_page(bench: Bench, gfp: int, *, reclaims: bool) -> Routine:
    """Say with which flags; reclaim if memory is short and the request may."""
    short = yield read(bench.short)
    yield note("gfp", gfp)
    if short and reclaims:
        yield from try_to_free_pages(bench.reclaim if gfp & flags.FS else ())


def try_to_free_pages(reclaim: Steps) -> Routine:
    """One round of reclaim."""
    yield cost(1)
    yield from perform(reclaim)


def asks(bench: Bench, gfp: int) -> Routine:
    """Ask for a page."""
    yield from alloc_page(bench, gfp, reclaims=flags.gfpflags_allow_blocking(gfp))


def asks_inside_reclaim(bench: Bench, gfp: int) -> Routine:
    """Ask for a page where no further reclaim is possible, the task being PF_MEMALLOC."""
    yield from alloc_page(bench, gfp, reclaims=False)


ASKING: Mapping[str, tuple[Callable[[Bench, int], Routine], int]] = {
    "kernel": (asks, flags.GFP_KERNEL),
    "nofs": (asks, flags.GFP_NOFS),
    "nowait": (asks, flags.GFP_NOWAIT),
    "inflate": (asks, flags.BALLOON_INFLATE),
    "inner-kernel": (asks_inside_reclaim, flags.GFP_KERNEL),
    "inner-inflate": (asks_inside_reclaim, flags.BALLOON_INFLATE),
}
