"""What comes out of a log: findings in order of weight, the graph, the trace, the nearest scenario.

`oomlab log` prints `Story.lines()`; a page makes HTML of the fields. Every text may contain words
of the log: whoever puts one into a page escapes it, whoever prints one shows control characters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from oomlab.engine.trace.events import Trace
from oomlab.experiment import Experiment
from oomlab.logs.story.chapters import Chapter
from oomlab.logs.story.reports import ZoneSeen
from oomlab.logs.story.storm import Storm
from oomlab.logs.story.waits import LogWaits

Severity = Literal["deadlock", "lockup", "loss", "notice", "ordinary"]
"""How bad a finding is: tasks wait in a circle; nothing may come of it any more; something was
killed or failed that need not have been; worth knowing; nothing special."""

SEVERITIES: tuple[Severity, ...] = ("deadlock", "lockup", "loss", "notice", "ordinary")
"""The worst first."""

SEVERITY_WORDS: dict[Severity, str] = {
    "deadlock": "deadlock",
    "lockup": "may be a lockup",
    "loss": "loss",
    "notice": "worth knowing",
    "ordinary": "ordinary",
}
"""Each in a reader's words."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A line of the log that a finding rests on, by its number (from 1), and what it shows."""

    line: int
    shows: str


@dataclass(frozen=True, slots=True)
class LogFinding:
    """One thing that the log tells: a sentence, what it rests on, and where the book explains it.

    `kind`: a key of `chapters.CHAPTERS`.
    """

    kind: str
    severity: Severity
    sentence: str
    quotes: tuple[Quote, ...]
    chapter: Chapter


@dataclass(frozen=True)
class Match:
    """The scenario of the model whose graph is nearest to that of the log.

    `agrees` and `misses`: edges of the log that it has, and what differs, in words. `nearness`: 0
    to 1. `settings`: those taken from the log. `verdict`: what the model gives with them, under
    the remedy that the release's balloon amounts to. `command`: the line that plays it. `note`:
    what a later balloon makes of it. `same_circle`: the circles agree in every edge.
    """

    experiment: Experiment
    settings: dict[str, Any]
    agrees: tuple[str, ...]
    misses: tuple[str, ...]
    nearness: float
    verdict: str
    command: str
    note: str = ""
    same_circle: bool = False

    @property
    def sentence(self) -> str:
        """Which scenario that is, in words."""
        how = "the same circle" if self.same_circle else "the nearest graph"
        how = how if self.misses else "the same graph"
        scenario = self.experiment.scenario
        return f"{scenario.title} has {how}: {scenario.summary}"


@dataclass(frozen=True)
class Story:
    """All of it. `findings`: the worst first, never empty. `no_match`: why there is no `match`.
    `boot`: which boot of the machine this is, of how many that the log is of."""

    findings: tuple[LogFinding, ...]
    waits: LogWaits
    trace: Trace
    storm: Storm | None = None
    zone: ZoneSeen | None = None
    match: Match | None = None
    no_match: str = ""
    unsaid: tuple[str, ...] = ()
    boot: tuple[int, int] = (1, 1)

    @property
    def severity(self) -> Severity:
        """That of the worst finding."""
        return self.findings[0].severity

    def lines(self) -> Iterator[str]:
        """The story for a terminal, in plain text; wrapped by whoever prints it."""
        if self.boot[1] > 1:
            number, boots = self.boot
            yield f"The log is of {boots} boots; this is the worst of them, number {number}."
        for number, finding in enumerate(self.findings, start=1):
            yield f"{number}. {SEVERITY_WORDS[finding.severity]}: {finding.sentence}"
            for quote in finding.quotes:
                yield f"   line {quote.line}: {quote.shows}"
            yield f"   read: {finding.chapter.title} ({finding.chapter.href})"
        if self.waits.edges:
            yield ""
            yield "Who waits for whom:"
            for edge in self.waits.edges:
                closes = "  <- closes the circle" if edge == self.waits.closing else ""
                yield f"  {edge.sentence}{closes}"
        for text in self.unsaid:
            yield f"  The log does not say {text}."
        yield ""
        if self.match is None:
            yield f"In the model: {self.no_match}"
            return
        yield f"In the model: {self.match.sentence}."
        for text in self.match.misses:
            yield f"  differs: {text}"
        yield f"  {self.match.command}"
        yield f"  verdict there: {self.match.verdict}{self.match.note}"

    def to_json(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "findings": [
                {
                    "kind": one.kind,
                    "severity": one.severity,
                    "sentence": one.sentence,
                    "lines": [{"line": q.line, "shows": q.shows} for q in one.quotes],
                    "chapter": one.chapter.href,
                }
                for one in self.findings
            ],
            "waits": {
                "at_us": self.waits.graph.at_us,
                "edges": [
                    {
                        "waiter": one.edge.waiter,
                        "holder": one.edge.holder,
                        "what": one.edge.what,
                        "kind": one.edge.kind,
                        "known": one.known,
                        "lines": list(one.lines),
                        "in_circle": one.edge in self.waits.graph.cycle,
                        "closing": one == self.waits.closing,
                    }
                    for one in self.waits.edges
                ],
                "not_said": list(self.unsaid),
            },
            "boot": list(self.boot),
            "storm": None if self.storm is None else self.storm.to_json(),
            "model": self._model(),
        }

    def _model(self) -> dict[str, Any]:
        if self.match is None:
            return {"scenario": None, "why": self.no_match}
        return {
            "scenario": self.match.experiment.scenario.name,
            "remedy": self.match.experiment.remedy.name,
            "settings": {name: str(value) for name, value in self.match.settings.items()},
            "nearness": round(self.match.nearness, 2),
            "agrees": list(self.match.agrees),
            "misses": list(self.match.misses),
            "verdict": self.match.verdict,
            "command": self.match.command,
        }
