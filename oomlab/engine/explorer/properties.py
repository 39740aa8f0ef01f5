"""What a state graph says about the properties of its model, and the schedules that show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from oomlab.engine.explorer.counterexample import Fewest, Schedule, shortest_schedule
from oomlab.engine.explorer.graph import Graph
from oomlab.engine.model import Model
from oomlab.engine.ops import State
from oomlab.engine.properties import Answer, Property, Report, Values
from oomlab.engine.trace.recorder import Recorder
from oomlab.errors import InputError, needed, unknown


def reports(graph: Graph) -> tuple[Report, ...]:
    """A report about each property that the model has."""
    found = Counter(state & graph.space.shared_mask for state in graph.states)
    return tuple(_report(graph, one, found) for one in graph.space.model.properties)


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
    targets = _shown(graph, properties[name])
    if not targets:
        raise InputError("none of the states can be reached")  # without looking for the way
    return shortest_schedule(graph, targets, fewest)[0]


def _report(graph: Graph, one: Property, states: Mapping[int, int]) -> Report:
    if one.kind == "eventually":
        count = len(_shown(graph, one))
    else:
        true = _true(graph, one, states)
        count = sum(states[number] for number in true)
    return Report(one.name, one.kind, _answer(one, count, complete=graph.complete), count)


def _answer(one: Property, count: int, *, complete: bool) -> Answer:
    """A state that was seen settles the matter at once; that there is none, only all of them."""
    if one.kind == "sometimes":
        return "holds" if count else "violated" if complete else "undecided"
    return "violated" if count else "holds" if complete else "undecided"


def _true(graph: Graph, one: Property, numbers: Mapping[int, int]) -> set[int]:
    """The numbers, of these, of the shared states in which the predicate is true."""
    values = _Shown(graph.space.model)
    return {n for n in numbers if one.predicate(values.of(graph.space.shared(n)))}


def _shown(graph: Graph, one: Property) -> list[int]:
    """The states that show a property: see `schedule_to`."""
    mask = graph.space.shared_mask
    true = _true(graph, one, dict.fromkeys((state & mask for state in graph.states), 0))
    reached = [number for number, state in enumerate(graph.states) if state & mask in true]
    if one.kind != "eventually":
        return reached
    with needed():  # NumPy, as the search
        from oomlab.engine.explorer.reach import can_reach
    # Where the moves are not known it may still come true.
    reached += range(graph.expanded(), len(graph))
    return [number for number, can in enumerate(can_reach(graph, reached)) if not can]


class _Shown:
    """Shared states as a reader sees them."""

    def __init__(self, model: Model) -> None:
        self._slots = model.layout.slots
        self._recorder = Recorder(model)

    def of(self, state: State) -> Values:
        """The values by the names of the slots."""
        shown = self._recorder.shown
        return {slot.name: shown(slot, state[slot.index]) for slot in self._slots}
