"""Traces: the only thing that leaves a run."""

from oomlab.engine.trace.events import Event, SlotInfo, TaskInfo, Trace, Waiting

__all__ = ["Event", "SlotInfo", "TaskInfo", "Trace", "Waiting"]
