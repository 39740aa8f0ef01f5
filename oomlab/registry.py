"""A registry: the things of one kind by name, in the order in which they were entered.

There is one way to enter something. A room's face (`__init__.py`) lists what it has once, and gives
the list to a `Registry`; where the things are functions, a decorator enters them. Either way a name
can be taken only once, and whoever asks for another is told which there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Generic, TypeVar

from oomlab.errors import ModelError, find

K = TypeVar("K")
V = TypeVar("V")


class Registry(dict[K, V], Generic[K, V]):
    """Things by their keys. `what` is one of them, in a user's words ("scenario"); `key` says under
    which name a thing is entered, by default its attribute `name`."""

    def __init__(
        self, what: str, things: Iterable[V] = (), *, key: Callable[[V], K] = attrgetter("name")
    ) -> None:
        super().__init__()
        self.what = what
        self._key = key
        for thing in things:
            self.add(thing)

    def add(self, thing: V) -> V:
        """Enter it. Raises ModelError if another one has its name: one of the two would be lost."""
        key = self._key(thing)
        if key in self:
            raise ModelError(f"there is a {self.what} called {key} already; give this another name")
        self[key] = thing
        return thing

    def find(self, name: object) -> V:
        """The thing called `name`. Raises InputError, naming all, for anything else."""
        return find(self.what, name, self)
