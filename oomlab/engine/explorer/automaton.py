"""A task learned as a small automaton.

A task is a deterministic function of the results of its ops, so its generator is run once per
(local state, result) and never again. Local states are recognised by position and variables.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

from oomlab.engine.model import Actor
from oomlab.engine.ops import ENQUEUING_KINDS, MEANINGS, Op, Routine, Slot, State
from oomlab.engine.routines import LocalState, call_stack, local_state, never_enqueued


class Node(NamedTuple):
    """A local state: the op it is about to do (None: finished), and how it was first reached."""

    op: Op | None
    parent: int
    result: Hashable


Changes = tuple[tuple[int, Hashable], ...]
"""Slots that a step sets, by index, and their new values."""

LearnedOutcome = tuple[Changes, int, bool]
"""What a step changes, the local state after it, and whether it is a timeout running out."""


class _Effects(NamedTuple):
    """An op, the slots that its outcomes depend on, and the outcomes known by their values."""

    op: Op
    watched: tuple[int, ...]
    known: dict[Hashable, tuple[LearnedOutcome, ...]]


FINISHED = 0
"""The number of the local state of every task whose routine has returned. That it is 0 lets a
search see at once whether all foreground tasks have finished."""


class Automaton:
    """The local states of one task known so far; `start` is the first.

    `edges` are those learned: (local state, result) -> local state. `places` says of each local
    state where its routine stands (None: it has returned).
    """

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.nodes = [Node(None, FINISHED, None)]
        self.edges: dict[tuple[int, Hashable], int] = {}
        self.places: list[LocalState | None] = [None]
        self._numbers: dict[LocalState, int] = {}
        self._suspended: dict[int, Routine] = {}
        self._effects: dict[int, _Effects] = {}
        routine = actor.body()
        self.start = self._add(routine, next(routine, None), FINISHED, None)

    def learned_state(self) -> dict[str, Any]:
        """All that was learned, without the task's function: what can be stored."""
        return {"nodes": self.nodes, "edges": self.edges, "start": self.start}

    @classmethod
    def restored(cls, actor: Actor, learned: Mapping[str, Any]) -> Automaton:
        """The automaton from which `learned` was taken, of an equal task."""
        automaton = cls.__new__(cls)
        vars(automaton).update(learned, actor=actor, _suspended={}, _effects={})
        automaton._numbers = {}
        for number, node in enumerate(automaton.nodes):
            if node.op is not None:
                routine = automaton._at(number)
                automaton._numbers[local_state(routine, node.op)] = number
        return automaton

    def after(self, node: int, result: Hashable) -> int:
        """The local state that follows `node` when its op gave `result`."""
        key = (node, result)
        known = self.edges.get(key)
        if known is not None:
            return known
        routine = self._at(node)
        try:
            op = routine.send(result)
        except StopIteration:
            op = None
        number = self.edges[key] = self._add(routine, op, node, result)
        return number

    def outcomes(self, shared: State, node: int) -> tuple[LearnedOutcome, ...]:
        """What the op at `node` can lead to in a shared state: it depends on the slots of the op
        alone, of which most shared states have the same values."""
        step = self._effects.get(node)
        if step is None:
            op = self.nodes[node].op
            assert op is not None
            watched = tuple(slot.index for slot in op.slots)
            step = self._effects[node] = _Effects(op, watched, {})
        op, watched, known = step
        values = shared[watched[0]] if len(watched) == 1 else tuple([shared[i] for i in watched])
        found = known.get(values)
        if found is None:
            found = known[values] = self._learn(shared, node, op)
        return found

    def known_outcomes(
        self, node: int
    ) -> tuple[tuple[tuple[Hashable, ...], tuple[LearnedOutcome, ...]], ...]:
        """What the op at `node` was seen to lead to: by the values of its slots, in their order."""
        step = self._effects.get(node)
        if step is None:
            return ()
        one = len(step.watched) == 1
        return tuple(((values,) if one else values, found) for values, found in step.known.items())  # type: ignore[misc]

    def known_counts(self) -> dict[int, int]:
        """By local state: for how many values of its slots it is known what its op leads to."""
        return {node: len(step.known) for node, step in self._effects.items()}

    def _learn(self, shared: State, node: int, op: Op) -> tuple[LearnedOutcome, ...]:
        found = []
        for after, result, timeout in MEANINGS[op.kind](shared, self.actor.index, op):
            changes: Changes = ()
            if after is not shared:
                both = enumerate(zip(shared, after, strict=True))
                changes = tuple((i, new) for i, (old, new) in both if old != new)
            found.append((changes, self.after(node, result), timeout))
        return tuple(found)

    def _at(self, node: int) -> Routine:
        """A generator that stands at `node`.

        The one that first came there waits for its first result; without it each step of a long
        routine would run the whole routine again. Further results need a fresh generator, brought
        there by the results that first led there.
        """
        waiting = self._suspended.pop(node, None)
        if waiting is not None:
            return waiting
        results = []
        while node != self.start:
            results.append(self.nodes[node].result)
            node = self.nodes[node].parent
        routine = self.actor.body()
        next(routine)
        for result in reversed(results):
            routine.send(result)
        return routine

    def _add(self, routine: Routine, op: Op | None, parent: int, result: Hashable) -> int:
        if op is None:
            return FINISHED
        place = local_state(routine, op)
        number = self._numbers.setdefault(place, len(self.nodes))
        if number == len(self.nodes):
            if op.kind == "sleep_on" and not self._has_asked(op.slots[0], parent):
                raise never_enqueued(op, call_stack(routine))
            self.places.append(place)
            self.nodes.append(Node(op, parent, result))
            self._suspended[number] = routine
        return number

    def _has_asked(self, queue: Slot, node: int) -> bool:
        """Has the task, on its way to `node`, asked whether it must sleep on `queue`?"""
        while node != FINISHED:
            op, node, _ = self.nodes[node]
            if op is not None and op.kind in ENQUEUING_KINDS and op.slots[0] is queue:
                return True
        return False
