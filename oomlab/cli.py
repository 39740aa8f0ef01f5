"""The `oomlab` command."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from oomlab import __version__, experiment
from oomlab.command import report
from oomlab.command.gfp_report import gfp_report, gfp_text
from oomlab.engine import explorer
from oomlab.errors import InputError
from oomlab.evidence import matrix
from oomlab.evidence.ledger import claims_report, findings_report
from oomlab.evidence.ledger.claims import CLAIMS, find_claim
from oomlab.evidence.ledger.findings import FINDINGS, find_finding
from oomlab.evidence.sweep.named import SWEEPS, find_sweep
from oomlab.evidence.sweep.pool import SweepError
from oomlab.evidence.sweep.recompute import check_file, recompute
from oomlab.gfp.registry import CONFIGS, VERSIONS
from oomlab.gfp.tables import DEFAULT_VERSION
from oomlab.remedies import REMEDIES
from oomlab.scenarios import SCENARIOS

BAD_INPUT = 2
"""Exit status for a name or value that is not valid."""


NOT_AS_EXPECTED = 1
"""Exit status when something computed is not what was declared."""


class Parser(argparse.ArgumentParser):
    """Answers a wrong call with one line on standard error."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave with BAD_INPUT."""
        self.exit(BAD_INPUT, f"{self.prog}: {' '.join(message.split())}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Result: the exit status."""
    options = _parser().parse_args(arguments)
    try:
        _print_lines(options.command(options))
    except InputError as error:
        print(f"oomlab: {error}", file=sys.stderr)
        return BAD_INPUT
    except SweepError as error:
        print(f"oomlab: {error}", file=sys.stderr)
        return NOT_AS_EXPECTED
    except BrokenPipeError:
        # The reader has seen enough; leave nothing for the interpreter to complain about.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)
    sys.stdout.flush()


def _parser() -> Parser:
    parser = Parser(prog="oomlab", description="A model of the OOM-notifier discussion of 2017.")
    parser.add_argument("--version", action="version", version=f"oomlab {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)

    command = commands.add_parser("scenarios", help="list the scenarios")
    command.set_defaults(command=lambda _: (_line(s) for s in SCENARIOS.values()))
    command = commands.add_parser("remedies", help="list the remedies")
    command.set_defaults(command=lambda _: (_line(r) for r in REMEDIES.values()))

    command = commands.add_parser("run", help="run a scenario once, in simulated seconds")
    _add_model_options(command)
    command.add_argument("--seed", default="0", help="seed of the random latencies (default 0)")
    command.set_defaults(command=_run)

    command = commands.add_parser("explore", help="look at all schedules of a scenario")
    _add_model_options(command)
    command.add_argument("--timeouts", default="any", metavar="any|idle")
    command.add_argument("--budget", default=str(explorer.BUDGET), metavar="STATES")
    command.set_defaults(command=_explore)

    command = commands.add_parser("matrix", help="hold every hazard against every remedy")
    command.add_argument("--budget", default=str(matrix.CELL_BUDGET), metavar="STATES")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(command=_matrix)

    command = commands.add_parser("sweep", help="run a scenario many times and keep the results")
    command.add_argument("name", metavar="NAME", help=f"all, or one of {', '.join(SWEEPS)}")
    command.add_argument("--jobs", metavar="N", help="processes to use (default: one a core)")
    command.add_argument("--out", metavar="FILE", help="where the results go (default: the book's)")
    command.add_argument("--resume", action="store_true", help="go on where it was interrupted")
    command.add_argument(
        "--check", action="store_true", help="compute a sample of the stored results again"
    )
    command.set_defaults(command=_sweep)

    command = commands.add_parser("replay", help="play a schedule that explore printed")
    command.add_argument("string", metavar="STRING")
    command.set_defaults(command=_replay)

    for name, what, registry in (
        ("claims", "hold each sentence of the thread against the model", "NUMBER"),
        ("findings", "show each finding of the review of the RFC", "ID"),
    ):
        command = commands.add_parser(name, help=what)
        command.add_argument("which", nargs="?", metavar=registry, help="only this one")
        command.add_argument("--json", action="store_true", help="print JSON")
        command.set_defaults(command=_claims if name == "claims" else _findings)

    command = commands.add_parser("gfp", help="explain a GFP mask: what may this request do?")
    command.add_argument("expression", metavar="EXPR", help="GFP_KERNEL & ~__GFP_IO, 0x14000c0 ...")
    command.add_argument("--compare", metavar="EXPR", help="a second mask to compare it with")
    command.add_argument(
        "--kernel",
        default=DEFAULT_VERSION,
        metavar="V",
        help=f"{', '.join(VERSIONS)} (default {DEFAULT_VERSION})",
    )
    command.add_argument(
        "--config",
        action="append",
        default=[],
        metavar="OPTION",
        help=f"a build option that gives a flag its bit: {', '.join(CONFIGS)}",
    )
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(command=_gfp)
    return parser


def _add_model_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("scenario", metavar="SCENARIO")
    command.add_argument("--remedy", default="mainline", metavar="NAME")
    command.add_argument("--set", action="append", default=[], metavar="name=value", dest="given")
    command.add_argument("--json", action="store_true", help="print JSON")


def _line(entry: Any) -> str:
    return f"{entry.name:20} {entry.summary}"


def _run(options: argparse.Namespace) -> Iterable[str]:
    seed = _whole("seed", options.seed)
    trace = experiment.run(options.scenario, options.remedy, _settings(options.given), seed)
    if options.json:
        return [json.dumps(report.run_report(trace), indent=1)]
    return report.run_text(trace)


def _explore(options: argparse.Namespace) -> Iterable[str]:
    began = time.perf_counter()
    found = experiment.explore(
        options.scenario,
        options.remedy,
        _settings(options.given),
        timeouts=options.timeouts,
        budget=_whole("budget", options.budget),
    )
    elapsed = time.perf_counter() - began
    if options.json:
        return [json.dumps(report.exploration_report(found, elapsed), indent=1)]
    return report.exploration_text(found, elapsed)


def _matrix(options: argparse.Namespace) -> Iterable[str]:
    cells = list(matrix.matrix(_whole("budget", options.budget)))
    if options.json:
        yield json.dumps(matrix.matrix_report(cells), indent=1)
    else:
        yield from matrix.matrix_text(cells)
    if any(cell.problem for cell in cells):
        raise SystemExit(NOT_AS_EXPECTED)


def _claims(options: argparse.Namespace) -> Iterable[str]:
    chosen = list(CLAIMS.values()) if options.which is None else [find_claim(options.which)]
    judged = claims_report.judge(chosen)
    if options.json:
        yield json.dumps(claims_report.claims_data(judged), indent=1)
    else:
        yield from claims_report.claims_text(judged)
    if not all(one.supported for one in judged):
        raise SystemExit(NOT_AS_EXPECTED)


def _findings(options: argparse.Namespace) -> Iterable[str]:
    chosen = list(FINDINGS.values()) if options.which is None else [find_finding(options.which)]
    reviewed = findings_report.review(chosen)
    if options.json:
        yield json.dumps(findings_report.findings_data(reviewed), indent=1)
    else:
        yield from findings_report.findings_text(reviewed)
    if any(one.problems for one in reviewed):
        raise SystemExit(NOT_AS_EXPECTED)


def _sweep(options: argparse.Namespace) -> Iterable[str]:
    sweeps = [*SWEEPS.values()] if options.name == "all" else [find_sweep(options.name)]
    if options.out is not None and len(sweeps) > 1:
        raise InputError("--out names one file; give it with one sweep")
    out = None if options.out is None else Path(options.out)
    jobs = None if options.jobs is None else _whole("jobs", options.jobs)
    wrong = []
    for sweep in sweeps:
        if options.check:
            wrong += list(check_file(sweep, out))
            continue
        path = recompute(sweep, out, jobs=jobs, resume=options.resume, tell=_progress)
        yield f"{sweep.name}: written to {path}"
    if options.check:
        yield from wrong or ["The stored results are those of this model."]
    if wrong:
        raise SystemExit(NOT_AS_EXPECTED)


def _progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _replay(options: argparse.Namespace) -> Iterable[str]:
    return report.schedule_text(experiment.replay(options.string))


def _gfp(options: argparse.Namespace) -> Iterable[str]:
    asked = options.expression, options.compare, options.kernel, options.config
    return [json.dumps(gfp_report(*asked), indent=1)] if options.json else gfp_text(*asked)


def _settings(given: list[str]) -> dict[str, str]:
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"--set takes name=value, not {text!r}")
        found[name] = value
    return found


def _whole(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InputError(f"{name} cannot be {text!r}; valid: a whole number") from None


if __name__ == "__main__":
    sys.exit(main())
