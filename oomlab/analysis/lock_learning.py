"""Learns the order of locks from traces, by the rules of Linux's lock validator.

An order is learned when a lock is *asked for*, granted or not, by an acquisition that would wait
(mutex_lock, spin_lock, down_read, down_write). A successful trylock is held like any other lock,
but is no order itself: nobody waits in it. A failed one leaves no trace. Reading a semaphore counts
as well as writing it, since a reader can stand behind a queued writer.

What reclaim may need is learned from every request for memory that may enter filesystem reclaim,
whether or not it did; see `Annotation` for how kernels differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from oomlab.analysis.episodes import calls, innermost, takes
from oomlab.analysis.episodes.function_calls import DIRECT_RECLAIM
from oomlab.analysis.episodes.locks import TRYING_KINDS
from oomlab.analysis.lock_order import RECLAIM, Annotation, LockOrderGraph, OrderEdge, Witness
from oomlab.analysis.units import moment_text
from oomlab.checked import checked
from oomlab.engine.ops import LOCKING_KINDS
from oomlab.engine.trace.events import Event, Trace
from oomlab.errors import find
from oomlab.gfp import flags

ANNOTATIONS: tuple[Annotation, ...] = ("4.13", "4.14", "4.18")

_READING = frozenset({"down_read", "down_read_trylock"})
_REQUESTS_ALONE = frozenset({"announce_write"})  # down_write always follows, and adds the lock
_RELEASES = frozenset({"mutex_unlock", "spin_unlock", "up_read", "up_write"})


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


@dataclass(slots=True)
class _Task:
    """What a task holds, and the gfp masks of the reclaim that it is inside of (for which it is
    PF_MEMALLOC), each with whether it holds RECLAIM."""

    held: list[_Held] = field(default_factory=list)
    reclaims: list[tuple[int, bool]] = field(default_factory=list)


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
        reclaims = calls(trace, DIRECT_RECLAIM)
        begun = Counter(call.steps[0][0] for call in reclaims)
        left = Counter(call.left[0] for call in reclaims if call.left)
        for number, event in enumerate(trace.events):
            self.event = event
            task = tasks[event.task]
            for _ in range(left[number]):
                self._leave_reclaim(task)
            if event.op == "note" and event.on == "gfp":
                self._request(task, int(event.result))
            for _ in range(begun[number]):
                self._begin_reclaim(task)
            self._follow_locks(task)

    def _follow_locks(self, task: _Task) -> None:
        event = self.event
        reads = event.op in _READING
        if event.op in LOCKING_KINDS or event.op in _REQUESTS_ALONE:
            self._ask(task, event.on, event.function, reads=reads)
        if takes(event):
            tried = event.op in TRYING_KINDS
            task.held.append(_Held(event.on, event.function, tried=tried, reads=reads))
        elif event.op in _RELEASES and event.condition == "done":
            # Locks above keep their edges to those below: what they led to they still lead to.
            _remove(task.held, event.on)

    def _ask(self, task: _Task, lock: str, function: str, *, reads: bool = False) -> None:
        """Learn what it means that a lock is asked for, ready to wait for it."""
        for held in task.held:
            if held.lock == lock:
                self._add(held, lock, function)
        self._add_order(task, lock, function)
        if self.annotation == "4.13" and task.reclaims and task.reclaims[-1][0] & flags.FS:
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

    def _request(self, task: _Task, gfp: int) -> None:
        if not self._is_annotated(gfp, memalloc=bool(task.reclaims)):
            return
        caller = self.event.stack[-2:][0]
        if self.annotation == "4.13":
            for held in task.held:
                self._add(held, RECLAIM, caller, shared=held.reads)
        else:
            self._ask(task, RECLAIM, caller)  # and lets go at once

    def _begin_reclaim(self, task: _Task) -> None:
        request = innermost(self.trace, self.event.task).get(id(self.event))
        gfp = request.gfp if request else flags.GFP_KERNEL  # as kswapd
        pseudo = self.annotation != "4.13" and self._is_annotated(
            gfp, memalloc=self.annotation == "4.14"
        )
        if pseudo:
            self._ask(task, RECLAIM, DIRECT_RECLAIM)
            task.held.append(_Held(RECLAIM, DIRECT_RECLAIM))
        task.reclaims.append((gfp, pseudo))

    def _leave_reclaim(self, task: _Task) -> None:
        _, pseudo = task.reclaims.pop()
        if pseudo:
            _remove(task.held, RECLAIM)

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
