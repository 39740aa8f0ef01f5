"""What a finding of the review is, and the three ways in which one can be shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from oomlab.explorer.counterexample import switches
from oomlab.explorer.replay import write_replay
from oomlab.ledger.figure import Figures
from oomlab.ledger.lab import explored, way_to
from oomlab.scenarios.parameters import Value

RFC = "offload"
"""The remedy that was reviewed."""

OFFLOADS = (RFC, "offload-sequence", "offload-repaired")
"""It and our two repairs, for each of which it is asked whether the finding holds."""

Answer = Literal["has it", "free of it", "not seen"]
"""Whether a remedy has a finding. `free of it`: all schedules were seen, or the figures say the
opposite. `not seen`: in none of those that were seen, and some were not."""


@dataclass(frozen=True)
class Shown:
    """What came of the attempt to show a finding under one remedy.

    `replay`: a schedule that shows it, for `oomlab replay`, with its length in steps and context
    switches; `states`: how many were looked at. Empty and 0 where a timed run shows it, by
    `figures`.
    """

    answer: Answer
    replay: str = ""
    steps: int = 0
    switches: int = 0
    states: int = 0
    figures: Figures = ()


@dataclass(frozen=True)
class Witnessed:
    """Shown by a schedule: the shortest after which a ghost has seen `label`.

    Fewest moves first, then fewest context switches, among the states that were looked at.
    `timeouts`: the explorer's rule about time limits.
    """

    label: str
    scenario: str
    given: Mapping[str, Value] = field(default_factory=dict)
    timeouts: Literal["any", "idle"] = "any"

    def show(self, remedy: str) -> Shown:
        """Explore, and look for the label."""
        found = explored(self.scenario, remedy, self.timeouts, **self.given)
        graph = found.graph
        schedule = way_to(found, self.label)
        if schedule is None:
            return Shown("free of it" if graph.complete else "not seen", states=len(graph))
        text = write_replay(self.scenario, remedy, found.settings, graph.space.model, schedule)
        return Shown("has it", text, len(schedule), switches(schedule), len(graph))


@dataclass(frozen=True)
class Measured:
    """Shown by timed runs: `measure` computes figures for a remedy, which has the finding if all of
    them are as they must be."""

    scenario: str
    measure: Callable[[str], Figures]
    given: Mapping[str, Value] = field(default_factory=dict)

    def show(self, remedy: str) -> Shown:
        """Run, and look at the figures."""
        figures = self.measure(remedy)
        has_it = all(figure.holds for figure in figures)
        return Shown("has it" if has_it else "free of it", figures=figures)


@dataclass(frozen=True)
class CannotBeShown:
    """Not shown by a model of this kind, and why. The reason is one of the book's limits as well,
    under `topic`."""

    topic: str
    reason: str


Evidence: TypeAlias = Witnessed | Measured | CannotBeShown


@dataclass(frozen=True)
class Finding:
    """One finding of the review of the RFC.

    `id`: R1 to R24. `what`: what happens, in our words; `effect`: what comes of it. `evidence`: how
    it is shown. `offloads`: which of OFFLOADS has it, as it must come out; `note`: a remark on
    that. `is_defect`: False for a suspicion that turned out to be none.
    """

    id: str
    title: str
    what: str
    effect: str
    evidence: Evidence
    offloads: tuple[Answer, Answer, Answer] | None
    note: str = ""
    is_defect: bool = True

    def show(self, remedy: str = RFC) -> Shown | None:
        """Try to show it under a remedy; None where that cannot be done."""
        if isinstance(self.evidence, CannotBeShown):
            return None
        return self.evidence.show(remedy)
