"""Reads traces: what each task did when, who held what, who waited for whom."""

from oomlab.analysis.detectors import DETECTORS, Detector, Message, detector_log
from oomlab.analysis.episodes import Held, HoldMode
from oomlab.analysis.failed_tries import FailedTry, failed_tries
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
from oomlab.analysis.spans import Span, SpanState, held_spans, span_at, task_spans
from oomlab.analysis.units import length_text, moment_text, time_text
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
    "Message",
    "OrderEdge",
    "Span",
    "SpanState",
    "WaitForGraph",
    "cycle_sentence",
    "detector_log",
    "edge_kind",
    "edge_sentence",
    "failed_tries",
    "first_cycle_us",
    "held_spans",
    "length_text",
    "lock_order_graph",
    "moment_text",
    "span_at",
    "task_spans",
    "time_text",
    "wait_for_graph",
    "waiting_phrase",
    "waiting_sentence",
]
