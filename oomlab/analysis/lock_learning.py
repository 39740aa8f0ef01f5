"""Learns the order of locks from traces, by the rules of Linux's lock validator.

An order is learned when a lock is *asked for*, granted or not, by an acquisition that would wait
(mutex_lock, spin_lock, down_read, down_write). A successful trylock is held like any other lock,
but is no order itself: nobody waits in it. A failed one leaves no trace. Reading a semaphore counts
as well as writing it, since a reader can stand behind a queued writer.

What reclaim may need is learned from every request for memory that may enter filesystem reclaim,
whether or not it did; see `Annotation` for how kernels differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from oomlab.analysis.lock_order import RECLAIM, Annotation, LockOrderGraph, OrderEdge, Witness
from oomlab.analysis.units import moment_text
from oomlab.checked import checked
from oomlab.engine.ops import MUTEX_TRYLOCK_FAILED, MUTEX_TRYLOCK_RECURSIVE
from oomlab.engine.trace.events import Event, Trace
from oomlab.errors import find
from oomlab.gfp import flags

DIRECT_RECLAIM = "try_to_free_pages"
"""The function whose presence on a task's stack says that it reclaims. That a task asks for memory,
and with which flags, is in the allocator's note."""

ANNOTATIONS: tuple[Annotation, ...] = ("4.13", "4.14", "4.18")

_WAITING = frozenset({"mutex_lock", "mutex_lock_killable", "spin_lock", "down_read", "down_write"})
_TRYING = frozenset({"mutex_trylock", "mutex_trylock_recursive", "down_read_trylock"})
_READING = frozenset({"down_read", "down_read_trylock"})
_REQUESTS_ALONE = frozenset({"announce_write"})  # down_write always follows, and adds the lock
_RELEASES = frozenset({"mutex_unlock", "spin_unlock", "up_read", "up_write"})
_IN_VAIN = (False, MUTEX_TRYLOCK_FAILED, MUTEX_TRYLOCK_RECURSIVE)
"""Results that say that the task has not got the lock, or not once more."""


@checked(leave="annotation")
def lock_order_graph(traces: Iterable[Trace], annotation: Annotation = "4.14") -> LockOrderGraph:
    """What `traces`, taken together and in this order, say about the order of locks.

    They may be of runs that completed, or ended in the middle of something. Raises InputError for
    an unknown annotation.
    """
    find("reclaim annotation", annotation, dict.fromkeys(ANNOTATIONS))
    learner = _Learner(annotation)
    traces = tuple(traces)
    for run, trace in enumerate(traces):
        learner.learn(run, trace)
    return LockOrderGraph(annotation, _run_names(traces), tuple(learner.edges.values()))


def _run_names(traces: tuple[Trace, ...]) -> tuple[str, ...]:
    """What each run was, with those parameters in which the runs differ."""
    names = []
    for trace in traces:
        differs = {
            name: value
            for name, value in trace.parameters.items()
            if any(other.parameters.get(name) != value for other in traces)
        }
        special = "".join(f", {name}={value}" for name, value in differs.items())
        names.append(f"{trace.scenario} under {trace.remedy}, seed {trace.seed}{special}")
    return tuple(names)


class _Held(NamedTuple):
    """A lock on a task's stack of held locks; `tried`: it was taken by a trylock."""

    lock: str
    function: str
    tried: bool = False
    reads: bool = False


class _Call(NamedTuple):
    """A call of the allocator or of reclaim that a task is in; `pseudo`: it holds RECLAIM.

    Two rounds of reclaim with nothing in between count as one.
    """

    stack: tuple[str, ...]
    gfp: int
    pseudo: bool = False

    @property
    def function(self) -> str:
        return self.stack[-1]

    def still_in(self, stack: tuple[str, ...]) -> bool:
        return stack[: len(self.stack)] == self.stack


@dataclass(slots=True)
class _Task:
    held: list[_Held] = field(default_factory=list)
    calls: list[_Call] = field(default_factory=list)

    @property
    def reclaim(self) -> _Call | None:
        """The reclaim that the task is inside of, and for which it is PF_MEMALLOC."""
        return next((c for c in reversed(self.calls) if c.function == DIRECT_RECLAIM), None)


