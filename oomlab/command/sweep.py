"""`oomlab sweep`: a scenario many times; its results are kept, or checked."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from oomlab.command.parser import Command, whole
from oomlab.command.progress import Progress
from oomlab.command.status import NOT_AS_EXPECTED
from oomlab.errors import InputError
from oomlab.evidence.sweep.grid import Sweep
from oomlab.evidence.sweep.named import SWEEPS, find_sweep
from oomlab.evidence.sweep.pool import checked_jobs
from oomlab.evidence.sweep.recompute import check_file, recompute, recompute_text
from oomlab.files import shell_word, shown_path

STANDARD_OUTPUT = "-"


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help=f"all, or one of {', '.join(SWEEPS)}")
    parser.add_argument("--jobs", metavar="N", help="processes to use (default: one a core)")
    parser.add_argument(
        "--out",
        metavar="FILE",
        help="where the results go (default: the book's); - is standard output",
    )
    parser.add_argument("--resume", action="store_true", help="go on where it was interrupted")
    parser.add_argument(
        "--force", action="store_true", help="replace a file that holds something else"
    )
    parser.add_argument(
        "--check", action="store_true", help="compute a sample of the stored results again"
    )


def _answer(options: argparse.Namespace, progress: Progress) -> Iterable[str]:
    sweeps = [*SWEEPS.values()] if options.name == "all" else [find_sweep(options.name)]
    if options.out is not None and len(sweeps) > 1:
        raise InputError("--out names one file; give it with one sweep")
    jobs = checked_jobs(None if options.jobs is None else whole("jobs", options.jobs))
    if options.check:
        if options.resume or options.force:
            raise InputError("--check reads results and goes with neither --resume nor --force")
        if options.out == STANDARD_OUTPUT:
            raise InputError("--check needs the name of a file; - is standard output")
        return _checked(sweeps, options.out, progress)
    if options.out == STANDARD_OUTPUT:
        if options.resume or options.force:
            raise InputError("standard output goes with neither --resume nor --force")
        told = partial(_tell, progress, sweeps[0])
        return [recompute_text(sweeps[0], jobs=jobs, tell=told).removesuffix("\n")]
    return _made(sweeps, jobs, options, progress)


def _checked(sweeps: Sequence[Sweep], out: str | None, progress: Progress) -> Iterator[str]:
    wrong = [
        line for sweep in sweeps for line in check_file(sweep, out, partial(_tell, progress, sweep))
    ]
    yield from wrong or ["The stored results are those of this model."]
    if wrong:
        raise SystemExit(NOT_AS_EXPECTED)


def _made(
    sweeps: Sequence[Sweep], jobs: int, options: argparse.Namespace, progress: Progress
) -> Iterator[str]:
    for number, sweep in enumerate(sweeps):
        began = time.monotonic()
        try:
            path = recompute(
                sweep,
                options.out,
                jobs=jobs,
                resume=options.resume,
                force=options.force,
                tell=partial(_tell, progress, sweep),
            )
        except KeyboardInterrupt as stop:
            if getattr(stop, "__notes__", None):  # points are kept
                stop.add_note(f"go on with: {_going_on(sweeps[number:], options)}")
            raise
        points, took_s = len(sweep.points()), time.monotonic() - began
        yield f"{sweep.name}: {points} points in {took_s:.0f} s, written to {shown_path(path)}"


def _tell(progress: Progress, sweep: Sweep, done: int, points: int) -> None:
    progress.tell(f"{sweep.name}: {done} of {points} points")


def _going_on(left: Sequence[Sweep], options: argparse.Namespace) -> str:
    """The call, or calls, with which an interrupted sweep and those after it are made."""
    same = [
        f"--{name}={getattr(options, name)}" for name in ("jobs", "out") if options.__dict__[name]
    ]
    same += ["--force"] if options.force else []
    calls = [["oomlab", "sweep", sweep.name, *same] for sweep in left]
    calls[0].append("--resume")
    return " && ".join(" ".join(map(shell_word, call)) for call in calls)


COMMAND = Command("sweep", "run a scenario many times and keep the results", _options, _answer)
