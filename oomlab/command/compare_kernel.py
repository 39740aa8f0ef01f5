"""`oomlab compare-kernel`: the model beside real kernels."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable

from oomlab.command.parser import json_option
from oomlab.command.progress import Progress
from oomlab.command.status import NOT_AS_EXPECTED
from oomlab.evidence.real_kernel import report
from oomlab.evidence.real_kernel.compare import compare_kernel, kernel_cells, needless_rows


def options(parser: argparse.ArgumentParser) -> None:
    """What a call can say."""
    parser.add_argument("--case", metavar="NAME", help="this case only")
    parser.add_argument("--kernel", metavar="V", help="this release only")
    json_option(parser)


def answer(call: argparse.Namespace, progress: Progress) -> Iterable[str]:
    """The lines that answer a call."""
    wanted = kernel_cells(call.case, call.kernel)
    found = []
    for number, (case, release) in enumerate(wanted, start=1):
        progress.tell(f"{number} of {len(wanted)} cells")
        found.append(compare_kernel(case, release))
    if call.json:
        yield json.dumps(report.comparison_report(found), indent=1)
    else:
        yield from report.comparison_text(found)
    if any(one.unexplained for one in found) or needless_rows(found):
        raise SystemExit(NOT_AS_EXPECTED)
