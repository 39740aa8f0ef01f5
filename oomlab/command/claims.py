"""`oomlab claims`: each sentence of the thread, held against the model."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from oomlab.command.parser import Command, json_option
from oomlab.command.progress import Progress
from oomlab.command.status import NOT_AS_EXPECTED
from oomlab.evidence.ledger import claims_report
from oomlab.evidence.ledger.claims import CLAIMS, find_claim


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("which", nargs="?", metavar="NUMBER", help="only this one")
    json_option(parser)


def _answer(options: argparse.Namespace, progress: Progress) -> Iterator[str]:
    chosen = list(CLAIMS.values()) if options.which is None else [find_claim(options.which)]
    judged: list[claims_report.Judged] = []
    for claim in chosen:
        progress.tell(f"{len(judged)} of {len(chosen)} claims")
        judged += claims_report.judge_claims([claim])
    if options.json:
        yield json.dumps(claims_report.claims_data(judged), indent=1)
    else:
        yield from claims_report.claims_text(judged)
    if not all(one.supported for one in judged):
        raise SystemExit(NOT_AS_EXPECTED)


COMMAND = Command("claims", "hold each sentence of the thread against the model", _options, _answer)
