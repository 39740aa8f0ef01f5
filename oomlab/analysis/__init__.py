"""Reads traces: what each task did when, who held what, who waited for whom."""

from oomlab.analysis.chain_walk import first_invocation
from oomlab.analysis.comparison import parting
from oomlab.analysis.detectors import DETECTORS, Detector, LogLine, detector_log
from oomlab.analysis.episodes import Held, HoldMode, allocation_requests
from oomlab.analysis.lock_learning import ANNOTATIONS, lock_order_graph
from oomlab.analysis.lock_order import (
    RECLAIM,
    Annotation,
    LockCycle,
    LockOrderGraph,
    OrderEdge,
    cycle_sentence,
    edge_sentence,
)
from oomlab.analysis.lock_use import LockUse, lock_uses
from oomlab.analysis.outcome import (
    downtime_us,
    failed_allocations,
    kills,
    oom_calls,
    pages_returned,
)
from oomlab.analysis.rounds import longest_wait_us
from oomlab.analysis.spans import Span, SpanState, held_spans, span_at, task_spans
from oomlab.analysis.tries import FailedTry, failed_tries
from oomlab.analysis.units import length_text, long_text, moment_text, time_text
from oomlab.analysis.wait_for import (
    Edge,
    EdgeKind,
    WaitForGraph,
    edge_kind,
    first_cycle_us,
    wait_for_graph,
    waiting_phrase,
    waiting_sentence,
)

__all__ = [
    "ANNOTATIONS",
    "DETECTORS",
    "RECLAIM",
    "Annotation",
    "Detector",
    "Edge",
    "EdgeKind",
    "FailedTry",
    "Held",
    "HoldMode",
    "LockCycle",
    "LockOrderGraph",
    "LockUse",
    "LogLine",
    "OrderEdge",
    "Span",
    "SpanState",
    "WaitForGraph",
    "allocation_requests",
    "cycle_sentence",
    "detector_log",
    "downtime_us",
    "edge_kind",
    "edge_sentence",
    "failed_allocations",
    "failed_tries",
    "first_cycle_us",
    "first_invocation",
    "held_spans",
    "kills",
    "length_text",
    "lock_order_graph",
    "lock_uses",
    "long_text",
    "longest_wait_us",
    "moment_text",
    "oom_calls",
    "pages_returned",
    "parting",
    "span_at",
    "task_spans",
    "time_text",
    "wait_for_graph",
    "waiting_phrase",
    "waiting_sentence",
]
