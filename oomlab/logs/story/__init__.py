"""What a log tells, in the terms of the book: findings, waits, a trace, the nearest scenario.

Records become sightings (`seen`) and reports (`reports`); from the frames of a stack follows what a
task waits for and has (`functions`, `locks`, `wants`), from all of them who waits for whom
(`standings`, `waits`) and a trace (`trace`), which the figures draw; `nearest` looks for the same
graph in the model, and `findings` says what it amounts to.
"""

from oomlab.logs.story.chapters import CHAPTERS, Chapter
from oomlab.logs.story.story import (
    SEVERITIES,
    SEVERITY_WORDS,
    LogFinding,
    Match,
    Quote,
    Severity,
    Story,
)
from oomlab.logs.story.telling import explain
from oomlab.logs.story.waits import KnownEdge, LogWaits

__all__ = [
    "CHAPTERS",
    "SEVERITIES",
    "SEVERITY_WORDS",
    "Chapter",
    "KnownEdge",
    "LogFinding",
    "LogWaits",
    "Match",
    "Quote",
    "Severity",
    "Story",
    "explain",
]
