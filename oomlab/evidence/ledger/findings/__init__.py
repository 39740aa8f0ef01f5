"""The review of the RFC: what its protocol does wrong, and what it costs."""

from __future__ import annotations

from oomlab.errors import find
from oomlab.evidence.ledger.findings import chain, context, protocol, thread, tools, waiting
from oomlab.evidence.ledger.findings.finding import (
    OFFLOADS,
    RFC,
    CannotBeShown,
    Finding,
    Measured,
    Showing,
    Standing,
    Witnessed,
)


def _number(finding: Finding) -> int:
    return int(finding.id.removeprefix("R"))


FINDINGS: dict[str, Finding] = {
    finding.id: finding
    for finding in sorted(
        (f for topic in (protocol, waiting, thread, chain, context, tools) for f in topic.FINDINGS),
        key=_number,
    )
}
"""All findings by their id, in the order of their numbers."""


def find_finding(name: str) -> Finding:
    """The finding with that id. Raises InputError naming all ids."""
    return find("finding", name, FINDINGS)


__all__ = [
    "FINDINGS",
    "OFFLOADS",
    "RFC",
    "CannotBeShown",
    "Finding",
    "Measured",
    "Showing",
    "Standing",
    "Witnessed",
    "find_finding",
]
