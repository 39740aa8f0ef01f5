"""What a state graph says about the properties of its model, and the schedules that show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from oomlab.engine.explorer.counterexample import Fewest, Schedule, shortest_schedule
from oomlab.engine.explorer.graph import Graph
from oomlab.engine.explorer.reach import can_reach
from oomlab.engine.model import Model
from oomlab.engine.ops import State
from oomlab.engine.properties import Property, PropertyAnswer, Report
from oomlab.engine.trace.recorder import Recorder
from oomlab.errors import InputError, unknown


def reports(graph: Graph) -> tuple[Report, ...]:
    """A report about each property that the model has."""
    properties = graph.space.model.properties
    states = Counter([state & graph.space.shared_mask for state in graph.states])
    found = []
    for one, true in zip(properties, _true(graph, properties, states), strict=True):
        if one.kind == "eventually":
            count = len(_shown(graph, one, true))
        else:
            count = sum(states[number] for number in true)
        answer = _answer(one, count, complete=graph.complete)
        found.append(Report(one.name, one.kind, answer, count))
    return tuple(found)


def violated(graph: Graph) -> Mapping[str, int]:
    """The properties that do not hold: name -> number of states that show it."""
    return {one.name: one.count for one in reports(graph) if one.answer == "violated"}


def schedule_to(graph: Graph, name: str, fewest: Fewest = "switches") -> Schedule:
    """The schedule with fewest context switches, or fewest moves, that shows the property of this
    name: to where its predicate is true or, for `eventually`, cannot become true any more.

    Raises InputError for a property that the model does not have, and if there is no such schedule.
    """
    properties = {one.name: one for one in graph.space.model.properties}
    if name not in properties:
        raise unknown("property", name, properties)
    one, mask = properties[name], graph.space.shared_mask
    (true,) = _true(graph, (one,), {state & mask for state in graph.states})
    targets = _shown(graph, one, true)
    if not targets:
        raise InputError("none of the states can be reached")  # without looking for the way
    return shortest_schedule(graph, targets, fewest)[0]


def _answer(one: Property, count: int, *, complete: bool) -> PropertyAnswer:
    """A state that was seen settles the matter at once; that there is none, only all of them."""
    if one.kind == "sometimes":
        return "holds" if count else "violated" if complete else "undecided"
    return "violated" if count else "holds" if complete else "undecided"


def _true(graph: Graph, properties: tuple[Property, ...], numbers: Iterable[int]) -> list[set[int]]:
    """For each property the numbers, of these, of the shared states that its predicate is true in;
    many states of a graph have the same shared state."""
    found: list[set[int]] = [set() for _ in properties]
    values = _Values(graph.space.model)
    for number in numbers:
        values.state = graph.space.shared(number)
        for one, true in zip(properties, found, strict=True):
            if one.predicate(values):
                true.add(number)
    return found


def _shown(graph: Graph, one: Property, true: set[int]) -> list[int]:
    """The states that show a property (see `schedule_to`), which is true in these shared states."""
    mask = graph.space.shared_mask
    found = [number for number, state in enumerate(graph.states) if state & mask in true]
    if one.kind != "eventually":
        return found
    # Where the moves are not known it may still come true.
    found += range(graph.expanded(), len(graph))
    return [number for number, can in enumerate(can_reach(graph, found)) if not can]


class _Values(Mapping[str, Any]):
    """A shared state as a reader sees it; a value is made when it is asked for."""

    def __init__(self, model: Model) -> None:
        self._slots = {slot.name: slot for slot in model.layout.slots}
        self._shown = Recorder(model).shown
        self.state: State = model.layout.initial

    def __getitem__(self, name: str) -> Any:
        slot = self._slots[name]
        return self._shown(slot, self.state[slot.index])

    def __iter__(self) -> Iterator[str]:
        return iter(self._slots)

    def __len__(self) -> int:
        return len(self._slots)
