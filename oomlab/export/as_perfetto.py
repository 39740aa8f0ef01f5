"""Perfetto's own format: protobuf, for ui.perfetto.dev and its trace processor.

Each task is a thread with its functions as slices. Beside it lie a track of what it waits for, and
one for each lock that it held. A flow leads from a wait to who is in its way. What was under way
when the run ended is a slice without an end. Pools of pages are counters.

Every packet names the one sequence that all belong to (without it the trace would be empty, and no
error), and an end has no name. One microsecond of the run (or step of a schedule) is one here.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from oomlab.analysis.episodes.killing import kills
from oomlab.analysis.episodes.locks import holds
from oomlab.analysis.spans import Span, task_spans
from oomlab.analysis.wait_for import (
    Edge,
    edge_kind,
    edges_of,
    waiting_phrase,
    waiting_sentence,
)
from oomlab.dmesg.people import People
from oomlab.engine.trace.events import Trace
from oomlab.errors import MissingPackageError, needed
from oomlab.export.call_edges import call_edges
from oomlab.export.format import Format

OLDEST_PROTOBUF = (6, 31, 1)
"""The generated code of `perfetto` asks for it; the package itself declares any."""
SEQUENCE = 1
PROCESS = 1
"""Track of the machine; tracks of tasks and locks follow."""
MACHINE_PID = 1
COUNTED = frozenset({"free", "lent", "rss", "outside"})
"""Roles of the pools that are counters."""
NS_PER_US = 1000
END_MARGIN_US = 1000
"""From the last event to the mark at the end, at least: what begins at the very end of a trace is
not drawn (our choice)."""


def _protobuf() -> tuple[Any, Any]:
    """A builder of packets, and the messages. Raises MissingPackageError."""
    with needed("perfetto"):
        import_module("perfetto")  # first: it is what one has to get, and brings the other
        from google.protobuf import __version__

        version = tuple(int(part) for part in __version__.split(".")[:3] if part.isdigit())
        if version < OLDEST_PROTOBUF:
            oldest = ".".join(map(str, OLDEST_PROTOBUF))
            raise MissingPackageError(
                f"protobuf {__version__} is too old for this, which needs {oldest}; get it with: "
                'pip install "oomlab[perfetto]"'
            )
        from perfetto.protos.perfetto.trace import perfetto_trace_pb2 as messages
        from perfetto.trace_builder.proto_builder import TraceProtoBuilder
    return TraceProtoBuilder(), messages


class _Writer:
    """Packets of one run."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.people = People(trace)
        self._builder, messages = _protobuf()
        self._event = messages.TrackEvent
        self._tracks: dict[object, int] = {}
        self._flows = 0

    def bytes(self) -> bytes:
        """The whole trace."""
        self._machine()
        for task in self.trace.tasks:
            self._thread(task.name)
        self._waits()
        self._held()
        self._counters()
        for kill in kills(self.trace):
            self._instant(kill.at_us, self._tracks[kill.task], f"SIGKILL for {kill.victim}")
        self._end()
        serialized: bytes = self._builder.serialize()
        return serialized

    def _packet(self, at_us: int | None = None) -> Any:
        packet = self._builder.add_packet()
        packet.trusted_packet_sequence_id = SEQUENCE
        if at_us is not None:
            packet.timestamp = at_us * NS_PER_US
        return packet

    def _track(self, key: object, name: str = "", parent: int | None = None) -> Any:
        """Declare the track called by `key`; its description, to be filled."""
        uuid = PROCESS + len(self._tracks)
        self._tracks[key] = uuid
        track = self._packet().track_descriptor
        track.uuid = uuid
        if parent is not None:
            track.parent_uuid = parent
        if name:
            track.name = name
        return track

    def _say(self, at_us: int, track: int, kind: int, name: str = "") -> Any:
        event = self._packet(at_us).track_event
        event.type, event.track_uuid = kind, track
        if name:
            event.name = name
        return event

    def _begin(self, at_us: int, track: int, name: str) -> Any:
        return self._say(at_us, track, self._event.TYPE_SLICE_BEGIN, name)

    def _finish(self, at_us: int, track: int) -> None:
        self._say(at_us, track, self._event.TYPE_SLICE_END)

    def _instant(self, at_us: int, track: int, name: str) -> Any:
        return self._say(at_us, track, self._event.TYPE_INSTANT, name)

    def _machine(self) -> None:
        process = self._track(PROCESS).process
        process.pid = MACHINE_PID
        process.process_name = f"{self.trace.scenario} under {self.trace.remedy}"

    def _thread(self, task: str) -> None:
        thread = self._track(task).thread
        thread.pid, thread.tid = MACHINE_PID, self.people.pid(task)
        thread.thread_name = task
        track = self._tracks[task]
        for edge in call_edges(self.trace, task):
            if edge.function:
                self._begin(edge.at_us, track, edge.function)
            else:
                self._finish(edge.at_us, track)

    def _waits(self) -> None:
        """What everybody waits for, and a flow to whoever is in the way."""
        spans = task_spans(self.trace)
        last = {span.task: span for span in spans}
        unfinished = {waiting.task for waiting in self.trace.waiting}
        waits = [span for span in spans if edge_kind(span)]
        for task in dict.fromkeys(span.task for span in waits):
            self._track(("waits", task), "waits", self._tracks[task])
        names = frozenset(last)
        values = {slot.name: slot.initial for slot in self.trace.slots}
        passed = 0
        for span in sorted(waits, key=_start):
            while passed < len(self.trace.events) and (
                self.trace.events[passed].at_us <= span.start_us
            ):
                values.update(self.trace.events[passed].changes)
                passed += 1
            open_end = span is last[span.task] and span.task in unfinished
            self._wait(span, edges_of(span, names, values), open_end=open_end)

    def _wait(self, span: Span, edges: list[Edge], *, open_end: bool) -> None:
        track = self._tracks["waits", span.task]
        kind = edge_kind(span)
        assert kind is not None
        answers = (span.answered_by,) if span.answered_by else ()
        name = waiting_phrase(span.on, kind, answers, span.gives)
        began = self._begin(span.start_us, track, name)
        for edge in edges:
            self._flows += 1
            began.flow_ids.append(self._flows)
            said = waiting_sentence(edge)
            wanted = self._instant(span.start_us, self._tracks[edge.holder], said)
            wanted.terminating_flow_ids.append(self._flows)
        if not open_end:
            self._finish(span.end_us, track)

    def _held(self) -> None:
        """Who held which lock: a track for each pair."""
        for lock, stretches in holds(self.trace).items():
            for held in stretches:
                key = ("holds", held.task, lock)
                if key not in self._tracks:
                    self._track(key, f"holds {lock}", self._tracks[held.task])
                name = lock if held.mode == "owns" else f"{lock} ({held.mode})"
                self._begin(held.start_us, self._tracks[key], name)
                if not held.to_the_end:
                    self._finish(held.end_us, self._tracks[key])

    def _counters(self) -> None:
        for slot in self.trace.slots:
            if slot.facts.role not in COUNTED:
                continue
            counter = self._track(("pages", slot.name), f"{slot.name} (pages)", PROCESS).counter
            counter.unit_name = "pages"
            for at_us, value in self._values(slot.name, slot.initial):
                event = self._say(at_us, self._tracks["pages", slot.name], self._event.TYPE_COUNTER)
                event.counter_value = value

    def _values(self, name: str, initial: int) -> Iterator[tuple[int, int]]:
        yield 0, initial
        for event in self.trace.events:
            if name in event.changes:
                yield event.at_us, event.changes[name]

    def _end(self) -> None:
        ended_us = self.trace.ended_at_us
        at_us = ended_us + max(END_MARGIN_US, ended_us // 20)
        self._instant(at_us, PROCESS, f"the run has ended: {self.trace.verdict}")


def _start(span: Span) -> int:
    return span.start_us


def write(trace: Trace) -> bytes:
    """A serialized perfetto.protos.Trace. Raises MissingPackageError where the package `perfetto`
    is not installed, or its protobuf is too old."""
    return _Writer(trace).bytes()


FORMAT = Format("perfetto", "protobuf for ui.perfetto.dev", True, write)
