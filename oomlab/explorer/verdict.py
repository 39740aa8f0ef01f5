"""What a state graph says about the model."""

from __future__ import annotations

from dataclasses import dataclass

from oomlab.explorer.components import components
from oomlab.explorer.graph import Graph


@dataclass(frozen=True)
class Verdict:
    """The answers of one exploration.

    `word` is `exhausted-clean` (every state seen, the end reachable from each), `lockup` (some
    state from which "everybody done, or panic" can no longer be reached) or `budget` (not every
    state was seen, and no lockup among those that were certain).

    `blocked`: some lockup state has no move at all. `livelock`: some lockup state can move for
    ever without ever reaching a blocked one. `starvation`: outside the lockup states a fair
    scheduler can still go round in a circle for ever. `panic`: a panic is reachable.
    """

    word: str
    blocked: bool
    livelock: bool
    starvation: bool
    panic: bool
    lockups: bytearray
    stuck: tuple[int, ...]


def judge(graph: Graph) -> Verdict:
    """Judge a graph. In an incomplete one, states without known moves count as able to end."""
    panic = any(graph.goal[i] and graph.space.panicked(s) for i, s in enumerate(graph.states))
    ends = [i for i in range(len(graph)) if graph.goal[i]]
    ends += range(graph.expanded(), len(graph))
    can_end = graph.can_reach(ends)
    lockups = bytearray(1 - reachable for reachable in can_end)
    stuck = tuple(i for i in range(graph.expanded()) if lockups[i] and not len(graph.successors(i)))
    livelock = False
    if 1 in lockups:
        can_stick = graph.can_reach(stuck)
        livelock = any(lockups[i] and not can_stick[i] for i in range(len(graph)))
        word = "lockup"
    else:
        word = "exhausted-clean" if graph.complete else "budget"
    return Verdict(word, bool(stuck), livelock, _starvation(graph, lockups), panic, lockups, stuck)


def _starvation(graph: Graph, lockups: bytearray) -> bool:
    """Is there a circle outside the lockups in which every task either moves or is blocked now and
    then? Only such a circle can go on under a scheduler that is weakly fair."""
    inside = [
        [] if lockups[i] else [n for n in graph.successors(i) if not lockups[n]]
        for i in range(graph.expanded())
    ]
    for component in components(inside):
        if len(component) == 1 and component[0] not in inside[component[0]]:
            continue
        members = set(component)
        moving: set[int] = set()
        always_ready = set(range(len(graph.space.masks)))
        for number in component:
            ready = set()
            for task, other in graph.moves(number):
                ready.add(task)
                if other in members:
                    moving.add(task)
            always_ready &= ready
        if always_ready <= moving:
            return True
    return False


def circling(graph: Graph, verdict: Verdict) -> set[int]:
    """Lockup states inside a component that cannot be left: where a livelock ends up.

    A single state that its own moves lead back to is such a component; one without moves is not.
    """
    successors = [
        [n for n in graph.successors(i)] if verdict.lockups[i] else []
        for i in range(graph.expanded())
    ]
    found: set[int] = set()
    for component in components(successors):
        members = set(component)
        if not verdict.lockups[component[0]] or not successors[component[0]]:
            continue
        if all(n in members for i in component for n in successors[i]):
            found |= members
    return found
