"""Global states as integers, and the moves between them.

A global state is one integer: the number of the shared state in the lowest bits, the number of each
task's local state above. What a task can do depends only on these two numbers, so a move is an
integer to add, looked up by the two numbers' bits. No number crosses from one word of 64 bits into
the next, nor uses a word's last bit, so that a search can keep the words in arrays of their own.
Where the numbers are known to be small they get few bits: most machines then fit into one word.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from oomlab.engine.explorer.automaton import FINISHED, Automaton, Changes
from oomlab.engine.explorer.folding import check_fold_length, is_absorbed, is_folded
from oomlab.engine.model import Model
from oomlab.engine.ops import TIME_KINDS, State, outcomes
from oomlab.errors import InputError

SHARED_BITS = 24
LOCAL_BITS = 14
WORD_BITS = 64

Move = tuple[int, bool]
"""What to add to the state, and whether the move is a timeout running out."""


class ChangedSlots(Exception):
    """Slots that were taken to be constant change after all."""

    def __init__(self, indices: frozenset[int]) -> None:
        super().__init__(indices)
        self.indices = indices


class NarrowNumbers(Exception):
    """A task has more local states than its bits can number."""

    def __init__(self, task: int) -> None:
        super().__init__(task)
        self.task = task


def too_large(who: str, bits: int) -> InputError:
    """The error for a model whose states cannot be numbered."""
    return InputError(
        f"too large to explore: {who} has more than {1 << bits} states; set smaller sizes"
    )


def _shifts(widths: Sequence[int]) -> list[int]:
    """At which bit of a state the local state of each task begins, which has so many bits."""
    shifts: list[int] = []
    bit = SHARED_BITS
    for width in widths:
        if bit % WORD_BITS + width >= WORD_BITS:
            bit += WORD_BITS - bit % WORD_BITS
        shifts.append(bit)
        bit += width
    return shifts


def fitting_widths(automata: Sequence[Automaton]) -> list[int]:
    """Bits for the local states of each task: enough for those known, and for more as far as all
    tasks fit into one word, or else for three times as many."""
    needed = [(len(automaton.nodes) - 1).bit_length() for automaton in automata]
    spare = WORD_BITS - 1 - SHARED_BITS - sum(needed)
    more = spare // max(1, len(needed)) if spare >= 0 else 2
    return [min(LOCAL_BITS, bits + more) for bits in needed]


class Space:
    """Numbers the states of `model` and learns the moves of its tasks.

    `constant` are the indices of slots assumed never to change; ChangedSlots is raised when some
    do, so a space that was explored to the end has proved the assumption. With None every step that
    anybody could notice is a move of its own. `automata` are those of
    an earlier space of the same model: what the routines do does not depend on the assumption.

    The local state of task i begins at bit `shifts[i]` of a state and has `widths[i]` bits
    (NarrowNumbers is raised when they do not suffice), and its moves depend on the bits in
    `masks[i]`; a state has `words` words. A run is over when no bit under `foreground_mask` is
    set, or in the shared states numbered in `panics`, which grows as they become known. `learned`:
    how often `moves_of` met something new.
    """

    def __init__(
        self,
        model: Model,
        constant: frozenset[int] | None = frozenset(),
        automata: list[Automaton] | None = None,
        widths: Sequence[int] | None = None,
    ) -> None:
        self.model = model
        self.constant = constant
        self.automata = automata or [Automaton(actor) for actor in model.actors]
        self._shared: list[State] = []
        self._shared_numbers: dict[State, int] = {}
        self._constants = tuple((i, model.layout.initial[i]) for i in constant or ())
        self.widths = list(widths or [LOCAL_BITS] * len(self.automata))
        self.shifts = _shifts(self.widths)
        self.words = self.shifts[-1] // WORD_BITS + 1 if self.shifts else 1
        self.shared_mask = (1 << SHARED_BITS) - 1
        self.local_masks = [(1 << width) - 1 for width in self.widths]
        moved = [mask << at for mask, at in zip(self.local_masks, self.shifts, strict=True)]
        self.masks = [self.shared_mask | mask for mask in moved]
        self._deltas: list[dict[int, tuple[int, ...]]] = [{} for _ in self.automata]
        self._late: list[dict[int, tuple[bool, ...]]] = [{} for _ in self.automata]
        self._after: dict[tuple[int, Changes], int] = {}
        # Local states known to begin with an op that is a step of its own, or to be the last.
        self._steps: list[set[int]] = [{FINISHED} for _ in self.automata]
        self.foreground_mask = sum(moved[a.index] for a in model.actors if a.foreground)
        self.panics: set[int] = set()
        self.learned = 0
        self.start = self._boot()

    def learned_state(self) -> dict[str, Any]:
        """All that was learned, without the model: what can be stored."""
        kept = {name: value for name, value in vars(self).items() if name != "model"}
        return kept | {"automata": [automaton.learned_state() for automaton in self.automata]}

    @classmethod
    def restored(cls, model: Model, learned: Mapping[str, Any]) -> Space:
        """The space from which `learned` was taken, of an equal model."""
        space = cls.__new__(cls)
        vars(space).update(learned, model=model)
        space.automata = [
            Automaton.restored(actor, kept)
            for actor, kept in zip(model.actors, learned["automata"], strict=True)
        ]
        return space

    def shared(self, state: int) -> State:
        """The shared state within a global state."""
        return self._shared[state & self.shared_mask]

    def local(self, state: int, task: int) -> int:
        """The number of a task's local state within a global state."""
        return state >> self.shifts[task] & self.local_masks[task]

    def spelled_out(self, state: int) -> tuple[State, tuple[Hashable, ...]]:
        """A state without numbers: the shared state, and where each task stands."""
        places = (a.places[self.local(state, task)] for task, a in enumerate(self.automata))
        return self.shared(state), tuple(places)

    def moves(self, state: int, task: int) -> tuple[Move, ...]:
        """What `task` can do in `state`; empty when it is blocked or has finished."""
        deltas = self.moves_of(state, task)
        late = self._late[task].get(state & self.masks[task], (False,) * len(deltas))
        return tuple(zip(deltas, late, strict=True))

    def timeouts(self, state: int) -> Iterator[tuple[int, int]]:
        """(task, state it leads to) of every timeout that can run out in `state`; none where the
        run is over."""
        if not self.is_goal(state):
            for task, mask in enumerate(self.masks):
                moves = self.moves(state, task)
                if state & mask in self._late[task]:
                    yield from ((task, state + delta) for delta, late in moves if late)

    def moves_of(self, state: int, task: int) -> tuple[int, ...]:
        """What each of the moves adds to the state, timeouts included."""
        key = state & self.masks[task]
        deltas = self._deltas[task].get(key)
        if deltas is None:
            shift = self.shifts[task]
            found = self.find_moves(key & self.shared_mask, key >> shift, task)
            deltas = tuple(shared + (local << shift) for shared, local, _ in found)
            self._deltas[task][key] = deltas
            self.learned += 1
            if any(timeout for _, _, timeout in found):
                self._late[task][key] = tuple(timeout for _, _, timeout in found)
        return deltas

    def is_goal(self, state: int) -> bool:
        """Have all foreground tasks finished, or has the machine panicked?"""
        return not state & self.foreground_mask or self.panicked(state)

    def panicked(self, state: int) -> bool:
        """Has the machine panicked?"""
        return state & self.shared_mask in self.panics

    def _number(self, shared: State) -> int:
        number = self._shared_numbers.get(shared)
        if number is None:
            number = len(self._shared)
            if number >> SHARED_BITS:
                raise too_large("the machine", SHARED_BITS)
            self.model.check(shared)
            changed = frozenset(i for i, value in self._constants if shared[i] != value)
            if changed:
                raise ChangedSlots(changed)
            self._shared_numbers[shared] = number
            self._shared.append(shared)
            if shared[self.model.panicked.index]:
                self.panics.add(number)
        return number

    def _pack(self, shared: State, locals_: list[int]) -> int:
        state = self._number(shared)
        for task, local in enumerate(locals_):
            state += local << self.shifts[task]
        return state

    def _boot(self) -> int:
        """Background tasks first run to where they wait for work, in order."""
        shared = self.model.layout.initial
        locals_ = []
        for actor, automaton in zip(self.model.actors, self.automata, strict=True):
            local = automaton.start
            if actor.serves:
                shared, local = self._to_first_wait(shared, automaton)
            if local >> self.widths[actor.index]:
                self._refuse_number(actor.index)
            locals_.append(local)
        return self._pack(shared, locals_)

    def _to_first_wait(self, shared: State, automaton: Automaton) -> tuple[State, int]:
        local = automaton.start
        while (op := automaton.nodes[local].op) is not None and op.kind not in TIME_KINDS:
            found = outcomes(shared, automaton.actor.index, op)
            if not found:
                break
            shared = found[0].state
            local = automaton.after(local, found[0].result)
        return shared, local

    def find_moves(self, number: int, local: int, task: int) -> list[tuple[int, int, bool]]:
        """What `task` can do in the shared state of this number, from a local state of its.

        Result, for each move: what it adds to either number, and whether it is a timeout.
        """
        if local == FINISHED:
            return []
        moves = []
        shared = self._shared[number]
        for changes, then, timeout in self.automata[task].outcomes(shared, local):
            after = number
            if then not in self._steps[task]:
                after, then = self._absorb_known(shared, changes, task, then, number)
            elif changes:
                after = self._changed(number, changes)
            if then >> self.widths[task]:
                self._refuse_number(task)
            moves.append((after - number, then - local, timeout))
        return moves

    def _changed(self, number: int, changes: Changes) -> int:
        """The number of a shared state with some slots set to other values."""
        key = (number, changes)
        after = self._after.get(key)
        if after is None:
            values = list(self._shared[number])
            for slot, value in changes:
                values[slot] = value
            after = self._after[key] = self._number(tuple(values))
        return after

    def _absorb_known(
        self, shared: State, changes: Changes, task: int, then: int, number: int
    ) -> tuple[int, int]:
        """As `_absorb`, after a step that changed something. Result: the numbers that follow."""
        after = number
        if changes:
            values = list(shared)
            for slot, value in changes:
                values[slot] = value
            shared = tuple(values)
        before = shared
        shared, then, _ = self._absorb(self.automata[task], shared, then)
        if changes or shared is not before:
            after = self._number(shared)
        return after, then

    def _refuse_number(self, task: int) -> None:
        if self.widths[task] < LOCAL_BITS:
            raise NarrowNumbers(task)
        raise too_large(self.automata[task].actor.name, LOCAL_BITS)

    def steps_in(self, state: int, task: int, outcome: int) -> int:
        """How many steps, as a player counts them, one move consists of."""
        automaton = self.automata[task]
        shared, local = self.shared(state), self.local(state, task)
        op = automaton.nodes[local].op
        assert op is not None
        taken = outcomes(shared, task, op)[outcome]
        return 1 + self._absorb(automaton, taken.state, automaton.after(local, taken.result))[2]

    def nodes_in(self, automaton: Automaton, shared: State, local: int) -> Iterator[int]:
        """The local states whose ops are done in one move from `local`, which has one outcome."""
        task, first, seen = automaton.actor.index, True, set[int]()
        while True:
            op = automaton.nodes[local].op
            if op is None or (not first and not is_absorbed(op, task, self.constant)):
                return
            if not first and not is_folded(op, task):
                if local in seen:
                    return
                seen.add(local)
            yield local
            first = False
            ((changes, local, _),) = automaton.outcomes(shared, local)
            if changes:
                values = list(shared)
                for slot, value in changes:
                    values[slot] = value
                shared = tuple(values)

    def _absorb(self, automaton: Automaton, shared: State, local: int) -> tuple[State, int, int]:
        """Do what needs no move of its own. Result: the new states, and the steps it took.

        A task that reads the same constant again (it polls what never changes) has gone round a
        circle of its own: that circle must stay in the graph.
        """
        task, length, steps = automaton.actor.index, 0, 0
        seen: set[int] = set()
        while local not in self._steps[task]:
            op = automaton.nodes[local].op
            assert op is not None
            if not is_absorbed(op, task, self.constant):
                self._steps[task].add(local)
                break
            length += 1
            check_fold_length(length, automaton.actor.name)
            if not is_folded(op, task):
                if local in seen:
                    break
                seen.add(local)
                steps += 1
            ((changes, local, _),) = automaton.outcomes(shared, local)
            if changes:
                values = list(shared)
                for slot, value in changes:
                    values[slot] = value
                shared = tuple(values)
        return shared, local, steps
