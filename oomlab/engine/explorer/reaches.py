"""What a task can still do from where it stands, and with which parts of which slots.

It is read off its automaton: the ops that follow from there, with those outcomes that fit the
values of now, but for what the others may write themselves. What an automaton knows is what a
search has met; that there is no more is taken to be so until the search has ended: see
`Reaches.hold`.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from oomlab.engine.explorer.automaton import Automaton
from oomlab.engine.explorer.components import components
from oomlab.engine.explorer.space import Space
from oomlab.engine.model import Layout
from oomlab.engine.ops import ENQUEUING_KINDS, Op, RwSemaphore, State


class Reach(NamedTuple):
    """What a task can do from a local state on: the parts of slots that its ops name, and those
    that they were seen to change."""

    names: int
    writes: int


class Parts:
    """The slots of a layout taken apart, as bits of a set: of a queue and of the readers of a
    semaphore each task has a bit of its own, all else of a slot is one."""

    def __init__(self, layout: Layout, tasks: int) -> None:
        self._first: list[int] = []
        self._tasks, bit = tasks, 0
        for slot in layout.slots:
            self._first.append(bit)
            bit += 1 + (tasks if slot.kind in ("queue", "rwsem") else 0)
        self._divided = [slot.kind in ("queue", "rwsem") for slot in layout.slots]

    def whole(self, slot: int) -> int:
        """All parts of a slot."""
        many = 1 + self._tasks if self._divided[slot] else 1
        return (1 << many) - 1 << self._first[slot]

    def own(self, slot: int, task: int) -> int:
        """The part of a divided slot that is about this task."""
        return 2 << self._first[slot] + task

    def named(self, op: Op, task: int) -> int:
        """All that `task` may read or write by `op`."""
        found = 0
        for place, slot in enumerate(op.slots):
            if place == 0 and (op.kind in ENQUEUING_KINDS or op.kind == "sleep_on"):
                found |= self.own(slot.index, task)
            elif op.kind in ("down_read", "down_read_trylock"):
                found |= self.own(slot.index, task) | 1 << self._first[slot.index]
            elif op.kind == "up_read":
                found |= self.own(slot.index, task)
            else:
                found |= self.whole(slot.index)
        return found

    def changed(self, slot: int, before: Hashable, after: Hashable) -> int:
        """The parts in which two values of a slot differ."""
        if isinstance(before, RwSemaphore) and isinstance(after, RwSemaphore):
            found = int(before[1:] != after[1:]) << self._first[slot]
            for task in {*before.readers} ^ {*after.readers}:
                found |= self.own(slot, task)
            return found or self.whole(slot)
        if self._divided[slot] and isinstance(before, int) and isinstance(after, int):
            return (before ^ after) << 1 + self._first[slot]
        return self.whole(slot)


Standpoint = tuple[int, int]
"""The values of the slots that a task names, by number, and a local state of it."""


class Reaches:
    """What one task can do from where it stands, by what its automaton knows."""

    def __init__(self, space: Space, parts: Parts, automaton: Automaton) -> None:
        self._space, self._parts, self._automaton = space, parts, automaton
        self._counts = automaton.known_counts()
        self._numbers: dict[State, int] = {}
        self._values: list[State] = []
        self._numbers_of: dict[tuple[int, ...], dict[int, int]] = {}
        self._found: dict[Standpoint, dict[int, Reach]] = {}
        self._take_note()

    def _take_note(self) -> None:
        """Take note of where the task was seen to go."""
        automaton, task = self._automaton, self._automaton.actor.index
        ops = [node.op for node in automaton.nodes]
        self._slots_of = [tuple([slot.index for slot in op.slots]) if op else () for op in ops]
        self._named = [self._parts.named(op, task) if op else 0 for op in ops]
        self._edges_known = len(automaton.edges)
        after: list[set[int]] = [set() for _ in ops]
        for (node, _), then in automaton.edges.items():
            after[node].add(then)
        # By local state: all that the ops from there on name, and by which slots it is told.
        self._ever, slots = list(self._named), [set(found) for found in self._slots_of]
        for component in components([sorted(found) for found in after]):
            ever, met = 0, set[int]()
            for node in component:
                for one in (node, *after[node]):
                    ever, met = ever | self._ever[one], met | slots[one]
            for node in component:
                self._ever[node], slots[node] = ever, met
        self._told_by = [tuple(sorted(found)) for found in slots]
        self._kinds = [self._numbers_of.setdefault(told_by, {}) for told_by in self._told_by]
        self._after = after
        self._edges: dict[tuple[int, tuple[Hashable, ...]], list[tuple[int, int, list[int]]]] = {}

    def at(self, shared: int, local: int) -> Standpoint:
        """Where the task stands, in the shared state of this number."""
        if len(self._automaton.edges) != self._edges_known:
            self._take_note()
        kind = self._kinds[local]
        number = kind.get(shared)
        if number is None:
            number = kind[shared] = self._number(self._space.shared(shared), local)
        return number, local

    def _number(self, shared: State, local: int) -> int:
        """The number of what a shared state is to the task from a local state on."""
        told_by = self._told_by[local]
        values = (told_by, tuple([shared[slot] for slot in told_by]))
        number = self._numbers.setdefault(values, len(self._numbers))
        if number == len(self._values):
            self._values.append(shared)
        return number

    def of(self, where: Standpoint, written: int) -> Reach:
        """What it can do there, if the others may have written `written` meanwhile."""
        known = self._found.get(where)
        if known is None:
            known = self._found[where] = {}  # its local state tells which slots it is told by
        written &= self._ever[where[1]]
        reach = known.get(written)
        if reach is None:
            reach = known[written] = self._reach(where, written)
        return reach

    def _reach(self, where: Standpoint, written: int) -> Reach:
        number, local = where
        shared, others = self._values[number], ~written
        names = writes = 0
        queue, seen = [local], {local}
        for node in queue:
            names |= self._named[node]
            for needs, writing, leads in self._edges_of(node, shared):
                if not needs & others:
                    writes |= writing
                    for then in leads:
                        if then not in seen:
                            seen.add(then)
                            queue.append(then)
        return Reach(names, writes)

    def _edges_of(self, node: int, shared: State) -> list[tuple[int, int, list[int]]]:
        """What the op of a local state was seen to do: for each values that its slots had, the
        parts in which these differ from now, what was written, and where it led."""
        slots = self._slots_of[node]
        key = (node, tuple([shared[slot] for slot in slots]))
        found = self._edges.get(key)
        if found is None:
            found = self._edges[key] = []
            changed = self._parts.changed
            for values, outcomes in self._automaton.known_outcomes(node):
                needs = writes = 0
                before = dict(zip(slots, values, strict=True))
                for slot, value in before.items():
                    if value != shared[slot]:
                        needs |= changed(slot, shared[slot], value) & self._named[node]
                for changes, _, _ in outcomes:
                    for slot, value in changes:
                        writes |= changed(slot, before[slot], value)
                found.append((needs, writes, [then for _, then, _ in outcomes]))
        return found

    def hold(self) -> bool:
        """Is what was said still so? What is not is said anew."""
        counts = self._automaton.known_counts()
        fresh = {node for node, count in counts.items() if count != self._counts.get(node)}
        if not fresh:
            return True
        self._counts = counts
        self._take_note()
        before: list[list[int]] = [[] for _ in self._after]
        for node, after in enumerate(self._after):
            for then in after:
                before[then].append(node)
        queue = list(fresh)
        for node in queue:
            queue += [one for one in before[node] if one not in fresh]
            fresh.update(before[node])
        held = True
        for where, known in self._found.items():
            if where[1] in fresh:
                for written, said in known.items():
                    reach = known[written] = self._reach(where, written)
                    held &= reach == said
        return held
