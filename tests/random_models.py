"""Small models made at random: tasks that lock, poll, wait, signal, spend time and move pages.

Most of them deadlock, starve or leak locks in some schedule; that is what they are for. A model is
described by a plain program (tuples all the way down), which the routines below interpret.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from oomlab.engine.model import Actor, Layout, Model
from oomlab.engine.ops import (
    Routine,
    Slot,
    announce_write,
    choose,
    cost,
    down_read,
    down_write,
    holds_more,
    io,
    log,
    move,
    mutex_lock,
    mutex_trylock,
    mutex_unlock,
    read,
    sleep,
    swap,
    take_page,
    up_read,
    up_write,
    wake,
    write,
)
from oomlab.kernel.wait import wait_event, wait_event_timeout

Program = tuple[tuple[Any, ...], ...]
"""Instructions: a name, then its arguments, of which one may be a program again."""

TICKY_US = (1, 250, 500, 1000, 4000, 6000)
"""Costs that often make two tasks act in the same microsecond (a tick is 4000 us)."""


@dataclass(frozen=True)
class Slots:
    """What the tasks of a random model share."""

    plain: tuple[Slot, ...]
    polled: tuple[Slot, ...]
    semaphore: Slot
    words: tuple[Slot, ...]
    queues: tuple[Slot, ...]
    pools: tuple[Slot, ...]
    panic: Slot


@dataclass(frozen=True)
class Recipe:
    """A random model before it is built: one program per task, and which tasks are background."""

    programs: tuple[Program, ...]
    background: frozenset[int]

    def build(self) -> Model:
        """A fresh model."""
        layout = Layout()
        slots = Slots(
            plain=(layout.mutex("A"), layout.mutex("B")),
            polled=(layout.mutex("P", polled=True), layout.mutex("Q", polled=True)),
            semaphore=layout.rwsem("R"),
            words=(layout.word("v", 0), layout.word("w", 0)),
            queues=tuple(layout.queue(f"queue of {word}", "anybody") for word in "vw"),
            pools=(layout.pool("free", 2, role="free"), layout.pool("used", 1, role="kept")),
            panic=layout.word("panic", 0),
        )
        actors = [
            Actor(
                i,
                f"t{i}",
                "acts at random",
                _body(slots, program),
                i not in self.background,
                False,
                0,
            )
            for i, program in enumerate(self.programs)
        ]
        return Model(layout, actors, slots.panic, 250)


def _body(slots: Slots, program: Program) -> Callable[[], Routine]:
    return lambda: run_program(slots, program)


def run_program(slots: Slots, program: Program) -> Routine:
    """Execute the instructions one after the other."""
    for i in range(len(program)):
        yield from INSTRUCTIONS[program[i][0]](slots, *program[i][1:])


def with_lock(slots: Slots, lock: int, inside: Program) -> Routine:
    yield mutex_lock(slots.plain[lock])
    yield from run_program(slots, inside)
    yield mutex_unlock(slots.plain[lock])


def with_polled_lock(
    slots: Slots, lock: int, jiffies: int, cost_us: int, word: int, inside: Program
) -> Routine:
    while True:
        if cost_us:
            yield cost(cost_us)
        yield read(slots.words[word])
        got = yield mutex_trylock(slots.polled[lock])
        if got:
            break
        yield sleep(jiffies)
    yield from run_program(slots, inside)
    yield mutex_unlock(slots.polled[lock])


def with_read_lock(slots: Slots, inside: Program) -> Routine:
    yield down_read(slots.semaphore)
    yield from run_program(slots, inside)
    yield up_read(slots.semaphore)


def with_write_lock(slots: Slots, inside: Program) -> Routine:
    yield announce_write(slots.semaphore)
    yield down_write(slots.semaphore)
    yield from run_program(slots, inside)
    yield up_write(slots.semaphore)


def poll_word(slots: Slots, word: int, value: int, jiffies: int, grumbles: bool) -> Routine:
    while True:
        seen = yield read(slots.words[word])
        if seen == value:
            break
        if grumbles:
            yield log("not yet")
        yield sleep(jiffies)


def poll_page(slots: Slots, mark: int, low_us: int, high_us: int) -> Routine:
    while True:
        yield holds_more(slots.pools, 1)
        got = yield take_page(slots.pools[0], slots.pools[1], mark)
        if got:
            break
        yield io(low_us, high_us)
        yield sleep(1)


def wait(slots: Slots, word: int, value: int) -> Routine:
    yield from wait_event(slots.queues[word], slots.words[word], value)


def wait_with_timeout(slots: Slots, word: int, value: int, jiffies: int) -> Routine:
    left = yield from wait_event_timeout(slots.queues[word], slots.words[word], value, jiffies)
    if not left:
        yield log("too late")


def signal(slots: Slots, word: int, value: int) -> Routine:
    yield write(slots.words[word], value)
    yield wake(slots.queues[word])


def nudge(slots: Slots, word: int) -> Routine:
    yield wake(slots.queues[word])


def spend(slots: Slots, microseconds: int) -> Routine:
    yield cost(microseconds)


def nap(slots: Slots, jiffies: int) -> Routine:
    yield sleep(jiffies)


def device(slots: Slots, low_us: int, high_us: int) -> Routine:
    yield io(low_us, high_us)


def exchange(slots: Slots, word: int, value: int) -> Routine:
    before = yield swap(slots.words[word], value)
    if before == value:
        yield log("nothing new")


def return_pages(slots: Slots, pages: int) -> Routine:
    yield move(slots.pools[1], slots.pools[0], pages)


def toss(slots: Slots, word: int) -> Routine:
    side = yield choose(2, "which way")
    yield write(slots.words[word], side)


def give_up(slots: Slots) -> Routine:
    yield write(slots.panic, 1)


INSTRUCTIONS: dict[str, Callable[..., Routine]] = {
    f.__name__: f
    for f in (
        with_lock,
        with_polled_lock,
        with_read_lock,
        with_write_lock,
        poll_word,
        poll_page,
        wait,
        wait_with_timeout,
        signal,
        nudge,
        spend,
        nap,
        device,
        exchange,
        return_pages,
        toss,
        give_up,
    )
}


def random_recipe(
    seed: int, *, tasks: tuple[int, int], length: int, polling: int = 3, stirring: int = 0
) -> Recipe:
    """The recipe with this seed: `tasks[0]` to `tasks[1]` tasks of about `length` instructions,
    in which polling instructions are `polling` times as frequent as others.

    One more task, if `stirring` is more than 0, does that many things for the others to notice.
    """
    random = Random(seed)
    count = random.randint(*tasks)
    programs = [_program(random, length, polling, 2) for _ in range(count)]
    if stirring:
        place = random.randrange(count + 1)
        programs.insert(place, _stirring(random, stirring))
    background = frozenset(i for i in range(1, count) if random.random() < 0.15)
    return Recipe(tuple(programs), background)


def _stirring(random: Random, length: int, depth: int = 1) -> Program:
    """Change something, wait a moment, change something else, and so on."""
    program: list[tuple[Any, ...]] = []
    for _ in range(length):
        moment = random.choice((("nap", random.randint(1, 9)), ("spend", random.choice(TICKY_US))))
        word, value = random.randrange(2), random.randrange(2)
        changes: list[tuple[Any, ...]] = [
            ("signal", word, value),
            ("exchange", word, value),
            ("nudge", word),
            ("return_pages", random.randint(1, 2)),
        ]
        if depth:
            changes += [
                ("with_polled_lock", random.randrange(2), 1, 0, word, (moment,)),
                ("with_polled_lock", random.randrange(2), 1, 500, word, ()),
            ]
        program += [random.choice(changes), moment]
    return tuple(program)


def _program(random: Random, length: int, polling: int, depth: int) -> Program:
    return tuple(
        _instruction(random, length, polling, depth) for _ in range(random.randint(1, length))
    )


def _instruction(random: Random, length: int, polling: int, depth: int) -> tuple[Any, ...]:
    names = ["spend", "nap", "signal", "signal", "exchange", "wait", "wait_with_timeout"]
    names += ["nudge", "device", "return_pages", "return_pages", "toss"]
    names += ["poll_word", "poll_page"] * (polling - 1)
    if depth:
        names += ["with_lock"] * 4 + ["with_read_lock", "with_write_lock"]
        names += ["with_polled_lock"] * 2 * polling
    if random.random() < 0.004:
        return ("give_up",)
    name = random.choice(names)
    word, value, jiffies = random.randrange(2), random.randrange(2), random.choice((1, 1, 1, 2, 3))

    def inside() -> Program:
        if random.random() < 0.7:
            return _stirring(random, 1, depth - 1)
        return _program(random, max(1, length - 1), polling, depth - 1)

    match name:
        case "with_lock":
            return (name, random.randrange(2), inside())
        case "with_polled_lock":
            cost_us = random.choice((0, 0, *TICKY_US))
            return (name, random.randrange(2), jiffies, cost_us, word, inside())
        case "with_read_lock" | "with_write_lock":
            return (name, inside())
        case "poll_word":
            return (name, word, value, jiffies, random.random() < 0.1)
        case "poll_page":
            low = random.choice(TICKY_US)
            return (name, random.randrange(2), low, low * random.choice((1, 1, 1, 1, 2)))
        case "wait":
            return (name, word, value)
        case "wait_with_timeout":
            return (name, word, value, random.randint(1, 12))
        case "signal" | "exchange":
            return (name, word, value)
        case "nudge" | "toss":
            return (name, word)
        case "spend":
            return (name, random.choice(TICKY_US))
        case "nap":
            return (name, random.randint(1, 9))
        case "device":
            low = random.choice((1, 500, 4000, 30000))
            return (name, low, low * random.choice((1, 1, 3)))
        case _:
            return (name, random.randrange(3))
