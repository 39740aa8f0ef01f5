"""`oomlab findings`: each finding of the review of the RFC, shown by the model."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from oomlab.command.parser import Command, json_option
from oomlab.command.progress import Progress
from oomlab.command.status import NOT_AS_EXPECTED
from oomlab.evidence.ledger import findings_report
from oomlab.evidence.ledger.findings import FINDINGS, find_finding


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("which", nargs="?", metavar="ID", help="only this one")
    json_option(parser)


def _answer(options: argparse.Namespace, progress: Progress) -> Iterator[str]:
    chosen = list(FINDINGS.values()) if options.which is None else [find_finding(options.which)]
    reviewed: list[findings_report.Reviewed] = []
    for finding in chosen:
        progress.tell(f"{len(reviewed)} of {len(chosen)} findings")
        reviewed += findings_report.review([finding])
    if options.json:
        yield json.dumps(findings_report.findings_data(reviewed), indent=1)
    else:
        yield from findings_report.findings_text(reviewed)
    if any(one.problems for one in reviewed):
        raise SystemExit(NOT_AS_EXPECTED)


COMMAND = Command("findings", "show each finding of the review of the RFC", _options, _answer)
