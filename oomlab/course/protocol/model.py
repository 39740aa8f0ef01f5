"""The machine of problem set 8: two callers, a thread, and what they share.

The rest of the kernel is left out: a caller has oom_lock while it asks, a walk of the chain finds
the pages of one listener or none, and may take for ever. A ghost remembers which request a walk was
begun for, and how many pages came back for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from oomlab.checked import checked
from oomlab.course.code import FencedCode, RoutineFault, fenced, written
from oomlab.course.steps import STEPS
from oomlab.course.variants import Draw
from oomlab.engine.model import Actor, Layout, Model
from oomlab.engine.ops import (
    ANY_AMOUNT,
    Routine,
    Slot,
    ghost_add,
    ghost_write,
    io,
    mutex_lock,
    mutex_unlock,
    read,
    wait_for,
    witness,
    witness_if,
)
from oomlab.engine.ops import move as move_pages
from oomlab.engine.ops.ghosts import SEEN
from oomlab.engine.properties import never, noted
from oomlab.engine.slots import Says
from oomlab.remedies import Remedy
from oomlab.scenarios import Scenario
from oomlab.scenarios.parameters import Parameter, Settings

OLD = "a caller was credited with pages that were found before it asked"
OVERLAP = "a caller was credited with pages of a walk that had begun before it asked"
EMPTY = "pages have come back in time, and none of the callers was told of them all"
ENDED = "the thread has come to its end, so that whoever asks later asks in vain"

DESK_CLAIMS = {
    "old": OLD,
    "overlap": OVERLAP,
    "stuck": "a caller never comes back, although its time has run out",
    "lost": "every walk ends in time, and yet not all pages are credited to those who asked",
}
"""What may be said of a protocol, by key."""

PARTS = ("requested", "done", "freed", "lock", "asked", "answered")
"""What stands behind the dot of `desk`."""

FIVE_SECONDS = 1250
"""In jiffies, at 250 a second."""


@dataclass(frozen=True)
class DeskNames:
    """What a variant calls the tasks, how many pages there are, and who asks twice."""

    first: str
    second: str
    thread: str
    pages: int
    asks: tuple[int, int]


def desk_names(number: object = ...) -> DeskNames:
    """The names and sizes of a student's desk."""
    draw = Draw("ps8", number)
    first, second = draw.some("callers", ("postgres", "rsync", "firefox", "cron", "make", "tar"), 2)
    return DeskNames(
        first,
        second,
        draw.one("thread", ("oom_notifier", "oom_walker", "chain_thread")),
        draw.whole("pages", 1, 9),
        draw.one("asks", ((1, 1), (2, 1), (1, 2))),
    )


@dataclass(frozen=True, eq=False)
class DeskParts:
    """What both sides share. `requested`, `done` and `freed` are words, 0 at first; `lock` is a
    lock; `asked` and `answered` are queues to sleep on. The rest is for the machine alone."""

    requested: Slot
    done: Slot
    freed: Slot
    lock: Slot
    asked: Slot
    answered: Slot
    pages: Slot
    free: Slot
    begun_for: Slot
    active: Slot
    due: Slot
    credited: Slot
    finished: Slot
    answers: bool

    def __repr__(self) -> str:
        """What a student is told who gives it in place of one of its parts."""
        return "the whole desk"


def walk(desk: DeskParts) -> Routine:
    """`yield from` it: walk the notifier chain. Result: the pages that came back."""
    if not isinstance(desk, DeskParts):
        raise RoutineFault("walk needs the desk")
    return walk_the_chain(desk)


def walk_the_chain(desk: DeskParts) -> Routine:
    """The walk itself: begins, waits for the listener's device, gives back what there is."""
    active = yield read(desk.active)
    yield ghost_write(desk.begun_for, active)
    if not desk.answers:
        yield wait_for(desk.requested, "a device that works")
    yield io(100, 100)
    pages = yield move_pages(desk.pages, desk.free, ANY_AMOUNT)
    if pages:
        begun_for = yield read(desk.begun_for)
        now = yield read(desk.active)
        yield ghost_write(desk.due, (now, pages, begun_for == now))
    return pages


KNOWN: dict[str, Any] = {**STEPS, "walk": walk}
"""The names that both sides may use."""


def side(routine: object, arguments: int) -> FencedCode:
    """One side of a protocol. Raises InputError with what is wrong with it."""
    return fenced(written(routine), KNOWN, PARTS, arguments)


