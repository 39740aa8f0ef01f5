"""`oomlab matrix`: every hazard against every remedy."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable

from oomlab.command.parser import jobs_of, json_option, place_options, whole
from oomlab.command.progress import Progress
from oomlab.command.status import NOT_AS_EXPECTED
from oomlab.evidence import matrix
from oomlab.evidence.executors import opened


def options(parser: argparse.ArgumentParser) -> None:
    """What a call can say."""
    parser.add_argument("--budget", default=str(matrix.CELL_BUDGET), metavar="STATES")
    json_option(parser)
    place_options(parser)


def answer(call: argparse.Namespace, progress: Progress) -> Iterable[str]:
    """The lines that answer a call."""
    cells, size = [], matrix.size()
    with opened(jobs_of(call), call.scheduler) as place:
        for cell in matrix.matrix(whole("budget", call.budget), place):
            cells.append(cell)
            progress.tell(f"{len(cells)} of {size} cells", len(cells) / size)
    if call.json:
        yield json.dumps(matrix.matrix_report(cells), indent=1)
    else:
        yield from matrix.matrix_text(cells)
    if any(cell.problem for cell in cells):
        raise SystemExit(NOT_AS_EXPECTED)
