"""The review of the RFC: what its protocol does wrong, and what it costs."""

from __future__ import annotations

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
from oomlab.registry import Registry


def _number(finding: Finding) -> int:
    return int(finding.id.removeprefix("R"))


FINDINGS: Registry[str, Finding] = Registry(
    "finding",
    sorted(
        (f for topic in (protocol, waiting, thread, chain, context, tools) for f in topic.FINDINGS),
        key=_number,
    ),
    key=lambda finding: finding.id,
)
"""All findings by their id, in the order of their numbers."""


def find_finding(name: str) -> Finding:
    """The finding with that id. Raises InputError naming all ids."""
    return FINDINGS.find(name)


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
