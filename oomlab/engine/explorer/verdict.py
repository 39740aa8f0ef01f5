"""What a state graph says about the model."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress
from operator import not_

from oomlab.brief import brief, table
from oomlab.checked import checked
from oomlab.engine.explorer.components import components
from oomlab.engine.explorer.graph import Graph
from oomlab.engine.explorer.reach import can_reach

ENDINGS = {
    "exhausted-clean": "every reachable state was seen, and from each the end can be reached",
    "lockup": "there is a schedule after which nobody gets to the end any more",
    "budget": "the budget ran out before every state was seen; nothing was found so far",
}
"""What the verdicts mean, in words."""

STOPPED = {
    "memory": "memory ran out before every state was seen; nothing was found so far",
    "watch": "the search was stopped before every state was seen; nothing was found so far",
}
"""What the verdict `budget` means where something else ended the search."""

BAD_ENDINGS = {
    "blocked": "a state in which nobody can move",
    "livelock": "tasks that go round in circles for ever",
    "starvation": "a fair scheduler that keeps somebody waiting for ever",
    "panic": "a panic",
}


@brief
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

    def _repr_html_(self) -> str:
        """What a notebook shows of it."""
        rows = [("Means", ENDINGS[self.word]), ("Reachable", self.reachable)]
        return table(f"Verdict: {self.word}", rows)

    def ending(self, stopped_by: str) -> str:
        """What it means, in words; if not all states were seen, what `stopped_by` (that of the
        graph) means."""
        if self.word == "budget":
            return STOPPED.get(stopped_by, ENDINGS["budget"])
        return ENDINGS[self.word]

    @property
    def reachable(self) -> str:
        """Which bad endings can be reached, in words."""
        reachable = [text for key, text in BAD_ENDINGS.items() if getattr(self, key)]
        return "; ".join(reachable) or "none of the bad endings"


@checked
def judge(graph: Graph) -> Verdict:
    """Judge a graph. In an incomplete one, states without known moves count as able to end."""
    panic = bool(graph.space.panics) and any(map(graph.space.panicked, graph.states))
    expanded = graph.expanded()
    ends = list(compress(range(len(graph)), graph.goal))
    ends += range(expanded, len(graph))
    can_end = can_reach(graph, ends)
    lockups = bytearray(map(not_, can_end))
    lost = list(compress(range(expanded), lockups))
    stuck = tuple(i for i in lost if graph.first[i] == graph.first[i + 1])
    livelock = False
    if lost:
        can_stick = can_reach(graph, stuck)
        livelock = not all(can_stick[i] for i in lost)
        word = "lockup"
    else:
        word = "exhausted-clean" if graph.complete else "budget"
    return Verdict(word, bool(stuck), livelock, _starvation(graph, lockups), panic, lockups, stuck)


def _starvation(graph: Graph, lockups: bytearray) -> bool:
    """Is there a circle outside the lockups in which every task either moves or is blocked now and
    then? Only such a circle can go on under a scheduler that is weakly fair."""
    rows, everybody = graph.rows(), frozenset(range(len(graph.space.masks)))
    for component in components(rows, without=lockups[: len(rows)]):
        if len(component) == 1 and component[0] not in rows[component[0]]:
            continue
        members = set(component)
        moving: set[int] = set()
        always_ready = everybody
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
    rows = graph.rows()
    others = bytearray(map(not_, verdict.lockups))
    found: set[int] = set()
    for component in components(rows, without=others[: len(rows)]):
        members = set(component)
        if len(rows[component[0]]) and all(members.issuperset(rows[i]) for i in component):
            found |= members
    return found
