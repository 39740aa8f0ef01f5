"""What one run says about the properties of its model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from oomlab.engine.properties import Property, PropertyAnswer, Report, Values
from oomlab.engine.trace.events import Trace


def run_reports(trace: Trace, properties: Iterable[Property]) -> tuple[Report, ...]:
    """A report about each property, from the first state of the run to its last."""
    looked = tuple(properties)
    count, first = [0] * len(looked), [-1] * len(looked)
    true = [False] * len(looked)
    for at_us, values in _states(trace):
        for i in range(len(looked)):
            before, true[i] = true[i], looked[i].predicate(values)
            if true[i] and not before:
                count[i] += 1
                first[i] = at_us if first[i] < 0 else first[i]
    answers = [_answer(one, count[i] > 0) for i, one in enumerate(looked)]
    return tuple(
        Report(one.name, one.kind, answers[i], count[i], first[i] if count[i] else None)
        for i, one in enumerate(looked)
    )


def _answer(one: Property, came_true: bool) -> PropertyAnswer:
    if one.kind == "never":
        return "violated" if came_true else "holds"
    return "holds" if came_true else "undecided"


def _states(trace: Trace) -> Iterator[tuple[int, Values]]:
    """The values of all slots at the beginning and after every change, and when that was."""
    values = {slot.name: slot.initial for slot in trace.slots}
    yield 0, values
    for event in trace.events:
        if event.changes:
            values.update(event.changes)
            yield event.at_us, values
