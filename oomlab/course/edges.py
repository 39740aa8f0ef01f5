"""The student's wait-for edges against those of the model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from oomlab.analysis import wait_for_graph
from oomlab.checked import checked
from oomlab.course.answer import Answer, refused, require_answer
from oomlab.course.attempt import REMEDY, SCENARIO, Attempt, GivenMachine, GivenSettings, attempt
from oomlab.errors import InputError

ClaimedEdge: TypeAlias = tuple[str, str, str]
"""Who waits, for what, and who has it."""


@checked
def check_wait_for(
    edges: object,
    schedule: object,
    scenario: GivenMachine = SCENARIO,
    remedy: str = REMEDY,
    settings: GivenSettings | None = None,
) -> Answer:
    """Are `edges` exactly the waits at the end of `schedule`, in any order?

    An edge is (who waits, for what, who has it). The answer says of each wrong edge what is wrong
    with it, and at which task one is missing. Every right edge counts, and a wrong one takes the
    credit of a right one away.
    """
    try:
        tried = attempt(schedule, scenario, remedy, settings)
        drawn = [_edge(number, each, tried) for number, each in enumerate(_listed(edges), 1)]
    except InputError as error:
        return refused(error)
    if tried.stop:
        return Answer(False, f"{tried.stop.why}. Draw the graph of a schedule that can be played.")
    graph = wait_for_graph(tried.trace, tried.steps)
    real = {(edge.waiter, edge.what, edge.holder) for edge in graph.edges}
    return compare_edges(drawn, real, f"these are all the waits after step {tried.steps}.")


def compare_edges(drawn: list[ClaimedEdge], real: set[ClaimedEdge], good: str) -> Answer:
    """The answer to edges that were drawn, `good` if they are those that there are."""
    wrong = [_fault(edge, real) for edge in dict.fromkeys(drawn) if edge not in real]
    part = max(0.0, (len(real.intersection(drawn)) - len(wrong)) / len(real)) if real else 0.0
    if wrong:
        return Answer(False, f"{_count(len(wrong))} not as in the model.", tuple(wrong), part)
    missing = sorted({waiter for waiter, what, holder in real - set(drawn)})
    if missing:
        lines = tuple(f"an edge that begins at {waiter} is missing" for waiter in missing)
        return Answer(False, "what you drew is right, and there is more.", lines, part)
    return Answer(True, good)


def _listed(edges: object) -> Iterable[object]:
    require_answer(edges)
    if isinstance(edges, list | tuple | set | frozenset):
        return edges
    raise InputError("the edges must be a list, such as [('task', 'lock', 'task')]")


def _edge(number: int, edge: object, tried: Attempt) -> ClaimedEdge:
    if not isinstance(edge, list | tuple) or len(edge) != 3:
        raise InputError(f"edge {number} is not of the form (who waits, for what, who has it)")
    waiter, what, holder = edge
    for name in (waiter, holder):
        if name not in tried.tasks:
            names = ", ".join(tried.tasks)
            raise InputError(f"edge {number}: {name!r} is not a task; the tasks are {names}")
    waited_for = {w.waits_for for w in tried.trace.waiting if w.how != "ready"}
    if what not in waited_for.union(tried.locks):
        names = ", ".join(tried.locks)
        raise InputError(f"edge {number}: {what!r} is not a lock; the locks are {names}")
    return (str(waiter), str(what), str(holder))


def _fault(edge: ClaimedEdge, real: set[ClaimedEdge]) -> str:
    waiter, what, holder = edge
    if (holder, what, waiter) in real:
        return f"{edge}: it points the wrong way; an edge begins at the task that waits"
    if any((waiter, what) == other[:2] for other in real):
        return f"{edge}: {waiter} does wait for {what}, but {holder} does not have it"
    if any(waiter == other[0] for other in real):
        return f"{edge}: {waiter} waits, but not for {what}"
    return f"{edge}: {waiter} does not wait"


def _count(wrong: int) -> str:
    return "1 edge is" if wrong == 1 else f"{wrong} edges are"
