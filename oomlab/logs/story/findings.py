"""What a log amounts to: findings, the worst first, each with the lines it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from oomlab.analysis import long_text
from oomlab.logs.story.chapters import CHAPTERS
from oomlab.logs.story.reports import LogReading
from oomlab.logs.story.standings import LogScene
from oomlab.logs.story.storm import Storm
from oomlab.logs.story.story import SEVERITIES, LogFinding, Quote, Severity
from oomlab.logs.story.waits import LogWaits

MOST_QUOTES = 6
"""Lines that a finding names at most (our choice)."""


@dataclass(frozen=True)
class Material:
    """All that a rule may look at."""

    reading: LogReading
    scene: LogScene
    waits: LogWaits
    storm: Storm | None


Rule = Callable[[Material], Iterator[LogFinding]]


def finding(
    kind: str, severity: Severity, sentence: str, quotes: Sequence[Quote] = ()
) -> LogFinding:
    """A finding with its chapter."""
    return LogFinding(kind, severity, sentence, tuple(quotes[:MOST_QUOTES]), CHAPTERS[kind])


def find(material: Material, rules: Sequence[Rule]) -> tuple[LogFinding, ...]:
    """What the rules find, the worst first; within one weight in the order of the rules."""
    found = [one for rule in rules for one in rule(material)]
    if not found:
        seen = material.reading.sightings
        quotes = [Quote(one.line, f"{one.task}: {one.why}") for one in seen]
        found = [finding("ordinary", "ordinary", _NOTHING, quotes)]
    return tuple(sorted(found, key=_weight))


_NOTHING = "Tasks are shown, and nothing of it leads to the OOM killer."


def _weight(one: LogFinding) -> int:
    return SEVERITIES.index(one.severity)


def length(us: int, reading: LogReading) -> str:
    """A stretch of the log in words."""
    return f"{us} lines" if reading.times == "lines" else long_text(us)
