"""`oomlab sweep`: a scenario many times; its results are kept, or checked."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from oomlab.command.parser import jobs_of, place_options, whole
from oomlab.command.progress import Progress
from oomlab.command.status import NOT_AS_EXPECTED
from oomlab.errors import InputError
from oomlab.evidence.sweep.grid import Sweep
from oomlab.evidence.sweep.named import SWEEPS, find_sweep
from oomlab.evidence.sweep.recompute import check_file, recompute, recompute_text
from oomlab.evidence.sweep.rows import Failure
from oomlab.files import shell_word, shown_path

STANDARD_OUTPUT = "-"
MOST_SEEDS = 1_000_000
"""More runs of a point are refused (our choice)."""


def options(parser: argparse.ArgumentParser) -> None:
    """What a call can say."""
    parser.add_argument("name", metavar="NAME", help=f"all, or one of {', '.join(SWEEPS)}")
    place_options(parser)
    parser.add_argument(
        "--seeds", metavar="N", help="run each point that is run more than once so often"
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        help="where the results go (default: the book's), as .json, .csv or .parquet; - is standard"
        " output",
    )
    parser.add_argument("--resume", action="store_true", help="go on where it was interrupted")
    parser.add_argument(
        "--force", action="store_true", help="replace a file that holds something else"
    )
    parser.add_argument(
        "--check", action="store_true", help="compute a sample of the stored results again"
    )


def answer(call: argparse.Namespace, progress: Progress) -> Iterable[str]:
    """The lines that answer a call."""
    sweeps = [*SWEEPS.values()] if call.name == "all" else [find_sweep(call.name)]
    if call.out is not None and len(sweeps) > 1:
        raise InputError("--out names one file; give it with one sweep")
    jobs = jobs_of(call)
    if call.seeds is not None:
        sweeps = [sweep.with_seeds(_seeds(call.seeds)) for sweep in sweeps]
        if call.out is None and not call.check:
            raise InputError(
                "--seeds makes another sweep than the book's; say with --out where it goes"
            )
    if call.check:
        if call.resume or call.force:
            raise InputError("--check reads results and goes with neither --resume nor --force")
        if call.out == STANDARD_OUTPUT:
            raise InputError("--check needs the name of a file; - is standard output")
        return _checked(sweeps, call.out, progress)
    if call.out == STANDARD_OUTPUT:
        if call.resume or call.force:
            raise InputError("standard output goes with neither --resume nor --force")
        told = partial(_tell, progress, sweeps[0])
        return [
            recompute_text(sweeps[0], jobs=jobs, scheduler=call.scheduler, tell=told).removesuffix(
                "\n"
            )
        ]
    return _made(sweeps, jobs, call, progress)


def _checked(sweeps: Sequence[Sweep], out: str | None, progress: Progress) -> Iterator[str]:
    wrong = [
        line for sweep in sweeps for line in check_file(sweep, out, partial(_tell, progress, sweep))
    ]
    yield from wrong or ["The stored results are those of this model."]
    if wrong:
        raise SystemExit(NOT_AS_EXPECTED)


def _made(
    sweeps: Sequence[Sweep], jobs: int | None, call: argparse.Namespace, progress: Progress
) -> Iterator[str]:
    some_failed = False
    for number, sweep in enumerate(sweeps):
        began = time.monotonic()
        failed: list[Failure] = []
        try:
            path = recompute(
                sweep,
                call.out,
                jobs=jobs,
                scheduler=call.scheduler,
                resume=call.resume,
                force=call.force,
                tell=partial(_tell, progress, sweep),
                failed=failed.append,
            )
        except KeyboardInterrupt as stop:
            if getattr(stop, "__notes__", None):  # points are kept
                stop.add_note(f"go on with: {_going_on(sweeps[number:], call)}")
            raise
        points, took_s = len(sweep.points()), time.monotonic() - began
        yield f"{sweep.name}: {points} points in {took_s:.0f} s, written to {shown_path(path)}"
        if failed:
            yield f"{len(failed)} of them failed, the first with: {failed[0].error}"
            yield f"Run it again with: {failed[0].command}"
            some_failed = True
    if some_failed:
        raise SystemExit(NOT_AS_EXPECTED)


def _tell(progress: Progress, sweep: Sweep, done: int, points: int) -> None:
    progress.tell(f"{sweep.name}: {done} of {points} points", done / points)


def _seeds(text: str) -> int:
    if not 1 <= (seeds := whole("seeds", text)) <= MOST_SEEDS:
        raise InputError(f"seeds cannot be {seeds}; valid: a whole number from 1 to {MOST_SEEDS:,}")
    return seeds


def _going_on(left: Sequence[Sweep], call: argparse.Namespace) -> str:
    """The call, or calls, with which an interrupted sweep and those after it are made."""
    names = ("jobs", "scheduler", "seeds", "out")
    same = [f"--{name}={getattr(call, name)}" for name in names if call.__dict__[name]]
    same += ["--force"] if call.force else []
    made = [["oomlab", "sweep", sweep.name, *same] for sweep in left]
    made[0].append("--resume")
    return " && ".join(" ".join(map(shell_word, one)) for one in made)
