"""A stage for models of a few lines: declare slots on `layout`, add tasks, take the model."""

from __future__ import annotations

from collections.abc import Callable

from oomlab.checked import checked
from oomlab.engine.model import Actor, Layout, Model
from oomlab.engine.observers import Observer
from oomlab.engine.ops import Routine
from oomlab.engine.properties import Property


class Stage:
    """Collects tasks t0, t1, ... (or as named) in the order in which they are added."""

    @checked
    def __init__(self, hz: int = 250) -> None:
        self.layout = Layout()
        self.panic = self.layout.word("panic", 0)
        self.actors: list[Actor] = []
        self.hz = hz
        self.wake_us = 0
        self.observers: tuple[Observer, ...] = ()
        self.properties: tuple[Property, ...] = ()

    @checked
    def task(
        self,
        body: Callable[[], Routine],
        name: str = "",
        *,
        foreground: bool = True,
        serves: bool = False,
        starts_at_us: int = 0,
    ) -> int:
        """Add a task; returns its number."""
        number = len(self.actors)
        self.actors.append(
            Actor(
                number,
                name or f"t{number}",
                "plays a part",
                body,
                foreground and not serves,
                serves,
                starts_at_us,
            )
        )
        return number

    @checked
    def watch(self, observer: Observer) -> None:
        """Have an observer look at all tasks."""
        self.observers += (observer,)

    @checked
    def must(self, wanted: Property) -> None:
        """Add what the model must never, sometimes or eventually show."""
        self.properties += (wanted,)

    def model(self) -> Model:
        """The model of everything added so far."""
        return Model(
            self.layout,
            self.actors,
            self.panic,
            self.hz,
            self.observers,
            self.properties,
            self.wake_us,
        )
