"""Breaks each detector in many ways: the self-test table must notice every one."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from oomlab.analysis import lock_learning, lock_order, wait_for
from oomlab.analysis.lock_order import Annotation
from oomlab.engine.trace.events import Trace
from tests.second_opinions.lab import OrderAlarm, Row, expected, found
from tests.second_opinions.table import ROWS


@dataclass(frozen=True)
class Fault:
    """`old` is replaced by `new` in the source; the row `red` must come out differently."""

    what: str
    old: str
    new: str
    red: str


LEARNING_FAULTS = (
    Fault(
        "the search for held locks ends at a tried one",
        "if not held.tried:",
        "if True:",
        "A, O tried, B; B then A",
    ),
    Fault(
        "a lock that was tried is not held",
        "if takes(event):",
        "if takes(event) and event.op not in TRYING_KINDS:",
        "A tried then B, B then A",
    ),
    Fault(
        "a trylock is an order",
        "if event.op in LOCKING_KINDS or",
        "if event.op in LOCKING_KINDS | TRYING_KINDS or",
        "AB, B and A tried, backing off",
    ),
    Fault(
        "readers make no order",
        "if event.op in LOCKING_KINDS or",
        'if event.op in LOCKING_KINDS - {"down_read"} or',
        "read S then A, A then read S, write S",
    ),
    Fault(
        "an order is learned when the lock is had, not when it is asked for",
        "if event.op in LOCKING_KINDS or event.op in _REQUESTS_ALONE:",
        'if event.op in LOCKING_KINDS and event.condition == "done":',
        "A in A",
    ),
    Fault(
        "mutexes are never released",
        '_RELEASES = frozenset({"mutex_unlock", ',
        "_RELEASES = frozenset({",
        "A after A",
    ),
    Fault(
        "spinlocks are not locks",
        "if event.op in LOCKING_KINDS or",
        'if event.op in LOCKING_KINDS - {"spin_lock"} or',
        "spin AB, spin BA",
    ),
    Fault(
        "a try in vain counts as taking the lock",
        "if takes(event):",
        "if takes(event) or event.op in TRYING_KINDS:",
        "AB, B and A tried, else in order",
    ),
    Fault(
        "the last lock taken is the one released",
        "if held[i].lock == lock:",
        "if True:",
        "AB, A released, C; CB",
    ),
    Fault(
        "every request may enter filesystem reclaim",
        "gfp & flags.DIRECT_RECLAIM and gfp & flags.FS",
        "gfp",
        "A held over GFP_NOFS, taken in reclaim",
    ),
    Fault(
        "requests count only if they are the balloon's",
        "if memalloc and (",
        "if not gfp & flags.NOMEMALLOC or memalloc and (",
        "A held over GFP_KERNEL, taken in the balloon's reclaim",
    ),
    Fault(
        "a task that reclaims may reclaim again",
        "memalloc=bool(task.reclaims)",
        "memalloc=False",
        "reclaim asks for memory",
    ),
    Fault(
        "4.14 holds its pseudo-lock around all reclaim",
        'memalloc=self.annotation == "4.14"',
        "memalloc=False",
        "A held over GFP_KERNEL, taken in the reclaim of GFP_KERNEL",
    ),
    Fault(
        "reclaim is never left",
        "if pseudo:\n            _remove(",
        "if pseudo is None:\n            _remove(",
        "A held over a request, taken after reclaim",
    ),
    Fault(
        "a request in 4.13 marks only the lock taken last",
        "for held in task.held:\n                self._add(held, RECLAIM",
        "for held in task.held[-1:]:\n                self._add(held, RECLAIM",
        "A held and O polled, held over a request, A taken in reclaim",
    ),
    Fault(
        "4.13 takes a lock that is read for one that is written",
        "shared=reads)",
        "shared=False)",
        "S read over a request, read in reclaim, write S",
    ),
)

SEARCH_FAULTS = (
    Fault(
        "only two orders can contradict each other",
        "queue.append(after)",
        "queue",
        "AB, BC, CA",
    ),
    Fault(
        "asking for what one has is no circle",
        "if edge.held == edge.taken:\n        return ()",
        "if edge.held == edge.taken:\n        return None",
        "write S in read S",
    ),
    Fault(
        "reading on both sides of reclaim is an error in 4.13",
        "(node[1] and edge.shared)",
        "False",
        "S read over a request, R read in reclaim, read R read S, no writer",
    ),
    Fault(
        "so is a lock that is read on both sides",
        "if not edge.shared:",
        "if True:",
        "S read over a request, read in reclaim, write S",
    ),
)

WAITING_FAULTS = (
    Fault(
        "polling is not waiting",
        'return "poll"',
        "return None",
        "O polled then B, BF, F and O polled",
    ),
    Fault(
        "sleeping until an event is not waiting",
        'return "event" if span.state == "waits" else None',
        "return None",
        "A held, the waker needs A",
    ),
    Fault(
        "readers do not wait behind a queued writer",
        'ahead += value["queued"]',
        "pass",
        "read S in read S, write S",
    ),
    Fault(
        "a queued writer does not wait for readers",
        'ahead += value["readers"]',
        "pass",
        "write S in read S",
    ),
    Fault(
        "nobody waits for himself",
        "return [value] if value else []",
        "return [value] if value and value != waiter else []",
        "O polled by its owner",
    ),
    Fault(
        "a circle has two edges",
        "front = reached",
        "front = []",
        "AB, BC, CA",
    ),
)


def broken(module: ModuleType, fault: Fault, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A copy of `module` with the fault."""
    assert module.__file__ is not None
    source = Path(module.__file__).read_text(encoding="utf-8")
    assert source.count(fault.old) == 1, f"{fault.old!r} is not in {module.__name__} exactly once"
    copy = ModuleType(f"{module.__name__}_broken")
    monkeypatch.setitem(sys.modules, copy.__name__, copy)
    exec(compile(source.replace(fault.old, fault.new), copy.__name__, "exec"), copy.__dict__)
    return copy


