"""`oomlab gfp`: what a GFP mask means."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable

from oomlab.command.gfp_report import gfp_report, gfp_text
from oomlab.command.parser import json_option
from oomlab.command.progress import Progress
from oomlab.gfp.tables import CONFIGS, DEFAULT_VERSION


def options(parser: argparse.ArgumentParser) -> None:
    """What a call can say."""
    parser.add_argument(
        "expression",
        metavar="EXPR",
        help="GFP_KERNEL & ~__GFP_IO, 0x14000c0, or a log's line: gfp_mask=0xcc0(GFP_KERNEL) ...",
    )
    parser.add_argument("--compare", metavar="EXPR", help="a second mask to compare it with")
    parser.add_argument(
        "--kernel",
        metavar="V",
        help="a release as uname has it, 6.1 or 5.15.0-91-generic (default: for names "
        f"{DEFAULT_VERSION}, for a number or a line the one that fits)",
    )
    parser.add_argument(
        "--order",
        type=int,
        metavar="N",
        help="it asks for 2 to the power of N pages (default: what the line says, or 0)",
    )
    parser.add_argument(
        "--config",
        action="append",
        default=[],
        metavar="OPTION",
        help=f"a build option that gives a flag its bit: {', '.join(CONFIGS)}",
    )
    json_option(parser)


def answer(call: argparse.Namespace, _progress: Progress) -> Iterable[str]:
    """The lines that answer a call."""
    asked = (
        call.expression,
        call.compare,
        call.kernel,
        call.config,
        call.order,
    )
    return [json.dumps(gfp_report(*asked), indent=1)] if call.json else gfp_text(*asked)
