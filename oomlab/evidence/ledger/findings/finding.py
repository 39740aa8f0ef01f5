"""What a finding of the review is, and the three ways in which one can be shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from oomlab.brief import brief
from oomlab.engine.explorer.counterexample import switches
from oomlab.evidence.ledger.lab import BUDGET, explored, way_to
from oomlab.evidence.ledger.reading import Readings
from oomlab.experiment import Experiment, Exploration
from oomlab.scenarios.parameters import Value

RFC = "offload"
"""The remedy that was reviewed."""

OFFLOADS = (RFC, "offload-sequence", "offload-repaired")
"""It and our two repairs, for each of which it is asked whether the finding holds."""

BUDGETS = (BUDGET // 5, BUDGET)
"""States after which a search stops: a small one first, as most schedules are short."""

Standing = Literal["has it", "free of it", "not seen"]
"""Whether a remedy has a finding. `free of it`: all schedules were seen, or the figures say the
opposite. `not seen`: in none of those that were seen, and some were not."""


@brief
@dataclass(frozen=True)
class Trail:
    """A schedule that leads to something a ghost calls `label`: a string for `oomlab replay`, and
    its length in steps and context switches."""

    label: str
    replay: str
    steps: int
    switches: int


@brief
@dataclass(frozen=True)
class Showing:
    """What came of the attempt to show a finding under one remedy.

    `ways`: schedules that show it; `states`: how many were looked at. Empty and 0 where timed runs
    show it, by `figures`.
    """

    answer: Standing
    ways: tuple[Trail, ...] = ()
    states: int = 0
    figures: Readings = ()


@brief
@dataclass(frozen=True)
class Witnessed:
    """Shown by schedules: the shortest after which a ghost has seen each of `labels`.

    Fewest moves first, then fewest context switches, among the states that were looked at.
    `timeouts`: the explorer's rule about time limits. `budgets`: after how many states to look, and
    to stop. A remedy has the finding if one label is
    seen.
    """

    labels: tuple[str, ...]
    scenario: str
    given: Mapping[str, Value] = field(default_factory=dict)
    timeouts: Literal["any", "idle"] = "any"
    budgets: tuple[int, ...] = BUDGETS

    def show(self, remedy: str) -> Showing:
        """Explore until every label was seen: states are found in the order of their distance."""
        for budget in self.budgets:
            found = explored(self.scenario, remedy, self.timeouts, budget, **self.given)
            ways = tuple(self._ways(remedy, found))
            if found.graph.complete or len(ways) == len(self.labels):
                break
        absent: Standing = "free of it" if found.graph.complete else "not seen"
        return Showing("has it" if ways else absent, ways, len(found.graph))

    def _ways(self, remedy: str, found: Exploration) -> Iterator[Trail]:
        experiment = Experiment.of(self.scenario, remedy, found.settings, engine="explorer")
        for label in self.labels:
            schedule = way_to(found, label)
            if schedule is not None:
                text = experiment.replay_line(schedule)
                yield Trail(label, text, len(schedule), switches(schedule))


@brief
@dataclass(frozen=True)
class Measured:
    """Shown by timed runs: `measure` computes figures for a remedy. If all are as they must be, the
    answer is `says`, otherwise the other one."""

    scenario: str
    measure: Callable[[str], Readings]
    given: Mapping[str, Value] = field(default_factory=dict)
    says: Literal["has it", "free of it"] = "has it"

    def show(self, remedy: str) -> Showing:
        """Run, and look at the figures."""
        figures = self.measure(remedy)
        other: Standing = "free of it" if self.says == "has it" else "has it"
        return Showing(self.says if all(f.holds for f in figures) else other, figures=figures)


@brief
@dataclass(frozen=True)
class CannotBeShown:
    """Not shown by a model of this kind, and why. The reason is one of the book's limits as well,
    under `topic`."""

    topic: str
    reason: str


Evidence: TypeAlias = Witnessed | Measured | CannotBeShown


@brief
@dataclass(frozen=True)
class Finding:
    """One finding of the review of the RFC.

    `id`: R and a number. `what`: what happens, in our words; `effect`: what comes of it.
    `evidence`: how it is shown. `offloads`: which of OFFLOADS has it, as it must come out; `note`:
    a remark on that. `is_defect`: False for a suspicion that turned out to be none.
    """

    id: str
    title: str
    what: str
    effect: str
    evidence: Evidence
    offloads: tuple[Standing, Standing, Standing] | None
    note: str = ""
    is_defect: bool = True

    def show(self, remedy: str = RFC) -> Showing | None:
        """Try to show it under a remedy; None where that cannot be done."""
        if isinstance(self.evidence, CannotBeShown):
            return None
        return self.evidence.show(remedy)
