"""A model: the shared state, the tasks that act on it, and what must always hold.

Both engines take a `Model` and nothing else. A scenario builds one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from oomlab.engine.observers import Observed, Observer
from oomlab.engine.ops import FREE, Routine, RwSemaphore, Slot, SlotKind, State
from oomlab.engine.properties import Property
from oomlab.engine.slots import (
    Answerer,
    Crowd,
    Facts,
    Listener,
    PoolRole,
    Sayings,
    WordRole,
    facts,
    pool_facts,
    queue_facts,
)
from oomlab.errors import ModelError


class Layout:
    """Hands out the slots of the shared state; each is declared by the code that owns it, with its
    role and the words for what is done to it (see `slots`).

    All declarations raise ModelError for a name that is taken and for a role or words that are
    missing or do not fit.
    """

    def __init__(self) -> None:
        self.slots: list[Slot] = []
        self.facts: list[Facts] = []
        self._initial: list[Hashable] = []
        self._names: set[str] = set()

    def _declare(
        self,
        name: str,
        kind: SlotKind,
        initial: Hashable,
        said: Facts,
        private_to: int | None = None,
        polled: bool = False,
    ) -> Slot:
        if name in self._names:
            raise ModelError(f"two slots are named {name!r}")
        self._names.add(name)
        slot = Slot(len(self.slots), name, kind, private_to, polled)
        self.slots.append(slot)
        self.facts.append(said)
        self._initial.append(initial)
        return slot

    def mutex(
        self, name: str, *, polled: bool | Literal["once"] = False, says: Sayings | None = None
    ) -> Slot:
        """A mutex, free at first; `polled` if anybody uses trylock on it, "once" if whoever fails
        gives up instead of trying again."""
        said = facts(name, "mutex", "plain", says, gives_up=polled == "once")
        return self._declare(name, "mutex", FREE, said, polled=bool(polled))

    def rwsem(
        self, name: str, *, role: Literal["plain", "chain"] = "plain", says: Sayings | None = None
    ) -> Slot:
        """A reader-writer semaphore, free at first; `chain` if reading it is to walk the notifier
        chain."""
        return self._declare(name, "rwsem", RwSemaphore(), facts(name, "rwsem", role, says))

    def queue(
        self,
        name: str,
        woken_by: Answerer | Crowd | None = None,
        *,
        protocol: bool = False,
        says: Sayings | None = None,
    ) -> Slot:
        """A wait queue, empty at first. Its value is a bit set of task numbers. It must be said who
        wakes it."""
        return self._declare(name, "queue", 0, queue_facts(name, woken_by, says, protocol))

    def word(
        self,
        name: str,
        initial: Hashable,
        private_to: int | None = None,
        *,
        role: WordRole = "plain",
        of: str = "",
        protocol: bool = False,
        says: Sayings | None = None,
    ) -> Slot:
        """A plain variable, or one with a role."""
        said = facts(name, "word", role, says, of=of, protocol=protocol)
        return self._declare(name, "word", initial, said, private_to)

    def pool(
        self,
        name: str,
        pages: int = 0,
        private_to: int | None = None,
        *,
        role: PoolRole | None = None,
        of: str = "",
        mark: int | None = None,
        says: Sayings | None = None,
    ) -> Slot:
        """A place where pages can be. It must be said what they are. Raises ModelError for a
        negative count as well."""
        if pages < 0:
            raise ModelError(f"pool {name!r} cannot hold {pages} pages")
        said = pool_facts(name, role, says, of, mark)
        return self._declare(name, "pool", pages, said, private_to)

    def calls(self, chain: Slot, listeners: Iterable[Listener]) -> None:
        """Say who is called when the notifier chain behind the semaphore `chain` is walked."""
        self.facts[chain.index] = replace(self.facts[chain.index], calls=tuple(listeners))

    def start_with(self, slot: Slot, value: Hashable) -> None:
        """Give `slot` another value to begin with."""
        self._initial[slot.index] = value

    @property
    def initial(self) -> State:
        """The shared state before the first step."""
        return tuple(self._initial)


class Actor(NamedTuple):
    """One task as the engines see it.

    `foreground` tasks have a job that should end. Those that `serve` (a device, the OOM reaper, a
    process that sleeps) wait for work for ever; they are brought to their first wait before the run
    begins. `is_worker`: it runs what was queued on a workqueue.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index, of no use here
    name: str
    what: str
    body: Callable[[], Routine]
    foreground: bool
    serves: bool
    starts_at_us: int
    is_worker: bool = False


@dataclass(eq=False)
class Model:
    """Slots, tasks, the word that says the machine has panicked, and who watches,
    and what must hold.

    `wake_us`: the longest time until a task runs that was woken because a mutex is free, in
    microseconds; whoever runs may take the mutex meanwhile. 0: it runs at once.

    Raises ModelError if a queue is said to be woken by a task that there is not.
    """

    layout: Layout
    actors: list[Actor]
    panicked: Slot
    hz: int
    observers: tuple[Observer, ...] = ()
    properties: tuple[Property, ...] = ()
    wake_us: int = 0
    pools: tuple[Slot, ...] = field(init=False)
    pages: int = field(init=False)
    _rwsems: tuple[Slot, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = [actor.name for actor in self.actors]
        for slot, said in zip(self.layout.slots, self.layout.facts, strict=True):
            if said.answered_by and said.answered_by not in names:
                raise ModelError(
                    f"{slot.name!r} is said to be woken by {said.answered_by!r}, and there is no "
                    f"such task; there are: {', '.join(names)}"
                )
        if self.observers:
            self.actors = [self._observed(actor) for actor in self.actors]
        self._rwsems = tuple(slot for slot in self.layout.slots if slot.kind == "rwsem")
        self.pools = tuple(slot for slot in self.layout.slots if slot.kind == "pool")
        self.pages = self.count_pages(self.layout.initial)

    def _observed(self, actor: Actor) -> Actor:
        observers = self.observers
        return actor._replace(body=lambda: Observed(actor.body(), actor.index, observers))

    def count_pages(self, state: State) -> int:
        """All pages of the machine, wherever they are."""
        return sum([state[pool.index] for pool in self.pools])  # type: ignore[misc]

    def check(self, state: State) -> None:
        """Raise ModelError if pages were lost or created, or an rwsem is read and written at once.

        That a lock has one owner, and that only the owner unlocks, is checked by the ops
        themselves.
        """
        pages = self.count_pages(state)
        if pages != self.pages:
            raise ModelError(f"{pages} pages where there were {self.pages}")
        for slot in self._rwsems:
            value = state[slot.index]
            assert isinstance(value, RwSemaphore)
            if value.readers and value.writer != FREE:
                raise ModelError("a reader-writer semaphore is read and written at once")

    def task_name(self, index: int) -> str:
        """The name of task number `index`; empty for FREE."""
        return "" if index == FREE else self.actors[index].name
