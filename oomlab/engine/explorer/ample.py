"""Ample sets: steps that nobody else can notice or prevent from where they stand now.

A state in which such a step waits need not be kept: the step is done at once, as if it belonged to
the move before. A step is such a one if

- it is the only thing that its task can do, and no time limit;
- whatever the others can do while its task stands still neither reads or writes what the step
  writes, nor writes what it reads (so it commutes with all of that, and stays possible);
- nobody outside can see it: it neither ends the run nor panics;
- it does not lead round a circle of such steps.

One step alone, so that the branching of the rest is kept as well as its order (Gerth, Kuiper,
Peled and Penczek 1999, "A partial order approach to branching time logic model checking"): what can
still end, what is blocked, what goes round for ever. A lock that others wait for is written by its
release, so nobody's waiting is lost and fair circles stay what they are.

What the others can do: see `reaches`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from oomlab.engine.explorer.automaton import FINISHED, Automaton
from oomlab.engine.explorer.reaches import Parts, Reaches
from oomlab.engine.explorer.space import Space
from oomlab.engine.ops import State

MOST_ENDS = 1 << 20
"""For so many states it is remembered where they end, at most: more takes memory that the states
need (our choice)."""


class LoneStep(NamedTuple):
    """A step that may be done at once: what to add to the state for it, and the parts of slots that
    it reads or writes and those that it writes (bit sets)."""

    delta: int
    reads: int
    writes: int


class Independence:
    """Which steps of `space` can be done at once, by what its automata know."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._parts = Parts(space.model.layout, len(space.automata))
        self._steps: list[dict[int, LoneStep | None]] = [{} for _ in space.automata]
        self._reaches = [Reaches(space, self._parts, one) for one in space.automata]
        parts = list(zip(space.shifts, space.local_masks, self._reaches, strict=True))
        self._rivals = [
            [part for other, part in enumerate(parts) if other != task]
            for task in range(len(parts))
        ]
        self._ends: dict[int, int] = {}

    def _step(self, state: int, task: int) -> LoneStep | None:
        """The step of `task` in `state`, None if it is none of those that may be done at once."""
        space = self._space
        automaton, shared, local = (
            space.automata[task],
            space.shared(state),
            space.local(state, task),
        )
        if local == FINISHED:
            return None
        found = automaton.outcomes(shared, local)
        if len(found) != 1 or found[0][2]:
            return None
        reads, writes, after, then = self._whole(automaton, shared, local)
        (delta,) = space.moves_of(state, task)
        end, panicked = state + delta, space.model.panicked.index
        assert (space.shared(end), space.local(end, task)) == (after, then)
        if not delta or shared[panicked] != after[panicked]:
            return None
        if automaton.actor.foreground and then == FINISHED:
            return None
        return LoneStep(delta, reads, writes)

    def _whole(
        self, automaton: Automaton, shared: State, local: int
    ) -> tuple[int, int, State, int]:
        """What a step, with what is done together with it (see Space), reads and writes, and where
        it leads."""
        task, space, reads, writes = automaton.actor.index, self._space, 0, 0
        then = local
        for node in space.nodes_in(automaton, shared, local):
            op = automaton.nodes[node].op
            assert op is not None
            ((changes, then, _),) = automaton.outcomes(shared, node)
            reads |= self._parts.named(op, task)
            if changes:
                values = list(shared)
                for index, value in changes:
                    writes |= self._parts.changed(index, values[index], value)
                    values[index] = value
                shared = tuple(values)
        return reads, writes, shared, then

    def _at_once(self, state: int) -> int:
        """What to add to `state` for a step that is done at once; 0 if there is none."""
        for task, mask in enumerate(self._space.masks):
            known, key = self._steps[task], state & mask
            if key in known:
                step = known[key]
            else:
                step = known[key] = self._step(state, task)
            if step is not None and self._alone(step, state, task):
                return step.delta
        return 0

    def _alone(self, step: LoneStep, state: int, task: int) -> bool:
        """Does the step commute with all that the others can do before it?"""
        space, written, before, row = self._space, 0, -1, self._rivals[task]
        shared, reads, writes = state & space.shared_mask, step.reads, step.writes
        others = []
        for place, (shift, mask, reaches) in enumerate(row):
            local = state >> shift & mask
            if local != FINISHED:
                where = reaches.at(shared, local)
                reach = reaches.of(where, 0)
                if writes & reach.names or reads & reach.writes:
                    # Who was in the way is asked first the next time.
                    if place:
                        row[0], row[place] = row[place], row[0]
                    return False
                written |= reach.writes
                others.append((reaches, where))
        while written != before:
            before = written
            for reaches, where in others:
                reach = reaches.of(where, before)
                if writes & reach.names or reads & reach.writes:
                    return False
                written |= reach.writes
        return True

    def end(self, state: int) -> int:
        """The state after all that is done at once from `state` on."""
        end = self._ends.get(state)
        if end is None:
            chain = [state, *self._chain(state)]
            end = chain[-1]
            if len(self._ends) < MOST_ENDS:
                self._ends[state] = end
        return end

    def _chain(self, state: int) -> Iterator[int]:
        """The states on the way to `end`, that one included."""
        chain = [state]
        while not self._space.is_goal(state) and (delta := self._at_once(state)):
            state += delta
            if state in chain:
                # A circle: one of its states must be kept, and always the same one.
                circle = chain[chain.index(state) :]
                yield from [state, *circle[1 : circle.index(min(circle)) + 1]]
                return
            chain.append(state)
            yield state

    def movers(self, state: int) -> Iterator[int]:
        """The tasks that take a step at once, one after the other, from `state` on."""
        for after in self._chain(state):
            for task, mask in enumerate(self._space.local_masks):
                if (state ^ after) >> self._space.shifts[task] & mask:
                    yield task
            state = after

    def holds(self) -> bool:
        """Does what was taken to be so still hold with all that was learned since?"""
        if all([reaches.hold() for reaches in self._reaches]):
            return True
        self._ends.clear()
        return False