class _Learner:
    """Reads the events of one trace after the other."""

    def __init__(self, annotation: Annotation) -> None:
        self.annotation = annotation
        self.edges: dict[tuple[str, str, bool], OrderEdge] = {}
        self.run: int
        self.trace: Trace
        self.event: Event

    def learn(self, run: int, trace: Trace) -> None:
        """Add what one trace says. Nobody holds anything when it begins."""
        self.run, self.trace = run, trace
        tasks = {task.name: _Task() for task in trace.tasks}
        for event in trace.events:
            self.event = event
            task = tasks[event.task]
            self._follow_calls(task)
            self._follow_locks(task)

    def _follow_locks(self, task: _Task) -> None:
        event = self.event
        reads = event.op in _READING
        if event.op in _WAITING | _REQUESTS_ALONE:
            self._ask(task, event.on, event.function, reads=reads)
        if event.condition != "done":
            return
        if event.op in _WAITING | _TRYING and event.result not in _IN_VAIN:
            tried = event.op in _TRYING
            task.held.append(_Held(event.on, event.function, tried=tried, reads=reads))
        elif event.op in _RELEASES:
            # Locks above keep their edges to those below: what they led to they still lead to.
            _remove(task.held, event.on)

    def _ask(self, task: _Task, lock: str, function: str, *, reads: bool = False) -> None:
        """Learn what it means that a lock is asked for, ready to wait for it."""
        for held in task.held:
            if held.lock == lock:
                self._add(held, lock, function)
        self._add_order(task, lock, function)
        reclaim = task.reclaim
        if self.annotation == "4.13" and reclaim is not None and reclaim.gfp & flags.FS:
            self._add(_Held(RECLAIM, DIRECT_RECLAIM), lock, function, shared=reads)

    def _add_order(self, task: _Task, taken: str, function: str) -> None:
        """An edge from each held lock down to the first that was not tried: that one has edges from
        those below it already."""
        for held in reversed(task.held):
            self._add(held, taken, function)
            if not held.tried:
                return

    def _add(self, held: _Held, taken: str, function: str, *, shared: bool = False) -> None:
        key = (held.lock, taken, shared)
        if key not in self.edges:
            at_us = self.event.at_us
            moment = moment_text(self.trace, at_us)
            witness = Witness(self.run, at_us, moment, self.event.task, held.function, function)
            self.edges[key] = OrderEdge(*key, witness)

    # --- memory ---------------------------------------------------------------------------------

    def _follow_calls(self, task: _Task) -> None:
        """Note which calls of the allocator and of reclaim the task has left and begun."""
        stack = self.event.stack
        while task.calls and not task.calls[-1].still_in(stack):
            if task.calls.pop().pseudo:
                _remove(task.held, RECLAIM)
        known = len(task.calls[-1].stack) if task.calls else 0
        if self.event.op == "note" and self.event.on == "gfp":
            self._begin_request(task)
        for depth in range(known, len(stack)):
            if stack[depth] == DIRECT_RECLAIM:
                self._begin_reclaim(task, stack[: depth + 1])

    def _begin_request(self, task: _Task) -> None:
        stack, gfp = self.event.stack, int(self.event.result)
        if self._is_annotated(gfp, memalloc=task.reclaim is not None):
            caller = stack[-2:][0]
            if self.annotation == "4.13":
                for held in task.held:
                    self._add(held, RECLAIM, caller, shared=held.reads)
            else:
                self._ask(task, RECLAIM, caller)  # and lets go at once
        task.calls.append(_Call(stack, gfp))

    def _begin_reclaim(self, task: _Task, stack: tuple[str, ...]) -> None:
        gfp = task.calls[-1].gfp if task.calls else flags.GFP_KERNEL  # as kswapd
        pseudo = self.annotation != "4.13" and self._is_annotated(
            gfp, memalloc=self.annotation == "4.14"
        )
        if pseudo:
            self._ask(task, RECLAIM, DIRECT_RECLAIM)
            task.held.append(_Held(RECLAIM, DIRECT_RECLAIM))
        task.calls.append(_Call(stack, gfp, pseudo))

    def _is_annotated(self, gfp: int, *, memalloc: bool) -> bool:
        """Does the validator count a request with these flags, by a task that is PF_MEMALLOC or
        not, as one that may enter filesystem reclaim?"""
        if memalloc and (self.annotation == "4.18" or not gfp & flags.NOMEMALLOC):
            return False
        return bool(gfp & flags.DIRECT_RECLAIM and gfp & flags.FS)


def _remove(held: list[_Held], lock: str) -> None:
    """Take the last entry for `lock` off a stack of held locks."""
    for i in range(len(held) - 1, -1, -1):
        if held[i].lock == lock:
            del held[i]
            return