def names(faults: Iterable[Fault]) -> list[str]:
    return [fault.what for fault in faults]


def order_alarm(learning: ModuleType, search: ModuleType) -> OrderAlarm:
    def alarm(traces: Iterable[Trace], kernel: Annotation) -> bool:
        graph = learning.lock_order_graph(traces, kernel)
        return bool(search.LockOrderGraph(kernel, graph.runs, graph.edges).cycles())

    return alarm


def row_of(fault: Fault) -> Row:
    return next(row for row in ROWS if row.name == fault.red)


@pytest.mark.parametrize("fault", LEARNING_FAULTS, ids=names(LEARNING_FAULTS))
def test_learning(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    row, alarm = row_of(fault), order_alarm(broken(lock_learning, fault, monkeypatch), lock_order)
    assert found(row, orders=alarm) != expected(row)


@pytest.mark.parametrize("fault", SEARCH_FAULTS, ids=names(SEARCH_FAULTS))
def test_search(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    row, alarm = row_of(fault), order_alarm(lock_learning, broken(lock_order, fault, monkeypatch))
    assert found(row, orders=alarm) != expected(row)


@pytest.mark.parametrize("fault", WAITING_FAULTS, ids=names(WAITING_FAULTS))
def test_waiting(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    row, detector = row_of(fault), broken(wait_for, fault, monkeypatch)

    def alarm(trace: Trace) -> bool:
        return bool(detector.wait_for_graph(trace, trace.ended_at_us).cycle)

    assert found(row, waits=alarm) != expected(row)


@pytest.mark.parametrize("fault", (*LEARNING_FAULTS, *SEARCH_FAULTS), ids=lambda fault: fault.what)
def test_what_is_whole_passes_the_same_rows(fault: Fault) -> None:
    row = row_of(fault)
    assert found(row, orders=order_alarm(lock_learning, lock_order)) == expected(row)
