"""What ghosts have seen in a state graph, and the schedule that shows it."""

from __future__ import annotations

from collections.abc import Mapping

from oomlab.engine.explorer.counterexample import Fewest, Schedule, shortest_schedule
from oomlab.engine.explorer.graph import Graph
from oomlab.engine.ops import Slot
from oomlab.engine.ops.ghosts import SEEN
from oomlab.errors import InputError


def witnessed(graph: Graph) -> Mapping[str, int]:
    """What a watch has seen anywhere in the graph: label -> number of states in which it had been
    seen. Empty if nothing was, or if nobody watched."""
    slot = _seen_slot(graph)
    found: dict[str, int] = {}
    if slot is None:
        return found
    for state in graph.states:
        labels = graph.space.shared(state)[slot.index]
        assert isinstance(labels, tuple)
        for label in labels:
            found[label] = found.get(label, 0) + 1
    return dict(sorted(found.items()))


def schedule_to(graph: Graph, label: str, fewest: Fewest = "switches") -> Schedule:
    """The schedule with fewest context switches, or fewest moves, after which the watch has seen
    `label`.

    Raises InputError if it never does.
    """
    slot = _seen_slot(graph)
    targets = []
    if slot is not None:
        targets = [
            number
            for number, state in enumerate(graph.states)
            if label in graph.space.shared(state)[slot.index]  # type: ignore[operator]
        ]
    if not targets:
        raise InputError("none of the states can be reached")  # without looking for the way
    return shortest_schedule(graph, targets, fewest)[0]


def _seen_slot(graph: Graph) -> Slot | None:
    slots = graph.space.model.layout.slots
    return next((slot for slot in slots if slot.name == SEEN), None)
