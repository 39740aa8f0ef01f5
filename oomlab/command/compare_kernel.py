"""`oomlab compare-kernel`: the model beside real kernels."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable

from oomlab.command.parser import Command, json_option
from oomlab.command.progress import Progress
from oomlab.command.status import NOT_AS_EXPECTED
from oomlab.evidence.real_kernel import report
from oomlab.evidence.real_kernel.compare import compare_kernel, kernel_cells, needless_rows


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--case", metavar="NAME", help="this case only")
    parser.add_argument("--kernel", metavar="V", help="this release only")
    json_option(parser)


def _answer(options: argparse.Namespace, progress: Progress) -> Iterable[str]:
    wanted = kernel_cells(options.case, options.kernel)
    found = []
    for number, (case, release) in enumerate(wanted, start=1):
        progress.tell(f"{number} of {len(wanted)} cells")
        found.append(compare_kernel(case, release))
    if options.json:
        yield json.dumps(report.comparison_report(found), indent=1)
    else:
        yield from report.comparison_text(found)
    if any(one.unexplained for one in found) or needless_rows(found):
        raise SystemExit(NOT_AS_EXPECTED)


COMMAND = Command(
    "compare-kernel", "hold the model against stored runs of real kernels", _options, _answer
)
