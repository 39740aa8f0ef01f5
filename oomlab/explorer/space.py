"""Global states as integers, and the moves between them.

A global state is one integer: the number of the shared state in the lowest bits, the number of each
task's local state above. What a task can do depends only on these two numbers, so a move is an
integer to add, looked up by the two numbers' bits.
"""

from __future__ import annotations

from oomlab.errors import InputError
from oomlab.explorer.automaton import Automaton
from oomlab.explorer.folding import check_fold_length, is_absorbed, is_folded
from oomlab.model import Model
from oomlab.ops import TIME_KINDS, State, outcomes

SHARED_BITS = 24
LOCAL_BITS = 14

Move = tuple[int, bool]
"""What to add to the state, and whether the move is a timeout running out."""


class ChangedSlot(Exception):
    """A slot that was taken to be constant changes after all."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


def too_large(who: str, bits: int) -> InputError:
    """The error for a model whose states cannot be numbered."""
    return InputError(
        f"too large to explore: {who} has more than {1 << bits} states; set smaller sizes"
    )


class Space:
    """Numbers the states of `model` and learns the moves of its tasks.

    `constant` are the indices of slots assumed never to change; ChangedSlot is raised when one
    does, so a space that was explored to the end has proved the assumption.
    """

    def __init__(self, model: Model, constant: frozenset[int] = frozenset()) -> None:
        self.model = model
        self.constant = constant
        self.automata = [Automaton(actor) for actor in model.actors]
        self._shared: list[State] = []
        self._shared_numbers: dict[State, int] = {}
        self._shifts = [SHARED_BITS + LOCAL_BITS * i for i in range(len(self.automata))]
        shared_mask = (1 << SHARED_BITS) - 1
        self.masks = [shared_mask | ((1 << LOCAL_BITS) - 1) << shift for shift in self._shifts]
        self.memo: list[dict[int, tuple[Move, ...]]] = [{} for _ in self.automata]
        self.start = self._boot()

    def shared(self, state: int) -> State:
        """The shared state within a global state."""
        return self._shared[state & (1 << SHARED_BITS) - 1]

    def local(self, state: int, task: int) -> int:
        """The number of a task's local state within a global state."""
        return state >> self._shifts[task] & (1 << LOCAL_BITS) - 1

    def moves(self, state: int, task: int) -> tuple[Move, ...]:
        """What `task` can do in `state`; empty when it is blocked or has finished."""
        key = state & self.masks[task]
        known = self.memo[task].get(key)
        if known is None:
            known = self.memo[task][key] = self._learn(state, task)
        return known

    def is_goal(self, state: int) -> bool:
        """Have all foreground tasks finished, or has the machine panicked?"""
        return self.panicked(state) or all(
            self.automata[a.index].nodes[self.local(state, a.index)].op is None
            for a in self.model.actors
            if a.foreground
        )

    def panicked(self, state: int) -> bool:
        """Has the machine panicked?"""
        return bool(self.shared(state)[self.model.panicked.index])

    def _number(self, shared: State) -> int:
        number = self._shared_numbers.setdefault(shared, len(self._shared))
        if number == len(self._shared):
            if number >> SHARED_BITS:
                raise too_large("the machine", SHARED_BITS)
            self.model.check(shared)
            initial = self.model.layout.initial
            for index in self.constant:
                if shared[index] != initial[index]:
                    raise ChangedSlot(index)
            self._shared.append(shared)
        return number

    def _pack(self, shared: State, locals_: list[int]) -> int:
        state = self._number(shared)
        for task, local in enumerate(locals_):
            state += local << self._shifts[task]
        return state

    def _boot(self) -> int:
        """Background tasks first run to where they wait for work, in order."""
        shared = self.model.layout.initial
        locals_ = []
        for actor, automaton in zip(self.model.actors, self.automata, strict=True):
            local = 0
            if actor.serves:
                shared, local = self._to_first_wait(shared, automaton)
            locals_.append(local)
        return self._pack(shared, locals_)

    def _to_first_wait(self, shared: State, automaton: Automaton) -> tuple[State, int]:
        local = 0
        while (op := automaton.nodes[local].op) is not None and op.kind not in TIME_KINDS:
            found = outcomes(shared, automaton.actor.index, op)
            if not found:
                break
            shared = found[0].state
            local = automaton.after(local, found[0].result)
        return shared, local

    def _learn(self, state: int, task: int) -> tuple[Move, ...]:
        automaton = self.automata[task]
        shared, local = self.shared(state), self.local(state, task)
        op = automaton.nodes[local].op
        if op is None:
            return ()
        moves = []
        for outcome in outcomes(shared, task, op):
            after, then, _ = self._absorb(
                automaton, outcome.state, automaton.after(local, outcome.result)
            )
            if then >> LOCAL_BITS:
                raise too_large(automaton.actor.name, LOCAL_BITS)
            delta = self._number(after) - self._number(shared)
            moves.append((delta + (then - local << self._shifts[task]), outcome.timeout))
        return tuple(moves)

    def steps_in(self, state: int, task: int, outcome: int) -> int:
        """How many steps, as a player counts them, one move consists of."""
        automaton = self.automata[task]
        shared, local = self.shared(state), self.local(state, task)
        op = automaton.nodes[local].op
        assert op is not None
        taken = outcomes(shared, task, op)[outcome]
        return 1 + self._absorb(automaton, taken.state, automaton.after(local, taken.result))[2]

    def _absorb(self, automaton: Automaton, shared: State, local: int) -> tuple[State, int, int]:
        """Do what needs no move of its own. Result: the new states, and the steps it took.

        A task that reads the same constant again (it polls what never changes) has gone round a
        circle of its own: that circle must stay in the graph.
        """
        task, length, steps = automaton.actor.index, 0, 0
        seen: set[int] = set()
        while (op := automaton.nodes[local].op) is not None and is_absorbed(
            op, task, self.constant
        ):
            length += 1
            check_fold_length(length, automaton.actor.name)
            if not is_folded(op, task):
                if local in seen:
                    break
                seen.add(local)
                steps += 1
            (outcome,) = outcomes(shared, task, op)
            shared, local = outcome.state, automaton.after(local, outcome.result)
        return shared, local, steps
