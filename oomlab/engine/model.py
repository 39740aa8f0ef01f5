"""A model: the shared state, the tasks that act on it, and what must always hold.

Both engines take a `Model` and nothing else. A scenario builds one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import NamedTuple

from oomlab.engine.ops import FREE, Routine, RwSemaphore, Slot, SlotKind, State
from oomlab.errors import ModelError


class Layout:
    """Hands out the slots of the shared state; each is declared by the code that owns it."""

    def __init__(self) -> None:
        self.slots: list[Slot] = []
        self._initial: list[Hashable] = []
        self._names: set[str] = set()

    def _declare(
        self,
        name: str,
        kind: SlotKind,
        initial: Hashable,
        private_to: int | None = None,
        polled: bool = False,
    ) -> Slot:
        if name in self._names:
            raise ModelError(f"two slots are named {name!r}")
        self._names.add(name)
        slot = Slot(len(self.slots), name, kind, private_to, polled)
        self.slots.append(slot)
        self._initial.append(initial)
        return slot

    def mutex(self, name: str, *, polled: bool = False) -> Slot:
        """A mutex, free at first; `polled` if anybody uses trylock on it."""
        return self._declare(name, "mutex", FREE, polled=polled)

    def rwsem(self, name: str) -> Slot:
        """A reader-writer semaphore, free at first."""
        return self._declare(name, "rwsem", RwSemaphore())

    def queue(self, name: str) -> Slot:
        """A wait queue, empty at first. Its value is a bit set of task numbers."""
        return self._declare(name, "queue", 0)

    def word(self, name: str, initial: Hashable, private_to: int | None = None) -> Slot:
        """A plain variable."""
        return self._declare(name, "word", initial, private_to)

    def pool(self, name: str, pages: int = 0, private_to: int | None = None) -> Slot:
        """A place where pages can be. Raises ModelError for a negative count."""
        if pages < 0:
            raise ModelError(f"pool {name!r} cannot hold {pages} pages")
        return self._declare(name, "pool", pages, private_to)

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
    begins.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index, of no use here
    name: str
    what: str
    body: Callable[[], Routine]
    foreground: bool
    serves: bool
    starts_at_us: int


@dataclass(eq=False)
class Model:
    """Slots, tasks and the word that says the machine has panicked."""

    layout: Layout
    actors: list[Actor]
    panicked: Slot
    hz: int
    pools: tuple[Slot, ...] = field(init=False)
    pages: int = field(init=False)
    _rwsems: tuple[Slot, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._rwsems = tuple(slot for slot in self.layout.slots if slot.kind == "rwsem")
        self.pools = tuple(slot for slot in self.layout.slots if slot.kind == "pool")
        self.pages = self.count_pages(self.layout.initial)

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
