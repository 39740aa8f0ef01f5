"""Turns what an engine does into events, with names instead of numbers."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from oomlab.engine.model import Model
from oomlab.engine.ops import Op, RwSemaphore, Slot, State
from oomlab.engine.trace.events import Condition, Event, Json, SlotInfo, TaskInfo


class Recorder:
    """Collects the events of one run of `model`."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._names = tuple(actor.name for actor in model.actors)
        self.events: list[Event] = []

    def tasks(self) -> tuple[TaskInfo, ...]:
        """The run's tasks."""
        return tuple(TaskInfo(a.name, a.what, a.foreground, a.is_worker) for a in self.model.actors)

    def slots(self) -> tuple[SlotInfo, ...]:
        """The run's slots with their first values and what was said of them."""
        layout = self.model.layout
        initial, facts = layout.initial, list(layout.facts)
        panicked = self.model.panicked.index
        facts[panicked] = replace(facts[panicked], role="panic")
        return tuple(
            SlotInfo(slot.name, slot.kind, self.shown(slot, initial[slot.index]), facts[slot.index])
            for slot in layout.slots
        )

    def shown(self, slot: Slot, value: Hashable) -> Json:
        """A slot's value as a reader may see it: task names for numbers, lists for tuples."""
        name = self.model.task_name
        if slot.kind == "mutex":
            assert isinstance(value, int)
            return name(value)
        if slot.kind == "queue":
            assert isinstance(value, int)
            return [a.name for a in self.model.actors if value >> a.index & 1]
        if isinstance(value, RwSemaphore):
            return {
                "readers": [name(t) for t in value.readers],
                "writer": name(value.writer),
                "queued": [name(t) for t in value.queued],
            }
        return list(value) if isinstance(value, tuple) else value

    def add(
        self,
        at_us: int,
        task: int,
        stack: tuple[str, ...],
        op: Op,
        condition: Condition,
        before: State = (),
        after: State = (),
        result: Json = None,
        until_us: int | None = None,
    ) -> None:
        """Record one step; `before` and `after` are equal (or left out) if nothing changed."""
        said = self.said(task, stack, op, condition, before, after, result)
        self.events.append(Event(at_us, *said, until_us))

    def said(
        self,
        task: int,
        stack: tuple[str, ...],
        op: Op,
        condition: Condition,
        before: State = (),
        after: State = (),
        result: Json = None,
    ) -> tuple[str, tuple[str, ...], str, str, Condition, Json, dict[str, Json]]:
        """The event of a step but for its times: the same whenever the step is taken."""
        changes: dict[str, Json] = {}
        if after is not before:
            for slot in op.slots:
                value = after[slot.index]
                if value != before[slot.index]:
                    changes[slot.name] = self.shown(slot, value)
        kind, slots, args = op
        on = slots[0].name if slots else ""
        if kind == "log":
            result = args[0]
        elif kind == "note":
            on, result = str(args[0]), args[1]
        if isinstance(result, tuple):
            result = list(result)
        return self._names[task], stack, kind, on, condition, result, changes
