"""A student's cells in a process of their own: what are the answers when it is over?

A cell that does not end, or that ends the process, is taken out, and the rest is run again: it
gives no answer, and takes no other cell's answer away.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from oomlab.course.grading import fence, runner
from oomlab.course.grading.values import read_value
from oomlab.errors import OomlabError

MOST_BROKEN = 3
"""So many times a notebook is run; the rest of it then gives no answers (our choice)."""

MOST_REPORTED = 2_000_000
"""Bytes that a run may report (our choice): the values of an assignment take a few thousand."""


ENDING_S = 1.0
"""For a run that is over to end (our choice)."""

START_SECONDS = 120
"""For starting Python on a busy machine (our choice); no code of a student's runs by then."""


@dataclass(frozen=True)
class Bounds:
    """What a student's code may use: seconds for one cell, MB of memory, MB for one file."""

    seconds: float = 10
    memory_mb: int = 2048
    file_mb: int = 20
    must_be_fenced: bool = False


@dataclass
class NotebookRun:
    """What a run gave: the values at each question, by the number of its cell; what went wrong with
    a cell; the cell it came to, and what broke it there; names whose values were no plain data."""

    values: dict[int, dict[str, object]] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)
    at: int | None = None
    broke: str = ""
    unfit: set[str] = field(default_factory=set)
    done: bool = False


class RunFailed(OomlabError):
    """The process could not be started: not the student's fault, and no reason for zero points."""


def run_apart(
    cells: Sequence[str | None], names: Sequence[str], bounds: Bounds, asks: Sequence[int] = ()
) -> NotebookRun:
    """Run `cells` in order; None asks for the values of `names`, and so does a cell whose number is
    in `asks`, before it is run.

    A value that is not plain data is missing, with a sentence among the faults of the cell that
    asked. Raises RunFailed if there is no process to run them in.
    """
    left = list(cells)
    broken: dict[int, str] = {}
    for _ in range(MOST_BROKEN):
        run = _once(left, names, bounds, asks)
        if not run.done:
            if run.at is None:
                raise RunFailed("the student's code could not be started; try again")
            broken[run.at] = run.broke
            left[run.at] = ""
        run.faults.update(broken)
        if run.done:
            break
    return run


def _once(
    cells: Sequence[str | None], names: Sequence[str], bounds: Bounds, asks: Sequence[int]
) -> NotebookRun:
    """One run, in a new folder and a new process, which are gone when it is over."""
    reading, writing = os.pipe()
    with tempfile.TemporaryDirectory(prefix="answers-", ignore_cleanup_errors=True) as folder:
        job = Path(folder) / "job.json"
        told = _job(cells, names, bounds, writing) | {"asks": list(asks)}
        job.write_text(json.dumps(told), encoding="utf-8")
        command = fence.command(folder, bounds.must_be_fenced)
        command += [sys.executable, "-I", runner.__file__, str(job)]
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_variables(folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[writing],
            start_new_session=True,
        )
        os.close(writing)
        run = NotebookRun()
        try:
            _listen(run, reading, names, bounds.seconds, len(cells))
        finally:
            os.close(reading)
            _end(process, ENDING_S if run.done else 0)
    return run


def _job(
    cells: Sequence[str | None], names: Sequence[str], bounds: Bounds, writing: int
) -> dict[str, object]:
    return {
        "cells": list(cells),
        "names": list(names),
        "report": writing,
        "package": str(fence.PACKAGE.parent),
        "memory_mb": bounds.memory_mb,
        "file_mb": bounds.file_mb,
    }


def _variables(folder: str) -> dict[str, str]:
    """Nothing of the instructor's: no tokens, no home, no hint where the course lies."""
    return {
        "HOME": folder,
        "TMPDIR": folder,
        "IPYTHONDIR": f"{folder}/.ipython",
        "MPLBACKEND": "agg",
        "LC_ALL": "C.UTF-8",
        "PATH": os.defpath,
    }


def _listen(
    run: NotebookRun, reading: int, names: Sequence[str], seconds: float, cells: int
) -> None:
    """Take in the report, line by line, until the run is over or breaks."""
    try:
        for line in _lines(reading, seconds, seconds * (cells + 1)):
            _take(run, line, names, cells)
            if run.done:
                return
        run.broke = "it ended the process that it ran in"
    except TimeoutError:
        run.broke = f"it did not end within {seconds:g} seconds"
    except ValueError as error:
        run.broke = str(error)


def _lines(reading: int, seconds: float, all_seconds: float) -> Iterator[bytes]:
    """The lines of the report, `seconds` apart at most. Raises TimeoutError and ValueError."""
    rest, taken, end = b"", 0, time.monotonic() + START_SECONDS
    with selectors.DefaultSelector() as selector:
        selector.register(reading, selectors.EVENT_READ)
        while True:
            left = max(0.0, end - time.monotonic())
            if not selector.select(min(seconds, left) if taken else left):
                raise TimeoutError
            if not taken:
                end = time.monotonic() + all_seconds
            part = os.read(reading, 65536)
            taken += len(part)
            if taken > MOST_REPORTED:
                raise ValueError("it wrote into the report of its run")
            if not part:
                return
            *whole, rest = (rest + part).split(b"\n")
            yield from whole


def _take(run: NotebookRun, line: bytes, names: Sequence[str], cells: int) -> None:
    """One line of the report. Raises ValueError for what the runner does not write."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, Mapping):
        raise ValueError("it wrote into the report of its run")
    if told.get("done") is True:
        run.done = True
        return
    number = told.get("cell")
    if type(number) is not int or not 0 <= number < cells:
        raise ValueError("it wrote into the report of its run")
    run.at = number
    if "error" in told:
        run.faults[number] = f"it ended in an error: {told['error']}"
    if isinstance(told.get("values"), Mapping):
        _take_values(run, number, told, names)


def _take_values(
    run: NotebookRun, number: int, told: Mapping[str, object], names: Sequence[str]
) -> None:
    texts, unfit = told["values"], told.get("unfit")
    assert isinstance(texts, Mapping)
    values: dict[str, object] = {}
    wrong = [name for name in names if isinstance(unfit, list) and name in unfit]
    for name in names:
        if name not in texts:
            continue
        try:
            values[name] = read_value(texts[name], runner.MOST_LETTERS)
        except ValueError:
            wrong.append(name)
    run.values[number] = values
    wrong = [name for name in wrong if name not in run.unfit]
    run.unfit.update(wrong)
    if wrong:
        run.faults[number] = f"{', '.join(wrong)}: not plain text, numbers or lists, or too long"


def _end(process: subprocess.Popen[bytes], patience: float) -> None:
    """End the process and what it started, as far as that stayed in its session. One that may have
    `patience` seconds ends by itself, so that its processor time is known."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.kill()
    process.wait()