@dataclass(frozen=True, eq=False)
class Office:
    """What the machine has besides: oom_lock, what was seen, and how many requests and pages there
    are."""

    oom_lock: Slot
    seen: Slot
    requests: int
    pages: int


def play_caller(
    desk: DeskParts, office: Office, ask: FencedCode, numbers: tuple[int, ...]
) -> Routine:
    """A caller: asks as often as it has numbers, each time with oom_lock held."""
    for i in range(len(numbers)):
        yield mutex_lock(office.oom_lock)
        yield ghost_write(desk.active, numbers[i])
        yield ghost_write(desk.due, (0, 0, False))
        result = yield from ask.routine(desk, numbers[i])
        if isinstance(result, bool) or not isinstance(result, int | None) or (result or 0) < 0:
            raise RoutineFault(f"it returns {result!r}; what is wanted is a number of pages")
        now, pages, own = yield read(desk.due)
        label = judged(result or 0, pages if now == numbers[i] else 0, own=own)
        if label:
            yield witness(office.seen, label)
        yield ghost_add(desk.credited, result or 0)
        yield ghost_add(desk.finished, 1)
        whole = (desk.finished, office.requests)
        yield witness_if(office.seen, EMPTY, desk.credited, office.pages, equal=False, also=whole)
        yield ghost_write(desk.active, 0)
        yield mutex_unlock(office.oom_lock)


def play_thread(desk: DeskParts, office: Office, serve: FencedCode) -> Routine:
    """The thread, which is to serve for ever."""
    yield from serve.routine(desk)
    yield witness(office.seen, ENDED)


def judged(credited: int, back: int, *, own: bool) -> str:
    """What is wrong with an answer, "" for nothing: `back` pages came back while the request was
    open, of a walk that was begun for it if `own`."""
    if credited > (back if own else 0):
        return OVERLAP if back and not own else OLD
    return ""


def _words(layout: Layout, name: str) -> Slot:
    says: dict[str, Says | str] = {
        "write": Says(told="{task} sets " + name + " to {value}"),
        "swap": f"exchanges {name}",
        "read": f"reads {name}: " + "{value}",
    }
    return layout.word(name, 0, says=says)


@checked
def desk(ask: object, serve: object, number: object = ..., *, answers: bool = True) -> Scenario:
    """The machine with a protocol: `ask(desk, me)` for callers, `serve(desk)` for the thread.
    `answers`: does a walk ever end? Raises InputError with what is wrong with a side."""
    names, asking, serving = desk_names(number), written(ask), written(serve)
    side(asking, 2), side(serving, 1)

    def build(settings: Settings, remedy: Remedy) -> Model:
        asks, serves = side(asking, 2), side(serving, 1)
        layout = Layout()
        parts = DeskParts(
            _words(layout, "requested"),
            _words(layout, "done"),
            _words(layout, "freed"),
            layout.mutex("lock", polled=True),
            layout.queue("asked", "work"),
            layout.queue("answered", "anybody"),
            layout.pool(
                "balloon",
                names.pages,
                role="lent",
                says={"move": Says("finds the balloon empty", "{pages} come back ({task})")},
            ),
            layout.pool("free pages", 0, role="free"),
            layout.word("request of the walk", 0, says={"read": "counts what has come back"}),
            layout.word("open request", 0, says={"read": "looks which request is open"}),
            layout.word("pages for the request", (0, 0, False), says={"read": "has its answer"}),
            layout.word("pages credited", 0),
            layout.word("requests answered", 0),
            answers,
        )
        one, two = names.asks
        office = Office(layout.mutex("oom_lock"), layout.word(SEEN, ()), one + two, names.pages)
        actors = [
            Actor(
                0, names.first, "asks for pages",
                lambda: play_caller(parts, office, asks, tuple(range(1, one + 1))),
                True, False, 0,
            ),
            Actor(
                1, names.second, "asks for pages",
                lambda: play_caller(parts, office, asks, tuple(range(one + 1, one + two + 1))),
                True, False, 0,
            ),
            Actor(
                2, names.thread, "walks the chain",
                lambda: play_thread(parts, office, serves),
                False, True, 0,
            ),
        ]  # fmt: skip
        return Model(layout, actors, layout.word("panic", 0), 250)

    return Scenario(
        "ps8-desk",
        "two callers ask, and a thread walks the chain for them",
        (Parameter("limit_s", "simulated seconds", 60.0, 0.001, 1e6),),
        {},
        build,
        (),
        properties=tuple(never(name, noted(name)) for name in (OLD, OVERLAP, ENDED)),
    )
