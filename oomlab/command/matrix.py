"""`oomlab matrix`: every hazard against every remedy."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable

from oomlab.command.parser import Command, json_option, whole
from oomlab.command.progress import Progress
from oomlab.command.status import NOT_AS_EXPECTED
from oomlab.evidence import matrix


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--budget", default=str(matrix.CELL_BUDGET), metavar="STATES")
    json_option(parser)


def _answer(options: argparse.Namespace, progress: Progress) -> Iterable[str]:
    cells = []
    for cell in matrix.matrix(whole("budget", options.budget)):
        cells.append(cell)
        progress.tell(f"{len(cells)} of {matrix.size()} cells")
    if options.json:
        yield json.dumps(matrix.matrix_report(cells), indent=1)
    else:
        yield from matrix.matrix_text(cells)
    if any(cell.problem for cell in cells):
        raise SystemExit(NOT_AS_EXPECTED)


COMMAND = Command("matrix", "hold every hazard against every remedy", _options, _answer)
