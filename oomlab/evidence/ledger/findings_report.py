"""What `oomlab findings` prints: findings with what shows them, as text and as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.evidence.ledger.claims_report import figure_data, figure_line
from oomlab.evidence.ledger.findings import (
    OFFLOADS,
    RFC,
    CannotBeShown,
    Finding,
    Measured,
    Showing,
    Witnessed,
)


@brief
@dataclass(frozen=True)
class Reviewed:
    """A finding, and what came of showing it under some of OFFLOADS (nothing, where it cannot)."""

    finding: Finding
    shown: Mapping[str, Showing]

    @property
    def problems(self) -> tuple[str, ...]:
        """What did not come out as it must."""
        if self.finding.offloads is None:
            return ()
        pairs = zip(OFFLOADS, self.finding.offloads, strict=True)
        wrong = tuple(
            f"{self.finding.id} under {remedy}: {self.shown[remedy].answer}, must be {expected}"
            for remedy, expected in pairs
            if remedy in self.shown and self.shown[remedy].answer != expected
        )
        return wrong + tuple(
            f"{self.finding.id} under {RFC}: no schedule shows that {label}"
            for label in self._unseen()
        )

    def _unseen(self) -> tuple[str, ...]:
        """What a ghost should have seen under the RFC, and has not."""
        evidence, shown = self.finding.evidence, self.shown[RFC]
        if not isinstance(evidence, Witnessed) or not shown.ways:
            return ()
        seen = {way.label for way in shown.ways}
        return tuple(label for label in evidence.labels if label not in seen)


@checked
def review(findings: Sequence[Finding], remedies: Sequence[str] = OFFLOADS) -> list[Reviewed]:
    """Try to show some findings; under the RFC alone it takes a third of the time."""
    return [
        Reviewed(finding, {remedy: found for remedy in remedies if (found := finding.show(remedy))})
        for finding in findings
    ]


def findings_data(reviewed: Sequence[Reviewed]) -> dict[str, Any]:
    """The findings as JSON data; `problems`: what did not come out as it must."""
    return {
        "findings": [_finding_data(one) for one in reviewed],
        "problems": [problem for one in reviewed for problem in one.problems],
    }


def _finding_data(reviewed: Reviewed) -> dict[str, Any]:
    finding = reviewed.finding
    return {
        "id": finding.id,
        "title": finding.title,
        "what": finding.what,
        "effect": finding.effect,
        "is_defect": finding.is_defect,
        "note": finding.note,
        **_evidence_data(finding),
        "offloads": {
            remedy: {
                "answer": shown.answer,
                "schedules": [asdict(way) for way in shown.ways],
                "states": shown.states,
                "figures": [figure_data(figure) for figure in shown.figures],
            }
            for remedy, shown in reviewed.shown.items()
        },
        "as_expected": not reviewed.problems,
    }


def _evidence_data(finding: Finding) -> dict[str, Any]:
    match finding.evidence:
        case Witnessed(labels, scenario, given, timeouts, _):
            return {
                "shown_by": "schedule",
                "scenario": scenario,
                "parameters": dict(given),
                "watch": list(labels),
                "timeouts": timeouts,
            }
        case Measured(scenario, _, given, _):
            return {"shown_by": "run", "scenario": scenario, "parameters": dict(given)}
        case CannotBeShown(topic, reason):
            return {"shown_by": "nothing", "limit": topic, "reason": reason}


def findings_text(reviewed: Sequence[Reviewed]) -> Iterator[str]:
    """The findings as lines, then a line for each that did not come out as it must."""
    for one in reviewed:
        finding = one.finding
        yield f"{finding.id}. {finding.title}{'' if finding.is_defect else ' (not a defect)'}"
        yield f"   {finding.what}"
        yield f"   Effect: {finding.effect}"
        yield from (f"   {line}" for line in _how(one))
        if finding.note:
            yield f"   Note: {finding.note}"
        yield ""
    problems = [problem for one in reviewed for problem in one.problems]
    shown = sum(RFC in one.shown for one in reviewed)
    plural = "s" if len(reviewed) > 1 else ""
    yield f"{len(reviewed)} finding{plural}, {shown} shown; problems: {len(problems)}"
    yield from problems


def _how(reviewed: Reviewed) -> Iterator[str]:
    evidence = reviewed.finding.evidence
    if isinstance(evidence, CannotBeShown):
        yield f"Cannot be shown: {evidence.reason}"
        return
    shown = reviewed.shown[RFC]
    for way in shown.ways:
        yield f"Shortest schedule after which {way.label} ({way.steps} steps):"
        yield f"  oomlab replay '{way.replay}'"
    yield from (f"- {figure_line(figure)}" for figure in shown.figures)
    for remedy, found in reviewed.shown.items():
        states = f", {found.states} states" if found.states else ""
        yield f"{remedy}: {found.answer}{states}"
