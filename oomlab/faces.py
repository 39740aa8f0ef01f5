"""The face of a room: the names that others may take from it, wherever in the room they stand.

Most rooms hold more than one caller needs, and some need packages that not everybody has. So a name
is loaded from its module when it is first asked for.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any


class Face:
    """What stands at the face of the package `room`.

    `where`: by module, the names taken from it. `modules` stand there themselves, each by the last
    part of its name. A package keeps one Face, and has its `__getattr__` ask it.
    """

    def __init__(
        self, room: str, where: Mapping[str, Sequence[str]], modules: Sequence[str] = ()
    ) -> None:
        self._room = room
        self._module_of = {name: module for module, names in where.items() for name in names}
        self._modules = {module.rpartition(".")[2]: module for module in modules}
        self.names = sorted({*self._module_of, *self._modules})

    def load(self, name: str) -> Any:
        """What is called `name`. Raises AttributeError, which lists the names, for one that does
        not stand here."""
        if name in self._modules:
            return importlib.import_module(self._modules[name])
        if name in self._module_of:
            return getattr(importlib.import_module(self._module_of[name]), name)
        known = ", ".join(self.names)
        raise AttributeError(f"module {self._room!r} has no name {name!r}; it has: {known}")
